use std::fmt;

/// The id of a session: 128 random bits, so that it cannot be guessed and does not repeat on another node.
///
/// It displays as 32 hexadecimal digits. Java: `Session.getId()`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u64; 2]);

impl SessionId {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// What other nodes are told of it.
    pub(crate) fn to_bits(self) -> [u64; 2] {
        self.0
    }

    pub(crate) fn from_bits(bits: [u64; 2]) -> Self {
        Self(bits)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [high, low] = self.0;
        write!(f, "{high:016x}{low:016x}")
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}
