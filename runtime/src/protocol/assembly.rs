use std::borrow::Cow;

use super::Event;
use super::error::ProtocolError;
use super::frame::Opcode;
use super::utf8::PartialText;

/// A message of which a part has come.
#[derive(Debug)]
pub(super) struct Message {
    content: Content,
    fragments: usize,
}

#[derive(Debug)]
enum Content {
    Text(PartialText),
    Binary(Vec<u8>),
}

impl Message {
    /// A message whose first frame has `opcode`; nothing of its payload is here yet.
    pub(super) fn new(opcode: Opcode) -> Self {
        let content = if opcode == Opcode::Text {
            Content::Text(PartialText::default())
        } else {
            Content::Binary(Vec::new())
        };
        Self {
            content,
            fragments: 1,
        }
    }

    /// Counts one more frame, an empty one too: else a peer could send those without end.
    ///
    /// # Errors
    ///
    /// If that makes more frames than `limit`.
    pub(super) fn count_fragment(&mut self, limit: usize) -> Result<(), ProtocolError> {
        self.fragments += 1;
        if self.fragments > limit {
            return Err(ProtocolError::TooManyFragments { limit });
        }
        Ok(())
    }

    /// Appends the next unmasked bytes of a message that cannot grow beyond `ceiling` bytes.
    ///
    /// # Errors
    ///
    /// As soon as a text cannot become valid UTF-8.
    pub(super) fn push(&mut self, bytes: &[u8], ceiling: usize) -> Result<(), ProtocolError> {
        let growth = growth(self.len(), self.capacity(), bytes.len(), ceiling);
        match &mut self.content {
            Content::Text(text) => {
                text.reserve_exact(growth);
                text.push(bytes)
            }
            Content::Binary(binary) => {
                binary.reserve_exact(growth);
                binary.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// The whole message.
    ///
    /// # Errors
    ///
    /// If a text ends inside a character.
    pub(super) fn finish(self) -> Result<Event<'static>, ProtocolError> {
        match self.content {
            Content::Text(text) => text.finish().map(|text| Event::Text(Cow::Owned(text))),
            Content::Binary(binary) => Ok(Event::Binary(Cow::Owned(binary))),
        }
    }

    /// Bytes of payload received.
    pub(super) fn len(&self) -> usize {
        match &self.content {
            Content::Text(text) => text.len(),
            Content::Binary(binary) => binary.len(),
        }
    }

    /// Bytes of payload that memory is held for.
    pub(super) fn capacity(&self) -> usize {
        match &self.content {
            Content::Text(text) => text.capacity(),
            Content::Binary(binary) => binary.capacity(),
        }
    }
}

/// How much to reserve, counted from `len`, before `arriving` more bytes are appended.
///
/// Room for twice what has come: a peer must send bytes to make us hold memory, and each byte is moved
/// at most a few times however small the pieces are. Never more than the message can come to.
fn growth(len: usize, capacity: usize, arriving: usize, ceiling: usize) -> usize {
    let needed = len.saturating_add(arriving);
    if needed <= capacity {
        return 0;
    }
    needed.saturating_mul(2).min(ceiling).max(needed) - len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_with_what_arrives_and_not_with_what_is_announced() {
        let mut message = Message::new(Opcode::Binary);
        assert_eq!(message.capacity(), 0);
        message.push(&[7; 100], 1_000_000).unwrap();
        assert!(message.capacity() <= 200, "{}", message.capacity());
    }

    #[test]
    fn memory_never_exceeds_what_the_message_can_come_to() {
        for opcode in [Opcode::Text, Opcode::Binary] {
            let mut message = Message::new(opcode);
            for _ in 0..100 {
                message.push(b"0123456789", 1_000).unwrap();
                assert!(message.capacity() <= 1_000, "{}", message.capacity());
            }
            assert_eq!(message.len(), 1_000);
        }
    }

    #[test]
    fn a_character_in_waiting_has_its_room_too() {
        let text = "€".repeat(333);
        let (first, second) = text.as_bytes().split_at(400);
        let mut message = Message::new(Opcode::Text);
        message.push(first, text.len()).unwrap();
        message.push(second, text.len()).unwrap();
        assert_eq!(message.capacity(), text.len());
    }

    #[test]
    fn single_bytes_cost_few_reallocations() {
        let mut message = Message::new(Opcode::Text);
        let mut capacities = vec![message.capacity()];
        for _ in 0..10_000 {
            message.push(b"x", 65_536).unwrap();
            capacities.push(message.capacity());
        }
        capacities.dedup();
        assert!(capacities.len() < 20, "{capacities:?}");
    }

    #[test]
    fn the_frame_after_the_last_allowed_one_is_refused() {
        let mut message = Message::new(Opcode::Binary);
        assert_eq!(message.count_fragment(2), Ok(()));
        assert_eq!(
            message.count_fragment(2),
            Err(ProtocolError::TooManyFragments { limit: 2 })
        );
    }
}
