use std::fmt;
use std::ops::Deref;

/// Up to `N` bytes (`N` < 256), stored without an allocation.
///
/// The protocol bounds the payloads of control frames and the headers of frames, so they fit.
#[derive(Clone)]
#[repr(align(8))]
pub(crate) struct InlineBytes<const N: usize> {
    bytes: [u8; N],
    len: u8,
}

impl<const N: usize> InlineBytes<N> {
    /// Creates an empty buffer.
    pub(super) const fn new() -> Self {
        const { assert!(N <= u8::MAX as usize, "the length is kept in one byte") };
        Self {
            bytes: [0; N],
            len: 0,
        }
    }

    /// Appends as many bytes from the front of `bytes` as fit.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let room = &mut self.bytes[usize::from(self.len)..];
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the length is at most N, which fits in a byte"
        )]
        {
            self.len += count as u8;
        }
    }

    /// Removes all bytes.
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }
}

impl<const N: usize> Default for InlineBytes<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Deref for InlineBytes<N> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl<const N: usize> fmt::Debug for InlineBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<const N: usize> PartialEq for InlineBytes<N> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<const N: usize> Eq for InlineBytes<N> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_appended() {
        let mut bytes = InlineBytes::<4>::new();
        assert!(bytes.is_empty());
        bytes.extend(b"ab");
        bytes.extend(b"c");
        assert_eq!(&*bytes, b"abc");
        bytes.clear();
        assert!(bytes.is_empty());
    }

    #[test]
    fn takes_no_more_than_fits() {
        let mut bytes = InlineBytes::<4>::new();
        bytes.extend(b"abc");
        bytes.extend(b"def");
        assert_eq!(&*bytes, b"abcd");
    }

    #[test]
    fn equality_compares_only_the_content() {
        let mut used = InlineBytes::<4>::new();
        used.extend(b"xyz");
        used.clear();
        assert_eq!(used, InlineBytes::new());
    }
}
