//! Connections that are opened and closed again.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::{Value, json};

use wspring_bench::histogram::Histogram;

use crate::args::Args;
use crate::frame::{CLOSE, Frame};
use crate::handshake;
use crate::report::{Stretch, resident_mib, rounded};
use crate::socket::{self, Events, Poller, READ, Read, Socket, WRITE};

/// So long after its Close frame a server may take to end the TCP connection.
const EOF_PATIENCE: Duration = Duration::from_millis(100);

/// A whole connection takes no longer.
const PATIENCE: Duration = Duration::from_secs(3);

/// More failures than these are not chance.
const FAILURES: usize = 1000;

/// How far a connection is.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Connecting,
    Requested,
    Closing,
    Closed { at: Instant },
}

/// What became of a connection.
enum Outcome {
    Pending,
    Done,
    NoClose,
    Failed,
}

struct Connection {
    socket: Socket,
    stage: Stage,
    begun: Instant,
    received: Vec<u8>,
}

/// What is counted.
struct Counts {
    done: usize,
    no_eof: usize,
    no_close: usize,
    failed: usize,
    to_upgrade: Histogram,
    to_end: Histogram,
}

struct Load<'a> {
    args: &'a Args,
    poller: Poller,
    connections: Vec<Connection>,
    opened: usize,
    request: Vec<u8>,
    close: Vec<u8>,
    buffer: Vec<u8>,
    counts: Counts,
}

pub(crate) fn measure(args: &Args) -> anyhow::Result<Value> {
    let mut load = Load::begin(args)?;
    let mut events = Events::new();
    let start = Instant::now();
    let warm_until = start + args.warm;
    let mut stretch = None;
    let mut swept = start;
    loop {
        load.poller.wait(&mut events, Duration::from_millis(10))?;
        let now = Instant::now();
        if stretch.is_none() && now >= warm_until {
            load.counts = Counts::new(load.counts.failed);
            stretch = Some(Stretch::begin(args.pid));
        }
        if now >= warm_until + args.time {
            break;
        }
        let mut finished = BTreeSet::new();
        for event in events.iter() {
            if load.advance(event.token)? {
                finished.insert(event.token);
            }
        }
        if now - swept > Duration::from_millis(20) {
            swept = now;
            load.sweep(&mut finished);
        }
        if load.counts.failed > FAILURES {
            bail!("connections keep failing");
        }
        for token in finished {
            load.renew(token)?;
        }
    }
    let stretch = stretch.unwrap_or_else(|| Stretch::begin(args.pid));
    Ok(load.report(&stretch))
}

impl<'a> Load<'a> {
    fn begin(args: &'a Args) -> anyhow::Result<Self> {
        let mut load = Self {
            args,
            poller: Poller::new()?,
            connections: Vec::new(),
            opened: 0,
            request: handshake::request(args, 0),
            close: Frame::new(CLOSE, &1000_u16.to_be_bytes(), [0x11, 0x22, 0x33, 0x44]).bytes,
            buffer: vec![0; 8192],
            counts: Counts::new(0),
        };
        for token in 0..args.connections {
            let connection = load.connect(token)?;
            load.connections.push(connection);
        }
        Ok(load)
    }

    /// Each from another address, because the ports of connections that were closed rest for a minute.
    fn connect(&mut self, token: usize) -> anyhow::Result<Connection> {
        self.opened += 1;
        let socket = Socket::connect(socket::address(self.opened), self.args.port, false)?;
        self.poller.add(&socket, token, WRITE)?;
        Ok(Connection {
            socket,
            stage: Stage::Connecting,
            begun: Instant::now(),
            received: Vec::new(),
        })
    }

    fn renew(&mut self, token: usize) -> anyhow::Result<()> {
        self.connections[token] = self.connect(token)?;
        Ok(())
    }

    /// Takes a connection further; whether it is finished.
    fn advance(&mut self, token: usize) -> anyhow::Result<bool> {
        let connection = &mut self.connections[token];
        let outcome = if connection.stage == Stage::Connecting {
            match connection.socket.write(&self.request) {
                Ok(0) => Outcome::Pending,
                Ok(length) if length == self.request.len() => {
                    connection.stage = Stage::Requested;
                    self.poller.modify(&connection.socket, token, READ)?;
                    Outcome::Pending
                }
                _ => Outcome::Failed,
            }
        } else {
            match connection.socket.read(&mut self.buffer) {
                Read::Nothing => Outcome::Pending,
                Read::Bytes(length) => {
                    connection
                        .received
                        .extend_from_slice(&self.buffer[..length]);
                    connection.on_bytes(self.args, &self.close, &mut self.counts)?
                }
                Read::End { .. } => match connection.stage {
                    Stage::Closed { .. } => Outcome::Done,
                    Stage::Closing => Outcome::NoClose,
                    Stage::Connecting | Stage::Requested => Outcome::Failed,
                },
            }
        };
        match outcome {
            Outcome::Pending => return Ok(false),
            Outcome::Done => {
                self.counts.done += 1;
                self.counts.to_end.add(connection.begun.elapsed());
            }
            Outcome::NoClose => self.counts.no_close += 1,
            Outcome::Failed => self.counts.failed += 1,
        }
        Ok(true)
    }

    /// Gives up what takes too long.
    fn sweep(&mut self, finished: &mut BTreeSet<usize>) {
        for (token, connection) in self.connections.iter().enumerate() {
            let is_late = match connection.stage {
                Stage::Closed { at } => at.elapsed() > EOF_PATIENCE,
                _ => connection.begun.elapsed() > PATIENCE,
            };
            if !is_late || !finished.insert(token) {
                continue;
            }
            if let Stage::Closed { .. } = connection.stage {
                self.counts.no_eof += 1;
                self.counts.done += 1;
            } else {
                self.counts.failed += 1;
            }
        }
    }

    fn report(self, stretch: &Stretch) -> Value {
        let used = stretch.end();
        let counts = self.counts;
        let ended = counts.done + counts.no_close;
        let report = json!({
            "mode": "connect",
            "conn_s": used.rate(ended),
            "p50_us": rounded(counts.to_upgrade.quantile(0.5)),
            "p99_us": rounded(counts.to_upgrade.quantile(0.99)),
            "full_p50_us": rounded(counts.to_end.quantile(0.5)),
            "full_p99_us": rounded(counts.to_end.quantile(0.99)),
            "srv_cpu": used.server_cores(),
            "srv_us_conn": used.server_micros(ended),
            "load_cpu": used.own_cores(),
        "foreign": used.foreign_cores(),
            "noeof": counts.no_eof,
            "noclose": counts.no_close,
            "fail": counts.failed,
            "rss_mb": resident_mib(self.args.pid),
        });
        for connection in self.connections {
            connection.socket.reset();
        }
        report
    }
}

impl Connection {
    fn on_bytes(
        &mut self,
        args: &Args,
        close: &[u8],
        counts: &mut Counts,
    ) -> anyhow::Result<Outcome> {
        if self.stage == Stage::Requested {
            let Some(end) = handshake::end_of_head(&self.received) else {
                return Ok(Outcome::Pending);
            };
            handshake::verify(args, &self.received[..end])?;
            counts.to_upgrade.add(self.begun.elapsed());
            self.received.drain(..end);
            let is_written = self
                .socket
                .write(close)
                .is_ok_and(|length| length == close.len());
            if !is_written {
                return Ok(Outcome::Failed);
            }
            self.stage = Stage::Closing;
        } else if self.stage == Stage::Closing && self.received.contains(&(0x80 | CLOSE)) {
            // Nothing follows a Close frame, and nothing but a Close frame was asked for.
            self.stage = Stage::Closed { at: Instant::now() };
        }
        Ok(Outcome::Pending)
    }
}

impl Counts {
    fn new(failed: usize) -> Self {
        Self {
            done: 0,
            no_eof: 0,
            no_close: 0,
            failed,
            to_upgrade: Histogram::new(),
            to_end: Histogram::new(),
        }
    }
}
