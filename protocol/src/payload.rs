use std::mem;

use super::error::ProtocolError;
use super::header::FrameHeader;
use super::mask::Mask;
use super::opcode::Opcode;

/// The payload of a frame whose header is complete.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) opcode: Opcode,
    pub(super) fin: bool,
    mask: Mask,
    /// Bytes still to come.
    pub(super) remaining: usize,
}

impl Payload {
    /// Creates the payload that `header` announces, for a message that has `before` bytes already.
    ///
    /// # Errors
    ///
    /// If the message would exceed `limit` bytes.
    pub(super) fn new(
        header: FrameHeader,
        before: usize,
        limit: usize,
    ) -> Result<Self, ProtocolError> {
        match usize::try_from(header.payload_len) {
            Ok(remaining) if remaining <= limit.saturating_sub(before) => Ok(Self {
                opcode: header.opcode,
                fin: header.fin,
                mask: header.mask,
                remaining,
            }),
            _ => Err(ProtocolError::MessageTooBig {
                size: header.payload_len.saturating_add(before as u64),
                limit,
            }),
        }
    }

    /// Takes the payload's bytes off the front of `input` and unmasks them.
    pub(super) fn take<'a>(&mut self, input: &mut &'a mut [u8]) -> &'a [u8] {
        self.take_up_to(usize::MAX, input)
    }

    /// Takes up to `most` of the payload's bytes off the front of `input` and unmasks them.
    pub(super) fn take_up_to<'a>(&mut self, most: usize, input: &mut &'a mut [u8]) -> &'a [u8] {
        let bytes = mem::take(input);
        let count = self.remaining.min(bytes.len()).min(most);
        let (taken, rest) = bytes.split_at_mut(count);
        *input = rest;
        self.remaining -= taken.len();
        self.mask.apply(taken);
        taken
    }

    /// Returns whether the bytes taken so far complete the message.
    pub(super) fn is_last(&self) -> bool {
        self.fin && self.remaining == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: FrameHeader = FrameHeader {
        opcode: Opcode::Binary,
        fin: true,
        compressed: false,
        mask: Mask::NONE,
        payload_len: 6,
    };

    #[test]
    fn the_limit_applies_to_the_message_and_not_to_the_frame() {
        assert!(Payload::new(HEADER, 4, 10).is_ok());
        let error = Payload::new(HEADER, 5, 10).unwrap_err();
        assert_eq!(
            error,
            ProtocolError::MessageTooBig {
                size: 11,
                limit: 10
            }
        );
    }

    #[test]
    fn takes_its_own_bytes_and_no_others() {
        let mut payload = Payload::new(HEADER, 0, 10).unwrap();
        let mut first = *b"abcd";
        let mut second = *b"efgh";
        assert_eq!(payload.take(&mut first.as_mut_slice()), b"abcd");
        let mut input = second.as_mut_slice();
        assert_eq!(payload.take(&mut input), b"ef");
        assert_eq!(input, b"gh");
        assert_eq!(payload.remaining, 0);
    }
}
