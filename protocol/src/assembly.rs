use std::borrow::Cow;
use std::mem;

use super::deflate::Inflater;
use super::error::ProtocolError;
use super::event::{Event, Position};
use super::header::FrameHeader;
use super::limits::Limits;
use super::opcode::Opcode;
use super::payload::Payload;
use super::utf8::PartialText;

/// A message that has begun to arrive.
#[derive(Debug)]
pub(super) struct Message {
    content: Content,
    /// The number of frames so far; for a message in parts, since the last part.
    fragments: u32,
    in_parts: bool,
    /// Whether a part was passed on.
    begun: bool,
    /// The number of compressed bytes announced, which `content` does not show; `None` if the message is
    /// not compressed.
    compressed: Option<usize>,
}

#[derive(Debug)]
enum Content {
    Text(PartialText),
    Binary(Vec<u8>),
}

impl Message {
    /// Creates a message whose first frame has `opcode`, without any payload yet.
    pub(super) fn new(opcode: Opcode, compressed: bool, in_parts: bool) -> Self {
        let content = if opcode == Opcode::Text {
            Content::Text(PartialText::default())
        } else {
            Content::Binary(Vec::new())
        };
        Self {
            content,
            fragments: 1,
            in_parts,
            begun: false,
            compressed: compressed.then_some(0),
        }
    }

    /// Returns the limit on the message's size.
    pub(super) fn limit(&self, limits: &Limits) -> usize {
        match self.content {
            Content::Text(_) => limits.max_text_size,
            Content::Binary(_) => limits.max_binary_size,
        }
    }

    /// Counts one more frame. Empty frames count too, or a peer could send them without end.
    ///
    /// # Errors
    ///
    /// If there are more frames than `limit`.
    pub(super) fn count_fragment(&mut self, limit: u32) -> Result<(), ProtocolError> {
        self.fragments += 1;
        if self.fragments > limit {
            return Err(ProtocolError::TooManyFragments { limit });
        }
        Ok(())
    }

    /// Returns the payload that `header` announces, for a message of up to `limit` bytes.
    ///
    /// Compressed bytes are not held, so their limit only refuses what is hopeless: it is twice as many
    /// and a few, more than the worst compressor makes.
    ///
    /// # Errors
    ///
    /// If the message would exceed its limit.
    pub(super) fn announce(
        &mut self,
        header: FrameHeader,
        limit: usize,
    ) -> Result<Payload, ProtocolError> {
        let Some(announced) = &mut self.compressed else {
            return Payload::new(header, self.len(), limit);
        };
        let limit = limit.saturating_mul(2).saturating_add(64);
        let payload = Payload::new(header, *announced, limit)?;
        *announced += payload.remaining;
        Ok(payload)
    }

    /// Inflates and appends the next compressed bytes, the last ones if `last`, up to `limit` bytes in
    /// total.
    ///
    /// # Errors
    ///
    /// If they inflate to more, are not DEFLATE data, or make a text that cannot become valid UTF-8.
    pub(super) fn inflate(
        &mut self,
        inflater: &mut Inflater,
        bytes: &[u8],
        last: bool,
        limit: usize,
    ) -> Result<(), ProtocolError> {
        inflater.inflate(bytes, last, |piece, last| {
            let fitting = &piece[..piece.len().min(limit.saturating_sub(self.len()))];
            let whole_len = self.len() + fitting.len();
            self.push(fitting, if last { whole_len } else { limit })?;
            if fitting.len() < piece.len() {
                return Err(ProtocolError::MessageTooBig {
                    size: limit as u64 + 1,
                    limit,
                });
            }
            Ok(())
        })
    }

    /// Appends the next unmasked bytes of a message that cannot grow beyond `ceiling` bytes.
    ///
    /// # Errors
    ///
    /// If a text cannot become valid UTF-8.
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

    /// Returns the whole message.
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

    /// Returns everything pushed since the last part as the next part, or `None` if that would be empty
    /// and is not the `last`.
    ///
    /// # Errors
    ///
    /// If a text ends inside a character.
    pub(super) fn take_part(
        &mut self,
        last: bool,
    ) -> Result<Option<Event<'static>>, ProtocolError> {
        match &mut self.content {
            Content::Text(text) => {
                if last {
                    text.end()?;
                }
                let part = Cow::Owned(text.take());
                Ok(self.text_part(part, last))
            }
            Content::Binary(binary) => {
                let part = Cow::Owned(mem::take(binary));
                Ok(self.binary_part(part, last))
            }
        }
    }

    /// Lends the next unmasked bytes out as a part. Nothing may have been pushed since the last part.
    ///
    /// # Errors
    ///
    /// If a text cannot become valid UTF-8, or ends inside a character.
    pub(super) fn lend_part<'a>(
        &mut self,
        bytes: &'a [u8],
        last: bool,
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        match &mut self.content {
            Content::Text(text) => {
                let part = text.check(bytes)?;
                if last {
                    text.end()?;
                }
                Ok(self.text_part(Cow::Borrowed(part), last))
            }
            Content::Binary(_) => Ok(self.binary_part(Cow::Borrowed(bytes), last)),
        }
    }

    fn text_part<'a>(&mut self, part: Cow<'a, str>, last: bool) -> Option<Event<'a>> {
        if part.is_empty() && !last {
            return None;
        }
        Some(match self.next_position(last) {
            Some(position) => Event::TextPart(part, position),
            None => Event::Text(part),
        })
    }

    fn binary_part<'a>(&mut self, part: Cow<'a, [u8]>, last: bool) -> Option<Event<'a>> {
        if part.is_empty() && !last {
            return None;
        }
        Some(match self.next_position(last) {
            Some(position) => Event::BinaryPart(part, position),
            None => Event::Binary(part),
        })
    }

    /// Returns the position of the part that is passed on now, or `None` if it is the whole message.
    fn next_position(&mut self, last: bool) -> Option<Position> {
        self.fragments = 0;
        match (mem::replace(&mut self.begun, true), last) {
            (false, true) => None,
            (false, false) => Some(Position::First),
            (true, false) => Some(Position::Middle),
            (true, true) => Some(Position::Last),
        }
    }

    /// Returns whether the message is passed on in parts.
    pub(super) fn is_in_parts(&self) -> bool {
        self.in_parts
    }

    /// Returns whether the message is compressed (RFC 7692 §6).
    pub(super) fn is_compressed(&self) -> bool {
        self.compressed.is_some()
    }

    /// Returns the number of bytes held, inflated if the message is compressed.
    pub(super) fn len(&self) -> usize {
        match &self.content {
            Content::Text(text) => text.len(),
            Content::Binary(binary) => binary.len(),
        }
    }

    /// Returns the number of bytes that memory is allocated for.
    pub(super) fn capacity(&self) -> usize {
        match &self.content {
            Content::Text(text) => text.capacity(),
            Content::Binary(binary) => binary.capacity(),
        }
    }
}

/// Returns how many bytes to reserve beyond `len` before `arriving` more are appended.
///
/// The capacity doubles, so a peer must send bytes to make us hold memory, and each byte is moved only
/// a few times however small the pieces are. It never exceeds the size that the message can reach.
fn growth(len: usize, capacity: usize, arriving: usize, ceiling: usize) -> usize {
    let needed = len.saturating_add(arriving);
    if needed <= capacity {
        return 0;
    }
    needed.saturating_mul(2).min(ceiling).max(needed) - len
}

#[cfg(test)]
mod tests {
    use super::super::deflate::DeflateConfig;
    use super::*;

    #[test]
    fn memory_grows_with_the_bytes_that_arrive_and_not_with_those_announced() {
        let mut message = Message::new(Opcode::Binary, false, false);
        assert_eq!(message.capacity(), 0);
        message.push(&[7; 100], 1_000_000).unwrap();
        assert!(message.capacity() <= 200, "{}", message.capacity());
    }

    #[test]
    fn memory_never_exceeds_the_size_that_the_message_can_reach() {
        for opcode in [Opcode::Text, Opcode::Binary] {
            let mut message = Message::new(opcode, false, false);
            for _ in 0..100 {
                message.push(b"0123456789", 1_000).unwrap();
                assert!(message.capacity() <= 1_000, "{}", message.capacity());
            }
            assert_eq!(message.len(), 1_000);
        }
    }

    #[test]
    fn memory_includes_room_for_an_unfinished_character() {
        let text = "€".repeat(333);
        let (first, second) = text.as_bytes().split_at(400);
        let mut message = Message::new(Opcode::Text, false, false);
        message.push(first, text.len()).unwrap();
        message.push(second, text.len()).unwrap();
        assert_eq!(message.capacity(), text.len());
    }

    #[test]
    fn an_inflated_message_never_holds_more_than_the_limit() {
        const LIMIT: usize = 50_000;
        let (agreement, _) = DeflateConfig::default()
            .accept([b"permessage-deflate".as_slice()])
            .unwrap();
        let inflate = |size: usize| {
            let payload = miniz_oxide::deflate::compress_to_vec(&vec![b'x'; size], 9);
            let mut message = Message::new(Opcode::Text, true, false);
            let mut inflater = Inflater::new(&agreement);
            let result = message.inflate(&mut inflater, &payload, true, LIMIT);
            (result, message.capacity())
        };
        assert_eq!(inflate(10_000), (Ok(()), 10_000));
        for size in [LIMIT, LIMIT + 1, 10_000_000] {
            let (result, held) = inflate(size);
            assert_eq!(result.is_ok(), size == LIMIT);
            assert!(held <= LIMIT, "{held}");
        }
    }

    #[test]
    fn single_bytes_cost_few_reallocations() {
        let mut message = Message::new(Opcode::Text, false, false);
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
        let mut message = Message::new(Opcode::Binary, false, false);
        assert_eq!(message.count_fragment(2), Ok(()));
        assert_eq!(
            message.count_fragment(2),
            Err(ProtocolError::TooManyFragments { limit: 2 })
        );
    }
}
