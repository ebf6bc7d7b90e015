use std::collections::VecDeque;

use crate::message::Message;

/// How far a connection reads ahead of its handlers.
const MAX_MESSAGES: usize = 16;
const MAX_BYTES: usize = 64 * 1024;

/// Messages that came while a handler was waiting for something, bounded in number and bytes.
#[derive(Debug, Default)]
pub(in crate::connection) struct Inbox {
    messages: VecDeque<Message>,
    bytes: usize,
}

impl Inbox {
    pub(in crate::connection) fn push(&mut self, message: Message) {
        self.bytes += message.len();
        self.messages.push_back(message);
    }

    pub(in crate::connection) fn pop(&mut self) -> Option<Message> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.len();
        Some(message)
    }

    pub(in crate::connection) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// A message of any size fits an inbox that is not full: its own bound is the message limit.
    pub(in crate::connection) fn is_full(&self) -> bool {
        self.messages.len() >= MAX_MESSAGES || self.bytes >= MAX_BYTES
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
    }
}
