//! Messages that come back.

mod replies;
mod sender;

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use wspring_bench::histogram::Histogram;

use crate::args::Args;
use crate::handshake;
use crate::reader::Reader;
use crate::report::{Stretch, resident_mib, rounded};
use crate::socket::{Event, Events, Poller, READ, Read, Socket, WRITE};
use replies::Replies;
use sender::{Messages, Sender};

/// When nothing comes back for so long, nothing will.
const PATIENCE: Duration = Duration::from_secs(3);

/// One connection.
struct Connection {
    socket: Socket,
    reader: Reader,
    sender: Sender,
    /// When it was last written, for the time until the reply.
    sent: Instant,
    in_flight: usize,
    waits_to_write: bool,
}

/// All of them, and what is counted.
struct Load<'a> {
    args: &'a Args,
    messages: &'a Messages,
    connections: Vec<Connection>,
    poller: Poller,
    replies: Replies<'a>,
    buffer: Vec<u8>,
    latency: Histogram,
    received: usize,
    reads: usize,
    writes: usize,
    waits: usize,
    dead: usize,
}

pub(crate) fn measure(args: &Args) -> anyhow::Result<Value> {
    ensure!(
        args.depth > 0 && args.connections > 0,
        "-c and -d are at least 1"
    );
    let messages = Messages::new(args);
    let mut load = Load::open(args, &messages)?;
    let mut events = Events::new();
    let warm_until = Instant::now() + args.warm;
    load.begin()?;
    let mut stretch = None;
    let mut heard = Instant::now();
    loop {
        load.waits += 1;
        load.poller.wait(&mut events, Duration::from_millis(50))?;
        let now = Instant::now();
        if stretch.is_none() && now >= warm_until {
            load.forget();
            stretch = Some(Stretch::begin(args.pid));
        }
        if now >= warm_until + args.time || load.received >= args.messages {
            break;
        }
        if events.len() > 0 {
            heard = now;
        } else if now - heard > PATIENCE {
            bail!("no replies for 3 s after {} messages", load.received);
        }
        for event in events.iter() {
            load.on_event(event)?;
        }
    }
    let stretch = stretch.unwrap_or_else(|| Stretch::begin(args.pid));
    Ok(load.report(&stretch))
}

impl<'a> Load<'a> {
    fn open(args: &'a Args, messages: &'a Messages) -> anyhow::Result<Self> {
        let poller = Poller::new()?;
        let mut connections = Vec::new();
        for (token, opened) in handshake::open_all(args, args.connections)?
            .into_iter()
            .enumerate()
        {
            poller.add(&opened.socket, token, READ)?;
            connections.push(Connection {
                socket: opened.socket,
                reader: Reader::new(),
                sender: Sender::new(token),
                sent: Instant::now(),
                in_flight: 0,
                waits_to_write: false,
            });
        }
        Ok(Self {
            args,
            messages,
            connections,
            poller,
            replies: Replies::new(args, messages),
            buffer: vec![0; 512 * 1024],
            latency: Histogram::new(),
            received: 0,
            reads: 0,
            writes: 0,
            waits: 0,
            dead: 0,
        })
    }

    /// Sends the first messages.
    fn begin(&mut self) -> anyhow::Result<()> {
        for token in 0..self.connections.len() {
            self.connections[token].sent = Instant::now();
            self.refill(token)?;
        }
        Ok(())
    }

    /// Ends the warming up.
    fn forget(&mut self) {
        self.latency = Histogram::new();
        (self.received, self.reads, self.writes, self.waits) = (0, 0, 0, 0);
    }

    fn on_event(&mut self, event: Event) -> anyhow::Result<()> {
        if event.readable {
            self.read(event.token)?;
        }
        if event.writable {
            self.flush(event.token)?;
        }
        Ok(())
    }

    fn read(&mut self, token: usize) -> anyhow::Result<()> {
        let connection = &mut self.connections[token];
        loop {
            self.reads += 1;
            match connection.socket.read(&mut self.buffer) {
                Read::Bytes(length) => {
                    let bytes = &self.buffer[..length];
                    connection.reader.feed(bytes, token, &mut self.replies)?;
                    if length < self.buffer.len() {
                        break;
                    }
                }
                Read::Nothing => break,
                Read::End { .. } => {
                    self.dead += 1;
                    return Ok(self.poller.remove(&connection.socket)?);
                }
            }
        }
        let replies = self.replies.take(token);
        if replies == 0 {
            return Ok(());
        }
        self.received += replies;
        let Some(in_flight) = connection.in_flight.checked_sub(replies) else {
            bail!("more replies came than messages were sent");
        };
        connection.in_flight = in_flight;
        if self.args.burst && in_flight > 0 || self.received >= self.args.messages {
            return Ok(());
        }
        if self.args.depth == 1 || self.args.burst {
            let now = Instant::now();
            self.latency.add(now - connection.sent);
            connection.sent = now;
        }
        self.refill(token)
    }

    /// Sends as many messages as may be on their way.
    fn refill(&mut self, token: usize) -> anyhow::Result<()> {
        let connection = &mut self.connections[token];
        let missing = self.args.depth - connection.in_flight;
        connection.sender.credit(missing);
        connection.in_flight = self.args.depth;
        self.flush(token)
    }

    fn flush(&mut self, token: usize) -> anyhow::Result<()> {
        let connection = &mut self.connections[token];
        let Connection { socket, sender, .. } = connection;
        let Ok(writes) = sender.flush(socket, self.messages) else {
            self.dead += 1;
            return Ok(self.poller.remove(socket)?);
        };
        self.writes += writes;
        let waits = sender.has_more();
        if waits != connection.waits_to_write {
            connection.waits_to_write = waits;
            let interest = if waits { READ | WRITE } else { READ };
            self.poller.modify(&connection.socket, token, interest)?;
        }
        Ok(())
    }

    fn report(self, stretch: &Stretch) -> Value {
        let used = stretch.end();
        let per_message = |count: usize| rounded(count as f64 / self.received.max(1) as f64);
        let report = json!({
            "mode": "echo",
            "msgs_s": used.rate(self.received),
            "mib_s": used.mib_rate(self.received * self.args.payload),
            "p50_us": rounded(self.latency.quantile(0.5)),
            "p99_us": rounded(self.latency.quantile(0.99)),
            "p999_us": rounded(self.latency.quantile(0.999)),
            "max_us": rounded(self.latency.longest()),
            "secs": rounded(used.seconds),
            "srv_cpu": used.server_cores(),
            "srv_us_msg": used.server_micros(self.received),
            "srv_user": rounded(used.server.user_share()),
            "load_cpu": used.own_cores(),
        "foreign": used.foreign_cores(),
            "reads_msg": per_message(self.reads),
            "writes_msg": per_message(self.writes),
            "ev_per_wait": rounded(self.reads as f64 / self.waits.max(1) as f64),
            "checked": self.replies.checked,
            "bad": self.replies.bad,
            "dead": self.dead + self.replies.closed,
            "total": self.replies.total(),
            "rss_mb": resident_mib(self.args.pid),
        });
        for connection in self.connections {
            connection.socket.reset();
        }
        report
    }
}
