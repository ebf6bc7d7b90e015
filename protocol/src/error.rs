use std::error::Error;
use std::fmt;

use super::close::MAX_CLOSE_REASON;

/// How a peer broke the protocol or one of our limits.
///
/// It is fatal: after it, nothing that the peer sends is looked at. [`close_code`](Self::close_code) and
/// the `Display` sentence (never longer than [`MAX_CLOSE_REASON`] bytes) make the close frame that tells
/// the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// RSV1, RSV2 or RSV3 is set without an extension that gives it a meaning (RFC 6455 §5.2).
    ReservedBits,
    /// RSV1 is set on a frame that does not begin a message (RFC 7692 §6).
    MisplacedRsv1,
    /// Opcode 3 to 7 or 11 to 15 (RFC 6455 §5.2).
    ReservedOpcode(u8),
    /// A client did not mask (RFC 6455 §5.1).
    Unmasked,
    /// A server did mask (RFC 6455 §5.1).
    Masked,
    /// A length in more bytes than it needs (RFC 6455 §5.2).
    LengthNotMinimal,
    /// A 64-bit length with the highest bit set (RFC 6455 §5.2).
    LengthTopBit,
    /// A control frame without FIN (RFC 6455 §5.5).
    FragmentedControl,
    /// A control frame of more than 125 bytes (RFC 6455 §5.5).
    LongControl,
    /// A continuation frame with nothing to continue (RFC 6455 §5.4).
    UnexpectedContinuation,
    /// A text or binary frame before the message before it was finished (RFC 6455 §5.4).
    ExpectedContinuation,
    /// A text message that is not UTF-8 (RFC 6455 §8.1).
    InvalidText,
    /// A compressed message that is not DEFLATE, or not all of it (RFC 7692 §7.2.2).
    InvalidDeflate,
    /// A close frame of one byte (RFC 6455 §5.5.1).
    HalfCloseCode,
    /// A close frame whose code must not be sent (RFC 6455 §7.4).
    InvalidCloseCode(u16),
    /// A close frame whose reason is not UTF-8 (RFC 6455 §8.1).
    InvalidCloseReason,
    /// A message larger than we accept.
    MessageTooBig {
        /// Bytes announced so far, or inflated; what has not yet come may add to it.
        size: u64,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A message in more frames than we accept.
    TooManyFragments {
        /// The limit, in frames.
        limit: u32,
    },
}

impl ProtocolError {
    /// The close code that tells the peer (RFC 6455 §7.4.1).
    ///
    /// Too many fragments give 1008 and not 1009: such a message may be small, and "too big" would send
    /// its author to the wrong limit. Data that does not inflate gives 1007 like text that is not UTF-8: the
    /// frames follow the rules, but what is in them is not what they say; 1002 would send its author to the
    /// frames.
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
            Self::Masked => f.write_str("a frame is masked, but a server must not mask"),
            Self::LengthNotMinimal => {
                f.write_str("a payload length is not written in the fewest bytes that hold it")
            }
            Self::LengthTopBit => f.write_str("a 64-bit payload length has its highest bit set"),
            Self::FragmentedControl => f.write_str("a control frame must not be fragmented"),
            Self::LongControl => f.write_str("a control frame may carry at most 125 bytes"),
            Self::UnexpectedContinuation => {
                f.write_str("a continuation frame came, but no message was begun")
            }
            Self::ExpectedContinuation => {
                f.write_str("a new message began before the one before it was finished")
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

const _: () = assert!(MAX_CLOSE_REASON == 123, "the sentences are written to fit");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_5_every_sentence_fits_in_a_close_frame() {
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
            let sentence = error.to_string();
            assert!(sentence.len() <= MAX_CLOSE_REASON, "{sentence}");
        }
    }

    #[test]
    fn a_size_error_names_the_size_and_the_limit() {
        let error = ProtocolError::MessageTooBig {
            size: 70_000,
            limit: 65_536,
        };
        let sentence = error.to_string();
        assert!(sentence.contains("70000") && sentence.contains("65536"));
    }
}
