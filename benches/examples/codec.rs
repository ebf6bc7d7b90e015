//! The codec for itself: what it takes to read and to write messages, beside tungstenite, in memory.
//!
//! It is an example for cargo and not a bench, so that it is run by name only.

use std::hint::black_box;
use std::io::{self, Read, Write};

use criterion::{BenchmarkId, Criterion, Throughput};
use tungstenite::protocol::{Role as TheirRole, WebSocketConfig};
use tungstenite::{Message, Utf8Bytes, WebSocket};

use wspring_protocol::{Decoder, Event, Limits, Opcode, Role, encode_frame};

/// What a connection reads at once.
const BUFFER: usize = 64 * 1024;

const SIZES: [usize; 3] = [64, 1024, 64 * 1024];

/// With this mask, ASCII is ASCII.
const MASK: [u8; 4] = [1, 2, 4, 1];

const LIMITS: Limits = Limits::new(BUFFER, None);

/// A socket that has one batch of bytes, again and again, and that takes whatever is written.
struct Socket {
    received: Vec<u8>,
    at: usize,
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = (&self.received[self.at..]).read(buffer)?;
        self.at += read;
        if read == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(read)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(black_box(bytes).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// So many messages of a size come with one read.
fn batch(size: usize) -> usize {
    (BUFFER / (size + 8)).max(1)
}

fn text(size: usize) -> String {
    "The quick brown fox, and so on. "
        .chars()
        .cycle()
        .take(size)
        .collect()
}

fn theirs(received: Vec<u8>) -> WebSocket<Socket> {
    let socket = Socket { received, at: 0 };
    let config = WebSocketConfig::default().read_buffer_size(BUFFER);
    WebSocket::from_raw_socket(socket, TheirRole::Server, Some(config))
}

fn main() {
    let mut criterion = Criterion::default();
    decode(&mut criterion);
    encode(&mut criterion);
    criterion.final_summary();
}

/// Masked text messages are read; the copy from the socket into a buffer is part of it for both.
fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    for size in SIZES {
        let count = batch(size);
        let mut wire = Vec::new();
        for _ in 0..count {
            encode_frame(
                &mut wire,
                Opcode::Text,
                true,
                Some(MASK),
                text(size).as_bytes(),
            );
        }
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("wspring", size), |bencher| {
            let mut decoder = Decoder::new(Role::Server, LIMITS);
            let mut buffer = vec![0; wire.len()];
            bencher.iter(|| {
                buffer.copy_from_slice(black_box(&wire));
                let mut input = &mut buffer[..];
                let mut messages = 0;
                while let Ok(Some(event)) = decoder.decode(&mut input) {
                    assert!(matches!(black_box(event), Event::Text(_)));
                    messages += 1;
                }
                assert_eq!(messages, count);
            });
        });
        group.bench_function(BenchmarkId::new("tungstenite", size), |bencher| {
            let mut websocket = theirs(wire.clone());
            bencher.iter(|| {
                websocket.get_mut().at = 0;
                for _ in 0..count {
                    let message = websocket.read().expect("a message");
                    assert!(black_box(message).is_text());
                }
            });
        });
    }
    group.finish();
}

/// Text messages are written.
fn encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    for size in SIZES {
        let count = batch(size);
        let text = text(size);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("wspring", size), |bencher| {
            let mut socket = theirs(Vec::new());
            let mut out = Vec::new();
            bencher.iter(|| {
                out.clear();
                for _ in 0..count {
                    encode_frame(
                        &mut out,
                        Opcode::Text,
                        true,
                        None,
                        black_box(&text).as_bytes(),
                    );
                }
                socket.get_mut().write_all(&out)
            });
        });
        group.bench_function(BenchmarkId::new("tungstenite", size), |bencher| {
            let mut websocket = theirs(Vec::new());
            let text = Utf8Bytes::from(&text);
            bencher.iter(|| {
                for _ in 0..count {
                    let message = Message::Text(black_box(&text).clone());
                    websocket.write(message).expect("room");
                }
                websocket.flush()
            });
        });
    }
    group.finish();
}
