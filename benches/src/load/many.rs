//! As many connections as the system allows: opened, pinged by the server, and closed.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wspring_bench::{open_files, process};

use crate::args::Args;
use crate::frame::{CLOSE, Frame, PING, PONG};
use crate::handshake;
use crate::reader::{Reader, Receive, Received};
use crate::report::{Stretch, mib, resident_mib, rounded};
use crate::socket::{Events, Poller, READ, Read, Socket};

/// Files that the server and this process need beside the connections.
const OTHER_FILES: usize = 100;

/// So many are opened before pings are answered again.
const IN_A_ROW: usize = 500;

/// So many Close frames are on their way at the same time.
const AT_ONCE: usize = 256;

/// When nothing is closed for so long, nothing will be.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came on each connection.
struct Heard {
    connections: Vec<Connection>,
    /// Pings to be answered: where, and with what.
    unanswered: Vec<(usize, Vec<u8>)>,
    pings: usize,
    messages: usize,
    gone: usize,
}

#[derive(Clone, Copy, Default)]
struct Connection {
    is_pinged: bool,
    is_closed: bool,
    is_gone: bool,
}

struct Load {
    poller: Poller,
    events: Events,
    sockets: Vec<(Socket, Reader)>,
    heard: Heard,
    buffer: Vec<u8>,
}

pub(crate) fn measure(args: &Args) -> anyhow::Result<Value> {
    let count = allowed(args);
    let base = process::resident(args.pid);
    let opening = Stretch::begin(args.pid);
    let mut load = Load::open(args, count)?;
    let opened = opening.end();
    let open = process::resident(args.pid);

    let holding = Stretch::begin(args.pid);
    let until = Instant::now() + args.hold;
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        load.poll(left.min(Duration::from_millis(100)))?;
    }
    let held = holding.end();
    let idle = process::resident(args.pid);
    let alive = load.count(|connection| !connection.is_gone && !connection.is_closed);
    let pinged = load.count(|connection| connection.is_pinged);

    let closing = Stretch::begin(args.pid);
    load.close()?;
    let closed = closing.end();
    let each = |with: u64| ((with as f64 - base as f64) / count.max(1) as f64).round();
    Ok(json!({
        "mode": "many",
        "asked": args.connections,
        "conns": count,
        "open_s": opened.rate(count),
        "open_us_conn": opened.server_micros(count),
        "alive": alive,
        "pinged": pinged,
        "pings": load.heard.pings,
        "messages": load.heard.messages,
        "hold_secs": rounded(held.seconds),
        "hold_srv_cpu": held.server_cores(),
        "closed": load.count(|connection| connection.is_closed),
        "ended": load.heard.gone,
        "close_s": closed.rate(count),
        "close_us_conn": closed.server_micros(count),
        "rss_base_mb": rounded(mib(base)),
        "rss_open_mb": rounded(mib(open)),
        "bytes_conn": each(open),
        "bytes_conn_held": each(idle),
        "rss_after_close_mb": resident_mib(args.pid),
    }))
}

/// As many connections as were asked for, as far as this process and the server may have them.
fn allowed(args: &Args) -> usize {
    let own = open_files::raise_limit().and_then(|files| usize::try_from(files).ok());
    let limits = [own, process::open_files(args.pid)];
    let most = limits.into_iter().flatten().min();
    let most = most.map_or(usize::MAX, |files| files.saturating_sub(OTHER_FILES));
    args.connections.min(most)
}

impl Load {
    fn open(args: &Args, count: usize) -> anyhow::Result<Self> {
        let mut load = Self {
            poller: Poller::new()?,
            events: Events::new(),
            sockets: Vec::new(),
            heard: Heard {
                connections: vec![Connection::default(); count],
                unanswered: Vec::new(),
                pings: 0,
                messages: 0,
                gone: 0,
            },
            buffer: vec![0; 64 * 1024],
        };
        while load.sockets.len() < count {
            let first = load.sockets.len();
            let numbers = first..count.min(first + IN_A_ROW);
            for (token, opened) in numbers.clone().zip(handshake::open_some(args, numbers)?) {
                load.poller.add(&opened.socket, token, READ)?;
                let mut reader = Reader::new();
                reader.feed(&opened.rest, token, &mut load.heard)?;
                load.sockets.push((opened.socket, reader));
            }
            // The first of them are pinged before the last is open, and cut off if they do not answer.
            load.poll(Duration::ZERO)?;
        }
        Ok(load)
    }

    /// Takes what comes, and answers pings.
    fn poll(&mut self, timeout: Duration) -> anyhow::Result<()> {
        self.poller.wait(&mut self.events, timeout)?;
        for event in self.events.iter() {
            let (socket, reader) = &mut self.sockets[event.token];
            match socket.read(&mut self.buffer) {
                Read::Bytes(length) => {
                    reader.feed(&self.buffer[..length], event.token, &mut self.heard)?;
                }
                Read::Nothing => {}
                Read::End { .. } => {
                    self.heard.connections[event.token].is_gone = true;
                    self.heard.gone += 1;
                    self.poller.remove(socket)?;
                }
            }
        }
        for (token, payload) in self.heard.unanswered.drain(..) {
            let pong = Frame::new(PONG, &payload, [1, 2, 3, 4]);
            // A connection that cannot be written is found closed.
            let _ = self.sockets[token].0.write(&pong.bytes);
        }
        Ok(())
    }

    /// Closes all connections and waits until the server has ended them.
    fn close(&mut self) -> anyhow::Result<()> {
        let close = Frame::new(CLOSE, &1000_u16.to_be_bytes(), [1, 2, 3, 4]);
        let mut asked = 0;
        let mut progress = (0, Instant::now());
        while progress.0 < self.sockets.len() && progress.1.elapsed() < PATIENCE {
            while asked < self.sockets.len() && asked < progress.0 + AT_ONCE {
                let _ = self.sockets[asked].0.write(&close.bytes);
                asked += 1;
            }
            self.poll(Duration::from_millis(100))?;
            if self.heard.gone > progress.0 {
                progress = (self.heard.gone, Instant::now());
            }
        }
        Ok(())
    }

    fn count(&self, is_counted: impl Fn(&Connection) -> bool) -> usize {
        let connections = self.heard.connections.iter();
        connections
            .filter(|connection| is_counted(connection))
            .count()
    }
}

impl Receive for Heard {
    fn begin(&mut self, _: usize) -> bool {
        false
    }

    fn data(&mut self, _: usize, _: usize, _: &[u8]) {}

    fn message(&mut self, _: usize, _: Received) {
        self.messages += 1;
    }

    fn control(&mut self, token: usize, opcode: u8, payload: &[u8]) {
        let connection = &mut self.connections[token];
        match opcode {
            PING => {
                connection.is_pinged = true;
                self.pings += 1;
                self.unanswered.push((token, payload.to_vec()));
            }
            CLOSE => connection.is_closed = true,
            _ => {}
        }
    }
}
