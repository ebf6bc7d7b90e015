use std::collections::VecDeque;

use crate::message::{Delivery, Message, Rest};

/// How far a connection reads ahead of its handlers.
const MAX_MESSAGES: usize = 16;
const MAX_BYTES: usize = 64 * 1024;

/// Messages that came while a handler was waiting for something, bounded in number and bytes.
#[derive(Debug, Default)]
pub(in crate::connection) struct Inbox {
    messages: VecDeque<Delivery>,
    bytes: usize,
    /// The last one has only begun, and the rest of it is for a handler that does not run yet.
    has_begun: bool,
}

impl Inbox {
    /// Of several pongs in a row only the latest waits: they come as long as a handler runs, and must not fill the inbox.
    pub(in crate::connection) fn push(&mut self, delivery: Delivery) {
        if let Message::Pong(_) = delivery.message
            && let Some(last) = self.messages.back_mut()
            && let Message::Pong(_) = last.message
        {
            self.bytes -= last.message.len();
            self.bytes += delivery.message.len();
            *last = delivery;
            return;
        }
        self.bytes += delivery.message.len();
        self.has_begun = matches!(delivery.rest, Rest::Stream(_));
        self.messages.push_back(delivery);
    }

    pub(in crate::connection) fn pop(&mut self) -> Option<Delivery> {
        let delivery = self.messages.pop_front()?;
        self.bytes -= delivery.message.len();
        self.has_begun &= !self.messages.is_empty();
        Some(delivery)
    }

    /// Bytes of the messages that wait.
    pub(in crate::connection) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a message waits of which only the beginning is here.
    pub(in crate::connection) fn has_begun(&self) -> bool {
        self.has_begun
    }

    pub(in crate::connection) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// A message of any size fits an inbox that is not full: its own bound is the message limit.
    pub(in crate::connection) fn is_full(&self) -> bool {
        self.has_begun || self.messages.len() >= MAX_MESSAGES || self.bytes >= MAX_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::pipe;

    fn message(size: usize) -> Delivery {
        Delivery::whole(Message::Binary(vec![0; size].into()))
    }

    fn inbox(sizes: &[usize]) -> Inbox {
        let mut inbox = Inbox::default();
        for size in sizes {
            inbox.push(message(*size));
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
    fn of_pongs_in_a_row_the_latest_waits() {
        let pong = |payload: &'static str| Delivery::whole(Message::Pong(payload.into()));
        let mut inbox = inbox(&[1]);
        for payload in ["a", "bc", "d"] {
            inbox.push(pong(payload));
        }
        for _ in 0..100 {
            inbox.push(pong("ef"));
        }
        inbox.push(message(1));
        inbox.push(pong("g"));
        assert!(!inbox.is_full());
        assert_eq!(inbox.bytes, 1 + 2 + 1 + 1);
        let payloads: Vec<_> = std::iter::from_fn(|| inbox.pop())
            .map(|delivery| delivery.message)
            .filter(|message| matches!(message, Message::Pong(_)))
            .collect();
        assert_eq!(payloads, [pong("ef").message, pong("g").message]);
        assert_eq!(inbox.bytes, 0);
    }

    #[test]
    fn what_is_taken_out_comes_in_order_and_makes_room() {
        let mut inbox = inbox(&[40_000, 40_001, 3]);
        let length = |delivery: Option<Delivery>| delivery.map(|delivery| delivery.message.len());
        assert_eq!(length(inbox.pop()), Some(40_000));
        assert!(!inbox.is_full());
        inbox.push(message(7));
        assert_eq!(length(inbox.pop()), Some(40_001));
        assert_eq!(length(inbox.pop()), Some(3));
        assert_eq!(length(inbox.pop()), Some(7));
        assert_eq!(length(inbox.pop()), None);
    }

    /// What follows belongs to the reader of that message, whose handler has to run first.
    #[test]
    fn an_inbox_is_full_with_a_message_that_has_only_begun() {
        let mut inbox = inbox(&[1]);
        inbox.push(Delivery {
            rest: Rest::Stream(pipe().1),
            ..message(1)
        });
        assert!(inbox.is_full() && inbox.has_begun());
        inbox.pop();
        assert!(inbox.is_full() && inbox.has_begun());
        inbox.pop();
        assert!(!inbox.is_full() && !inbox.has_begun());
    }
}
