use std::collections::VecDeque;

use crate::message::Message;

/// How far a connection reads ahead of its handlers.
const MAX_MESSAGES: usize = 16;
const MAX_BYTES: usize = 64 * 1024;

/// Messages that wait for their handler, bounded in number and bytes. Empty, it holds no memory.
#[derive(Debug, Default)]
pub(in crate::connection) struct Inbox {
    /// Mostly there is one: others come while a handler waits for something.
    first: Option<Message>,
    others: VecDeque<Message>,
    bytes: usize,
}

impl Inbox {
    pub(in crate::connection) fn push(&mut self, message: Message) {
        self.bytes += message.len();
        if self.first.is_none() {
            self.first = Some(message);
        } else {
            self.others.push_back(message);
        }
    }

    pub(in crate::connection) fn pop(&mut self) -> Option<Message> {
        let message = self.first.take()?;
        self.bytes -= message.len();
        if !self.others.is_empty() {
            self.first = self.others.pop_front();
            if self.others.is_empty() {
                self.others = VecDeque::new();
            }
        }
        Some(message)
    }

    pub(in crate::connection) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(in crate::connection) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// A message of any size fits an inbox that is not full: its own bound is the message limit.
    pub(in crate::connection) fn is_full(&self) -> bool {
        self.others.len() + 1 >= MAX_MESSAGES || self.bytes >= MAX_BYTES
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
    fn what_is_taken_out_comes_in_order_and_makes_room() {
        let mut inbox = inbox(&[40_000, 40_001, 3]);
        assert_eq!(inbox.pop().map(|message| message.len()), Some(40_000));
        assert!(!inbox.is_full());
        inbox.push(Message::Text("last".into()));
        assert_eq!(inbox.pop().map(|message| message.len()), Some(40_001));
        assert_eq!(inbox.pop().map(|message| message.len()), Some(3));
        assert_eq!(inbox.pop(), Some(Message::Text("last".into())));
        assert_eq!(inbox.pop(), None);
        assert_eq!(inbox.others.capacity(), 0);
    }
}
