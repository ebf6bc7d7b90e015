//! What was received and not yet handled, bounded twice: in messages and in bytes.

use std::cell::RefCell;
use std::collections::VecDeque;

use crate::message::Message;

/// How far a connection reads ahead of its handlers.
const MAX_MESSAGES: usize = 16;
const MAX_BYTES: usize = 64 * 1024;

/// How much is read from a socket at once.
const READ: usize = 64 * 1024;

thread_local! {
    /// Sockets are read into one buffer per thread, so that a connection that waits holds none.
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

/// Runs `read` with this thread's read buffer.
pub(super) fn with_read_buffer<T>(read: impl FnOnce(&mut [u8]) -> T) -> T {
    READ_BUFFER.with_borrow_mut(|buffer| read(buffer))
}

/// Messages that wait for their handler.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    messages: VecDeque<Message>,
    bytes: usize,
}

/// Bytes that wait for room in the inbox.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    bytes: Vec<u8>,
    decoded: usize,
}

impl Inbox {
    pub(super) fn push(&mut self, message: Message) {
        self.bytes += message.len();
        self.messages.push_back(message);
    }

    pub(super) fn pop(&mut self) -> Option<Message> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.len();
        Some(message)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// A message of any size fits an inbox that is not full: its own bound is the message limit.
    pub(super) fn is_full(&self) -> bool {
        self.messages.len() >= MAX_MESSAGES || self.bytes >= MAX_BYTES
    }
}

impl Backlog {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            decoded: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.decoded == self.bytes.len()
    }

    /// Decodes some of it with `decode`, which returns how many bytes it left over.
    pub(super) fn decode(&mut self, decode: impl FnOnce(&mut [u8]) -> usize) {
        let left = decode(&mut self.bytes[self.decoded..]);
        self.decoded = self.bytes.len() - left;
        if left == 0 {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbox(sizes: &[usize]) -> Inbox {
        let mut inbox = Inbox::default();
        for size in sizes {
            inbox.push(Message::Binary(vec![0; *size].into()));
        }
        inbox
    }

    #[test]
    fn an_inbox_is_full_with_16_messages_or_64_kib() {
        assert!(!inbox(&[0; 15]).is_full());
        assert!(inbox(&[0; 16]).is_full());
        assert!(!inbox(&[40_000, 25_535]).is_full());
        assert!(inbox(&[40_000, 25_536]).is_full());
    }

    #[test]
    fn what_is_taken_out_makes_room() {
        let mut inbox = inbox(&[40_000, 40_000]);
        assert_eq!(inbox.pop().map(|message| message.len()), Some(40_000));
        assert!(!inbox.is_full());
    }

    #[test]
    fn a_backlog_is_decoded_in_steps_and_then_holds_nothing() {
        let mut backlog = Backlog::new(b"abcdef");
        backlog.decode(|bytes| bytes.len() - 2);
        backlog.decode(|bytes| {
            assert_eq!(bytes, b"cdef");
            1
        });
        assert!(!backlog.is_empty());
        backlog.decode(|bytes| {
            assert_eq!(bytes, b"f");
            0
        });
        assert!(backlog.is_empty());
        assert_eq!(backlog.bytes.capacity(), 0);
    }
}
