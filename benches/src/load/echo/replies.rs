use crate::args::Args;
use crate::frame::CLOSE;
use crate::reader::{Receive, Received};

use super::sender::Messages;

/// The replies, counted, and compared in a sample.
pub(crate) struct Replies<'a> {
    messages: &'a Messages,
    opcode: u8,
    length: usize,
    is_deflate: bool,
    check: usize,
    since_checked: usize,
    /// Replies on each connection that were not taken yet.
    fresh: Vec<usize>,
    /// All replies on each connection.
    count: Vec<usize>,
    pub(crate) checked: usize,
    /// Replies of another kind, length or content than what was sent.
    pub(crate) bad: usize,
    pub(crate) closed: usize,
}

impl<'a> Replies<'a> {
    pub(crate) fn new(args: &Args, messages: &'a Messages) -> Self {
        Self {
            messages,
            opcode: args.opcode(),
            length: args.payload,
            is_deflate: args.deflate,
            check: args.check.max(1),
            since_checked: 0,
            fresh: vec![0; args.connections],
            count: vec![0; args.connections],
            checked: 0,
            bad: 0,
            closed: 0,
        }
    }

    /// How many replies came on a connection since it was last asked.
    #[inline]
    pub(crate) fn take(&mut self, token: usize) -> usize {
        std::mem::take(&mut self.fresh[token])
    }

    pub(crate) fn total(&self) -> usize {
        self.count.iter().sum()
    }
}

impl Receive for Replies<'_> {
    #[inline]
    fn begin(&mut self, _: usize) -> bool {
        self.since_checked += 1;
        let is_checked = self.since_checked >= self.check && !self.is_deflate;
        if is_checked {
            self.since_checked = 0;
            self.checked += 1;
        }
        is_checked
    }

    fn data(&mut self, token: usize, offset: usize, bytes: &[u8]) {
        let expected = self.messages.reply(token + self.count[token]);
        if expected.get(offset..offset + bytes.len()) != Some(bytes) {
            self.bad += 1;
        }
    }

    #[inline]
    fn message(&mut self, token: usize, message: Received) {
        let is_right = message.opcode == self.opcode
            && (message.length == self.length || message.is_compressed && self.is_deflate);
        if !is_right {
            self.bad += 1;
        }
        self.fresh[token] += 1;
        self.count[token] += 1;
    }

    fn control(&mut self, _: usize, opcode: u8, _: &[u8]) {
        if opcode == CLOSE {
            self.closed += 1;
        }
    }
}
