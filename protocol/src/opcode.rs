use super::error::ProtocolError;

/// The kind of a frame (RFC 6455 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A later fragment of a message.
    Continuation = 0,
    /// A text message, or its first fragment.
    Text = 1,
    /// A binary message, or its first fragment.
    Binary = 2,
    /// The last frame in its direction.
    Close = 8,
    /// A check that the peer is alive.
    Ping = 9,
    /// The answer to a ping, or an unsolicited sign of life.
    Pong = 10,
}

impl Opcode {
    /// Returns whether this is a close, ping or pong frame (RFC 6455 §5.5).
    #[inline]
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }

    /// Reads the four bits of a frame's first byte that hold the opcode.
    ///
    /// # Errors
    ///
    /// If the opcode is reserved.
    pub(crate) fn parse(bits: u8) -> Result<Self, ProtocolError> {
        match bits {
            0 => Ok(Self::Continuation),
            1 => Ok(Self::Text),
            2 => Ok(Self::Binary),
            8 => Ok(Self::Close),
            9 => Ok(Self::Ping),
            10 => Ok(Self::Pong),
            reserved => Err(ProtocolError::ReservedOpcode(reserved)),
        }
    }
}
