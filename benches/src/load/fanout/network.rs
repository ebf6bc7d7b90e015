use std::time::{Duration, Instant};

use anyhow::bail;

use crate::args::Args;
use crate::frame::Frame;
use crate::handshake::{self, Opened};
use crate::payload::Noise;
use crate::reader::Reader;
use crate::socket::{Events, Poller, READ, Read, Socket, WRITE};

use super::receivers::{Receivers, stamp};

/// The connections of the receivers, and of the publisher behind them.
pub(crate) struct Network {
    poller: Poller,
    events: Events,
    connections: Vec<(Socket, Reader)>,
    buffer: Vec<u8>,
    message: Frame,
    /// What the publisher's socket did not take yet.
    unwritten: Vec<u8>,
    pub(crate) dead: usize,
}

impl Network {
    pub(crate) fn open(args: &Args, receivers: &mut Receivers) -> anyhow::Result<Self> {
        let poller = Poller::new()?;
        let mut connections = Vec::new();
        let opened = handshake::open_all(args, receivers.len() + 1)?;
        for (token, Opened { socket, rest }) in opened.into_iter().enumerate() {
            poller.add(&socket, token, READ)?;
            let mut reader = Reader::new();
            reader.feed(&rest, token, receivers)?;
            connections.push((socket, reader));
        }
        Ok(Self {
            poller,
            events: Events::new(),
            connections,
            buffer: vec![0; 512 * 1024],
            message: message(args),
            unwritten: Vec::new(),
            dead: 0,
        })
    }

    /// Sends the message of this number.
    pub(crate) fn publish(&mut self, number: usize) -> anyhow::Result<()> {
        self.message.stamp(stamp(number));
        let token = self.connections.len() - 1;
        let (socket, _) = &self.connections[token];
        let bytes = &self.message.bytes;
        let written = if self.unwritten.is_empty() {
            socket.write(bytes)?
        } else {
            0
        };
        if written < bytes.len() {
            if self.unwritten.is_empty() {
                self.poller.modify(socket, token, READ | WRITE)?;
            }
            self.unwritten.extend_from_slice(&bytes[written..]);
        }
        Ok(())
    }

    /// How many bytes wait until the server takes them.
    pub(crate) fn unwritten(&self) -> usize {
        self.unwritten.len()
    }

    /// Waits for something to happen, and takes it; `false` when nothing did.
    pub(crate) fn poll(
        &mut self,
        receivers: &mut Receivers,
        timeout: Duration,
    ) -> anyhow::Result<bool> {
        self.poller.wait(&mut self.events, timeout)?;
        for event in self.events.iter() {
            let token = event.token;
            let (socket, reader) = &mut self.connections[token];
            if event.writable && !self.unwritten.is_empty() {
                let written = socket.write(&self.unwritten)?;
                self.unwritten.drain(..written);
                if self.unwritten.is_empty() {
                    self.poller.modify(socket, token, READ)?;
                }
            }
            if !event.readable {
                continue;
            }
            match socket.read(&mut self.buffer) {
                Read::Bytes(length) => reader.feed(&self.buffer[..length], token, receivers)?,
                Read::Nothing => {}
                Read::End { .. } => {
                    self.dead += 1;
                    self.poller.remove(socket)?;
                }
            }
        }
        Ok(self.events.len() > 0)
    }

    /// Sends one message after the other until each receiver got one: then all of them are subscribed.
    pub(crate) fn settle(&mut self, receivers: &mut Receivers) -> anyhow::Result<()> {
        let step = Duration::from_millis(10);
        let mut pause = Duration::from_millis(200);
        for _ in 0..20 {
            let until = Instant::now() + pause;
            while Instant::now() < until {
                self.poll(receivers, step)?;
            }
            pause = Duration::from_millis(50);
            receivers.settled = 0;
            self.publish(0)?;
            let until = Instant::now() + Duration::from_secs(1);
            while Instant::now() < until && receivers.settled < receivers.len() {
                self.poll(receivers, step)?;
            }
            if receivers.settled == receivers.len() {
                return Ok(());
            }
        }
        let (settled, all) = (receivers.settled, receivers.len());
        bail!("the last of 20 messages reached only {settled} of {all} receivers")
    }

    pub(crate) fn reset(self) {
        for (socket, _) in self.connections {
            socket.reset();
        }
    }
}

/// The message that is sent again and again, with another stamp. A raw server sends it on as it comes, so that the
/// stamp must not be masked there.
fn message(args: &Args) -> Frame {
    let mut noise = Noise::new();
    let payload = if args.json {
        noise.json(8, args.payload)
    } else {
        noise.text(args.payload)
    };
    let mask = if args.raw { [0; 4] } else { noise.mask() };
    Frame::new(args.opcode(), &payload, mask)
}
