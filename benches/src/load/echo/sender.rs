use rustix::io::Result;

use crate::args::Args;
use crate::frame::Frame;
use crate::payload::Noise;
use crate::socket::Socket;

/// The messages that all connections send, in turn: a connection begins with the one that has its number.
pub(crate) struct Messages {
    /// What comes back for each.
    replies: Vec<Vec<u8>>,
    /// Their frames one after the other, and as many again as are sent at once.
    ring: Vec<u8>,
    frame_length: usize,
    depth: usize,
}

/// What a connection has yet to write.
pub(crate) struct Sender {
    number: usize,
    /// How much of that message's frame was written.
    offset: usize,
    credit: usize,
}

impl Messages {
    pub(crate) fn new(args: &Args) -> Self {
        let count = if args.payload <= 2048 { 16 } else { 3 };
        let mut noise = Noise::new();
        let mut frames = Vec::new();
        let mut replies = Vec::new();
        for _ in 0..count {
            let payload = if args.json {
                noise.json(0, args.payload)
            } else if args.text {
                noise.text(args.payload)
            } else {
                noise.binary(args.payload)
            };
            let frame = Frame::new(args.opcode(), &payload, noise.mask());
            replies.push(if args.raw {
                frame.masked().to_vec()
            } else {
                payload
            });
            frames.push(frame.bytes);
        }
        let frame_length = frames[0].len();
        let ring = frames.iter().cycle().take(count + args.depth);
        Self {
            ring: ring.flatten().copied().collect(),
            replies,
            frame_length,
            depth: args.depth,
        }
    }

    /// What comes back for the message of this number.
    #[inline]
    pub(crate) fn reply(&self, number: usize) -> &[u8] {
        &self.replies[number % self.replies.len()]
    }
}

impl Sender {
    pub(crate) fn new(number: usize) -> Self {
        Self {
            number,
            offset: 0,
            credit: 0,
        }
    }

    /// Lets so many messages more be sent.
    pub(crate) fn credit(&mut self, messages: usize) {
        self.credit += messages;
    }

    pub(crate) fn has_more(&self) -> bool {
        self.credit > 0
    }

    /// Writes what the socket takes, and returns how often it was asked.
    pub(crate) fn flush(&mut self, socket: &Socket, messages: &Messages) -> Result<usize> {
        let mut writes = 0;
        while self.credit > 0 {
            let first = self.number % messages.replies.len() * messages.frame_length;
            let count = self.credit.min(messages.depth);
            let end = first + count * messages.frame_length;
            let bytes = &messages.ring[first + self.offset..end];
            writes += 1;
            let written = socket.write(bytes)?;
            let offset = self.offset + written;
            self.number += offset / messages.frame_length;
            self.credit -= offset / messages.frame_length;
            self.offset = offset % messages.frame_length;
            if written < bytes.len() {
                break;
            }
        }
        Ok(writes)
    }
}
