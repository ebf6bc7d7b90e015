use std::error::Error;
use std::fmt;

use super::sizes::MAX_CLOSE_REASON;

/// A violation of the protocol, or of one of our limits, by the peer.
///
/// It ends the connection: the decoder ignores everything after it. Tell the peer with a close frame
/// whose code is [`close_code`](Self::close_code). The text that `Display` writes fits as its reason: it
/// has at most [`MAX_CLOSE_REASON`] bytes and contains nothing that the peer chose but numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolError {
    /// RSV1, RSV2 or RSV3 is set without an extension that gives it a meaning (RFC 6455 §5.2).
    ReservedBits,
    /// RSV1 is set on a frame that does not begin a message (RFC 7692 §6).
    MisplacedRsv1,
    /// Opcode 3 to 7 or 11 to 15 (RFC 6455 §5.2).
    ReservedOpcode(u8),
    /// A client sent a frame that is not masked (RFC 6455 §5.1).
    Unmasked,
    /// A server sent a masked frame (RFC 6455 §5.1).
    Masked,
    /// A payload length in more bytes than it needs (RFC 6455 §5.2).
    LengthNotMinimal,
    /// A 64-bit length with the highest bit set (RFC 6455 §5.2).
    LengthTopBit,
    /// A control frame without FIN (RFC 6455 §5.5).
    FragmentedControl,
    /// A control frame of more than 125 bytes (RFC 6455 §5.5).
    LongControl,
    /// A continuation frame outside of a message (RFC 6455 §5.4).
    UnexpectedContinuation,
    /// A text or binary frame inside another message (RFC 6455 §5.4).
    ExpectedContinuation,
    /// A text message that is not UTF-8 (RFC 6455 §8.1).
    InvalidText,
    /// A compressed message that is not valid DEFLATE data, or is cut short (RFC 7692 §7.2.2).
    InvalidDeflate,
    /// A close frame with a single byte of payload (RFC 6455 §5.5.1).
    HalfCloseCode,
    /// A close frame with a code that must not be sent (RFC 6455 §7.4).
    InvalidCloseCode(u16),
    /// A close frame with a reason that is not UTF-8 (RFC 6455 §8.1).
    InvalidCloseReason,
    /// A message larger than [`Limits`](crate::Limits) allow.
    MessageTooBig {
        /// The size so far, in bytes that were announced or inflated; the whole message may be larger.
        size: u64,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A message in more frames than [`Limits`](crate::Limits) allow.
    TooManyFragments {
        /// The limit, in frames.
        limit: u32,
    },
}

impl ProtocolError {
    /// Returns the close code to send to the peer (RFC 6455 §7.4.1).
    ///
    /// It is 1002 for a broken rule of the protocol, 1007 for text that is not UTF-8 and data that does
    /// not inflate, 1008 for too many fragments, and 1009 for a message that is too big. Too many
    /// fragments are not 1009, because such a message may be small; data that does not inflate is not
    /// 1002, because its frames are correct.
    pub fn close_code(self) -> u16 {
        match self {
            Self::ReservedBits
            | Self::MisplacedRsv1
            | Self::ReservedOpcode(_)
            | Self::Unmasked
            | Self::Masked
            | Self::LengthNotMinimal
            | Self::LengthTopBit
            | Self::FragmentedControl
            | Self::LongControl
            | Self::UnexpectedContinuation
            | Self::ExpectedContinuation
            | Self::HalfCloseCode
            | Self::InvalidCloseCode(_) => 1002,
            Self::InvalidText | Self::InvalidDeflate | Self::InvalidCloseReason => 1007,
            Self::TooManyFragments { .. } => 1008,
            Self::MessageTooBig { .. } => 1009,
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedBits => f.write_str(
                "a frame sets reserved bits, but no extension that uses them was agreed on",
            ),
            Self::MisplacedRsv1 => f.write_str(
                "RSV1 is set, but only the first frame of a text or binary message may have it",
            ),
            Self::ReservedOpcode(opcode) => write!(
                f,
                "opcode {opcode} is reserved; data frames have 0 to 2, control frames 8 to 10"
            ),
            Self::Unmasked => {
                f.write_str("a frame is not masked, but a client must mask every frame")
            }
            Self::Masked => f.write_str("a frame is masked, but a server must not mask its frames"),
            Self::LengthNotMinimal => {
                f.write_str("a payload length does not use the shortest encoding")
            }
            Self::LengthTopBit => f.write_str("a 64-bit payload length has its highest bit set"),
            Self::FragmentedControl => f.write_str("a control frame must not be fragmented"),
            Self::LongControl => f.write_str("a control frame may carry at most 125 bytes"),
            Self::UnexpectedContinuation => {
                f.write_str("a continuation frame was sent, but there is no message to continue")
            }
            Self::ExpectedContinuation => {
                f.write_str("a new message began before the previous one was finished")
            }
            Self::InvalidText => {
                f.write_str("a text message is not valid UTF-8; send bytes as binary")
            }
            Self::InvalidDeflate => f.write_str(
                "a compressed message is not the raw DEFLATE data of RFC 7692, or is cut short",
            ),
            Self::HalfCloseCode => f.write_str(
                "a close frame has one byte; it must be empty or begin with a two-byte code",
            ),
            Self::InvalidCloseCode(code) => write!(
                f,
                "close code {code} must not be sent; use 1000-1003, 1007-1014 or 3000-4999"
            ),
            Self::InvalidCloseReason => {
                f.write_str("the reason of a close frame is not valid UTF-8")
            }
            Self::MessageTooBig { size, limit } => write!(
                f,
                "a message has {size} bytes or more, the limit is {limit}; send smaller ones"
            ),
            Self::TooManyFragments { limit } => write!(
                f,
                "a message has more than {limit} fragments; send fewer and larger ones"
            ),
        }
    }
}

impl Error for ProtocolError {}

const _: () = assert!(MAX_CLOSE_REASON == 123, "the texts are written to fit");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_5_every_text_fits_in_a_close_frame() {
        let all = [
            ProtocolError::ReservedBits,
            ProtocolError::MisplacedRsv1,
            ProtocolError::ReservedOpcode(15),
            ProtocolError::Unmasked,
            ProtocolError::Masked,
            ProtocolError::LengthNotMinimal,
            ProtocolError::LengthTopBit,
            ProtocolError::FragmentedControl,
            ProtocolError::LongControl,
            ProtocolError::UnexpectedContinuation,
            ProtocolError::ExpectedContinuation,
            ProtocolError::InvalidText,
            ProtocolError::InvalidDeflate,
            ProtocolError::HalfCloseCode,
            ProtocolError::InvalidCloseCode(u16::MAX),
            ProtocolError::InvalidCloseReason,
            ProtocolError::MessageTooBig {
                size: u64::MAX,
                limit: usize::MAX,
            },
            ProtocolError::TooManyFragments { limit: u32::MAX },
        ];
        for error in all {
            let text = error.to_string();
            assert!(text.len() <= MAX_CLOSE_REASON, "{text}");
        }
    }

    #[test]
    fn a_size_error_names_the_size_and_the_limit() {
        let error = ProtocolError::MessageTooBig {
            size: 70_000,
            limit: 65_536,
        };
        let text = error.to_string();
        assert!(text.contains("70000") && text.contains("65536"));
    }
}
