use std::num::NonZeroU32;

use wspring_protocol::Limits;

/// Bytes off the front of the input, which choose what is done with the rest.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    /// Takes the next byte, or zero at the end.
    pub(crate) fn byte(&mut self) -> u8 {
        match self.0 {
            [first, rest @ ..] => {
                self.0 = rest;
                *first
            }
            [] => 0,
        }
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::from(self.byte()) % all.len()]
    }

    pub(crate) fn limits(&mut self) -> Limits {
        let max_message_size = self.one_of(&[0, 16, 125, 1000, 65_536]);
        let max_fragments = self.one_of(&[1, 3, 1024]);
        Limits::new(max_message_size, NonZeroU32::new(max_fragments))
    }
}
