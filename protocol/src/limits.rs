use std::num::NonZeroU32;

/// Limits on the messages that a peer may send.
///
/// Their size counts the payload of all fragments, after inflating if they came compressed. A message
/// beyond a limit is a [`ProtocolError`](crate::ProtocolError), reported as soon as a frame header or
/// the inflated data shows it.
///
/// # Examples
///
/// ```
/// use wspring_protocol::Limits;
///
/// let same_for_both = Limits::new(64 * 1024, None);
/// let larger_binaries = Limits {
///     max_binary_size: 1024 * 1024,
///     ..same_for_both
/// };
/// assert_eq!(larger_binaries.max_text_size, 65_536);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest text message, in bytes of UTF-8.
    pub max_text_size: usize,
    /// The largest binary message, in bytes.
    pub max_binary_size: usize,
    /// The largest number of frames in one message, counting empty ones.
    ///
    /// The default, `None`, is one frame for each 64 bytes that the message may have, but at least
    /// 1024.
    pub max_fragments: Option<NonZeroU32>,
}

/// The average payload of the frames of a message that uses up the default limit on fragments.
const FRAGMENT: usize = 64;

/// The default limit on fragments is never lower than this.
const FEWEST_FRAGMENTS: u32 = 1024;

impl Limits {
    /// Creates limits with the same size for text and binary messages.
    pub const fn new(max_message_size: usize, max_fragments: Option<NonZeroU32>) -> Self {
        Self {
            max_text_size: max_message_size,
            max_binary_size: max_message_size,
            max_fragments,
        }
    }

    /// Returns how many frames a message of up to `size` bytes may have.
    pub(crate) fn fragments(self, size: usize) -> u32 {
        match self.max_fragments {
            Some(fragments) => fragments.get(),
            None => u32::try_from(size / FRAGMENT)
                .unwrap_or(u32::MAX)
                .max(FEWEST_FRAGMENTS),
        }
    }
}

/// The kinds of message that are passed on in parts as they arrive, instead of being assembled.
///
/// The sizes in [`Limits`] do not apply to them, because the decoder does not hold them.
/// [`Limits::max_fragments`] limits the frames from one part to the next, so a peer cannot send empty
/// frames without end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InParts {
    /// Whether text messages come in parts.
    pub text: bool,
    /// Whether binary messages come in parts.
    pub binary: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_limit_on_fragments_follows_the_size_but_is_at_least_1024() {
        let limits = Limits::new(0, None);
        for (size, fragments) in [
            (0, 1024),
            (64 * 1024, 1024),
            (64 * 1025, 1025),
            (1024 * 1024, 16_384),
            (usize::MAX, u32::MAX),
        ] {
            assert_eq!(limits.fragments(size), fragments, "{size}");
        }
        let limits = Limits::new(0, NonZeroU32::new(7));
        assert_eq!(limits.fragments(usize::MAX), 7);
    }
}
