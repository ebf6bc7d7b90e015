use std::mem;

use super::error::ProtocolError;
use super::inline::InlineBytes;

/// A text message under assembly; each byte is checked once, when it arrives.
///
/// A piece may end inside a character. The first bytes of that character, up to three, wait in `tail`
/// for the next piece, so `text` is always valid and never checked again.
#[derive(Debug, Default)]
pub(super) struct PartialText {
    text: String,
    tail: InlineBytes<4>,
}

impl PartialText {
    /// Checks and appends the next piece.
    ///
    /// # Errors
    ///
    /// If nothing that may follow can make the bytes so far valid UTF-8.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), ProtocolError> {
        let piece = self.complete_tail(piece)?;
        let whole = self.check(piece)?;
        self.text.push_str(whole);
        Ok(())
    }

    /// Checks the next piece and returns its whole characters without keeping them. No character may be
    /// unfinished before it.
    ///
    /// # Errors
    ///
    /// The same as for [`push`](Self::push).
    pub(super) fn check<'a>(&mut self, piece: &'a [u8]) -> Result<&'a str, ProtocolError> {
        let (whole, unfinished) = piece.split_at(piece.len() - unfinished_len(piece));
        let whole = simdutf8::basic::from_utf8(whole).map_err(|_| ProtocolError::InvalidText)?;
        if !may_become_char(unfinished) {
            return Err(ProtocolError::InvalidText);
        }
        self.tail.extend(unfinished);
        Ok(whole)
    }

    /// Removes and returns the whole characters; an unfinished one stays.
    pub(super) fn take(&mut self) -> String {
        mem::take(&mut self.text)
    }

    /// Reserves memory for exactly `additional` bytes beyond those received.
    pub(super) fn reserve_exact(&mut self, additional: usize) {
        self.text.reserve_exact(self.tail.len() + additional);
    }

    /// Returns the text.
    ///
    /// # Errors
    ///
    /// If it ends inside a character.
    pub(super) fn finish(self) -> Result<String, ProtocolError> {
        self.end()?;
        Ok(self.text)
    }

    /// Checks that the text may end here.
    ///
    /// # Errors
    ///
    /// If a character is unfinished.
    pub(super) fn end(&self) -> Result<(), ProtocolError> {
        if self.tail.is_empty() {
            Ok(())
        } else {
            Err(ProtocolError::InvalidText)
        }
    }

    /// Returns the number of bytes held, including those of an unfinished character.
    pub(super) fn len(&self) -> usize {
        self.text.len() + self.tail.len()
    }

    /// Returns the number of bytes that memory is allocated for.
    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
    }

    /// Completes the unfinished character from the front of `piece` and returns the rest of the piece.
    fn complete_tail<'a>(&mut self, mut piece: &'a [u8]) -> Result<&'a [u8], ProtocolError> {
        while !self.tail.is_empty()
            && let Some((next, others)) = piece.split_first()
        {
            piece = others;
            self.tail.extend(&[*next]);
            if let Ok(character) = str::from_utf8(&self.tail) {
                self.text.push_str(character);
                self.tail.clear();
            } else if !may_become_char(&self.tail) {
                return Err(ProtocolError::InvalidText);
            }
        }
        Ok(piece)
    }
}

/// Returns how many bytes at the end of `bytes` belong to an unfinished character (0 to 3).
///
/// It looks only at lengths, not at whether the character can be valid.
fn unfinished_len(bytes: &[u8]) -> usize {
    let ending = bytes.iter().rev().take(3);
    for (byte, present) in ending.zip(1..) {
        let width = match byte {
            0x80..=0xbf => continue,
            0x00..=0x7f => 1,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
        };
        return if width > present { present } else { 0 };
    }
    0
}

/// Returns whether these bytes, too few for a character, can still become one.
fn may_become_char(bytes: &[u8]) -> bool {
    match str::from_utf8(bytes) {
        Ok(text) => text.is_empty(),
        Err(error) => error.valid_up_to() == 0 && error.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assemble(pieces: &[&[u8]]) -> Result<String, ProtocolError> {
        let mut text = PartialText::default();
        for piece in pieces {
            text.push(piece)?;
        }
        text.finish()
    }

    #[test]
    fn characters_of_every_width_may_be_cut_anywhere() {
        let text = "aé€😀ß\u{10ffff}\u{800}\u{7f}";
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let bytes = text.as_bytes();
                let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                assert_eq!(assemble(&pieces).as_deref(), Ok(text));
            }
        }
    }

    #[test]
    fn an_unfinished_character_is_refused_only_at_the_end() {
        let mut text = PartialText::default();
        assert!(text.push(b"ok \xf0\x9f\x98").is_ok());
        assert_eq!(text.len(), 6);
        assert_eq!(text.finish(), Err(ProtocolError::InvalidText));
    }

    #[test]
    fn bytes_that_cannot_become_a_character_are_refused_at_once() {
        // Each is refused at its last byte, and not before.
        let cases: [&[u8]; 10] = [
            b"\x80",
            b"\xc0",
            b"\xc1",
            b"\xe0\x9f",
            b"\xed\xa0",
            b"\xf0\x8f",
            b"\xf4\x90",
            b"\xf5",
            b"\xff",
            b"\xe2\x82a",
        ];
        for case in cases {
            let (last, before) = case.split_last().unwrap();
            let mut text = PartialText::default();
            assert!(text.push(before).is_ok(), "{case:x?}");
            assert!(text.push(&[*last]).is_err(), "{case:x?} in two pieces");
            assert!(PartialText::default().push(case).is_err(), "{case:x?}");
        }
    }

    #[test]
    fn a_bad_byte_before_an_unfinished_character_is_refused() {
        assert!(PartialText::default().push(b"\xff\xe2\x82").is_err());
        assert!(PartialText::default().push(b"\x80\x80\x80").is_err());
    }
}
