//! An echo server over `std::net`, with one thread for each connection.
//!
//! Run it with `cargo run -p wspring-protocol --example echo`, and connect to `ws://127.0.0.1:9001`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha1::{Digest, Sha1};
use wspring_protocol::{Decoder, Event, Limits, Opcode, Role, encode_close, encode_frame};

/// The longest wait for a client's next bytes, and for room to send.
const PATIENCE: Duration = Duration::from_secs(60);

/// The largest request head, in bytes.
const MAX_HEAD: u64 = 8 * 1024;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:9001")?;
    println!("listening on ws://{}", listener.local_addr()?);
    loop {
        let (stream, peer) = listener.accept()?;
        thread::spawn(move || match serve(stream) {
            Ok(()) => println!("{peer}: closed"),
            Err(error) => println!("{peer}: {error}"),
        });
    }
}

/// Serves one connection until it is closed.
///
/// # Errors
///
/// If the connection fails, if the client does not ask for a WebSocket, or if it breaks the protocol.
pub(crate) fn serve(stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut stream = BufReader::new(stream);
    open(&mut stream)?;
    echo(&mut stream)
}

/// Does the opening handshake (RFC 6455 §4.2).
fn open(stream: &mut BufReader<TcpStream>) -> io::Result<()> {
    let mut key = None;
    let mut is_upgrade = false;
    let mut is_version_13 = false;
    let mut head = stream.by_ref().take(MAX_HEAD);
    let mut line = String::new();
    head.read_line(&mut line)?;
    let is_get = line.starts_with("GET ") && line.trim_end().ends_with(" HTTP/1.1");
    loop {
        line.clear();
        head.read_line(&mut line)?;
        if !line.ends_with('\n') {
            return Err(invalid("the request's head is cut short or too long"));
        }
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "sec-websocket-key" => key = Some(value.to_owned()),
            "sec-websocket-version" => is_version_13 = value == "13",
            "upgrade" => is_upgrade = value.eq_ignore_ascii_case("websocket"),
            _ => {}
        }
    }
    let Some(key) = key.filter(|_| is_get && is_upgrade && is_version_13) else {
        stream.get_mut().write_all(
            b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        )?;
        return Err(invalid("the client does not ask for a WebSocket"));
    };
    // A server for browsers also checks the header Origin (RFC 6455 §10.2).
    write!(
        stream.get_mut(),
        "HTTP/1.1 101 Switching Protocols\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        accept(&key)
    )
}

/// Returns the value of `Sec-WebSocket-Accept` for a client's key (RFC 6455 §4.2.2).
pub(crate) fn accept(key: &str) -> String {
    let digest = Sha1::new()
        .chain_update(key)
        .chain_update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        .finalize();
    BASE64_STANDARD.encode(digest)
}

/// Sends every message back, until one side closes.
fn echo(stream: &mut BufReader<TcpStream>) -> io::Result<()> {
    let mut decoder = Decoder::new(Role::Server, Limits::new(1024 * 1024, None));
    let mut buffer = [0; 16 * 1024];
    let mut out = Vec::new();
    loop {
        let size = stream.read(&mut buffer)?;
        if size == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let end = answer(&mut decoder, &mut buffer[..size], &mut out);
        stream.get_mut().write_all(&out)?;
        out.clear();
        if let Some(result) = end {
            // The server closes TCP first, after its close frame (RFC 6455 §7.1.1).
            stream.get_mut().shutdown(Shutdown::Write)?;
            return result;
        }
    }
}

/// Answers what was received; returns how the connection ends, if it does.
fn answer(
    decoder: &mut Decoder,
    mut input: &mut [u8],
    out: &mut Vec<u8>,
) -> Option<io::Result<()>> {
    loop {
        match decoder.decode(&mut input) {
            Ok(Some(Event::Text(text))) => {
                encode_frame(out, Opcode::Text, true, None, text.as_bytes());
            }
            Ok(Some(Event::Binary(bytes))) => {
                encode_frame(out, Opcode::Binary, true, None, &bytes);
            }
            Ok(Some(Event::Ping(payload))) => {
                encode_frame(out, Opcode::Pong, true, None, &payload);
            }
            // Nothing is owed for a pong, and no parts were asked for.
            Ok(Some(Event::Pong(_) | Event::TextPart(..) | Event::BinaryPart(..))) => {}
            Ok(Some(Event::Close(frame))) => {
                encode_close(out, None, frame.map(|frame| frame.code), "");
                return Some(Ok(()));
            }
            Ok(None) => return None,
            Err(error) => {
                encode_close(out, None, Some(error.close_code()), &error.to_string());
                return Some(Err(io::Error::new(io::ErrorKind::InvalidData, error)));
            }
        }
    }
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}
