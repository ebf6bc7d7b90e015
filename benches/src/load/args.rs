use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Loads a WebSocket server on 127.0.0.1 and prints what came of it, as one line of JSON.
#[derive(Clone, Debug, Parser)]
#[command(name = "load")]
pub(crate) struct Args {
    /// What to do
    pub(crate) mode: Mode,
    /// The port of the server
    #[arg(long)]
    pub(crate) port: u16,
    /// fanout: the ports of other nodes of its cluster, over which the receivers are spread
    #[arg(long, value_delimiter = ',', value_name = "PORTS")]
    pub(crate) also: Vec<u16>,
    /// Where to connect; `{}` becomes the number of the connection [default: /echo, or /broadcast]
    #[arg(long)]
    pub(crate) path: Option<String>,
    /// The process of the server, for its processor time and memory
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) pid: u32,
    /// How many connections, or handshakes at a time
    #[arg(short = 'c', default_value_t = 64, value_name = "N")]
    pub(crate) connections: usize,
    /// The bytes of a message
    #[arg(short = 'p', default_value_t = 64, value_name = "BYTES")]
    pub(crate) payload: usize,
    /// echo: how many messages are on their way on each connection
    #[arg(short = 'd', default_value_t = 1, value_name = "N")]
    pub(crate) depth: usize,
    /// How long to measure
    #[arg(short = 't', default_value = "4", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) time: Duration,
    /// How long to load the server before
    #[arg(long, default_value = "0.5", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) warm: Duration,
    /// Send text, and not binary
    #[arg(long)]
    pub(crate) text: bool,
    /// Send JSON, as text
    #[arg(long)]
    pub(crate) json: bool,
    /// Offer permessage-deflate, and count compressed messages without looking into them
    #[arg(long)]
    pub(crate) deflate: bool,
    /// The server sends back what it reads and knows nothing of WebSocket
    #[arg(long)]
    pub(crate) raw: bool,
    /// echo: send the next messages only when all of the last came back
    #[arg(long)]
    pub(crate) burst: bool,
    /// echo: look into every Nth reply
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub(crate) check: usize,
    /// fanout, slow: how many messages are on their way; 0 is as many as the server takes
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) window: usize,
    /// fanout: send so many a second, whatever comes back
    #[arg(long, value_name = "N")]
    pub(crate) rate: Option<f64>,
    /// echo, fanout: end after so many messages
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true, value_name = "N")]
    pub(crate) messages: usize,
    /// slow: how much to send
    #[arg(long, default_value_t = 64, value_name = "MIB")]
    pub(crate) mib: usize,
    /// idle, many: how long to do nothing
    #[arg(long, default_value = "1", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) hold: Duration,
    /// idle: send a message over each connection, then measure again
    #[arg(long)]
    pub(crate) touch: bool,
}

/// What to do with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Messages that come back, on each connection for itself
    Echo,
    /// One connection more that sends, and all receive
    Fanout,
    /// Connect, upgrade, close, again and again
    Connect,
    /// Memory of connections that do nothing
    Idle,
    /// Fanout with one receiver that never reads
    Slow,
    /// As many connections as the system allows: opened, pinged by the server, closed
    Many,
}

impl Args {
    /// The target of the handshake of connection `number`.
    pub(crate) fn target(&self, number: usize) -> String {
        let path = self.path.as_deref().unwrap_or(match self.mode {
            Mode::Fanout | Mode::Slow => "/broadcast",
            Mode::Echo | Mode::Connect | Mode::Idle | Mode::Many => "/echo",
        });
        path.replace("{}", &number.to_string())
    }

    /// The port that connection `number` goes to.
    pub(crate) fn port_of(&self, number: usize) -> u16 {
        match number % (self.also.len() + 1) {
            0 => self.port,
            other => self.also[other - 1],
        }
    }

    /// The opcode of messages (RFC 6455 §5.2).
    pub(crate) fn opcode(&self) -> u8 {
        if self.text || self.json { 1 } else { 2 }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "no number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
