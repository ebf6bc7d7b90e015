use super::Role;
use super::error::ProtocolError;
use super::mask::{Mask, MaskingKey};

/// The longest payload of a control frame, in bytes (RFC 6455 §5.5).
pub const MAX_CONTROL_PAYLOAD: usize = 125;

/// The longest frame header, in bytes: two, a 64-bit length and a masking key.
pub const MAX_HEADER: usize = 14;

const FIN: u8 = 0x80;
const RESERVED_BITS: u8 = 0x70;
/// The reserved bit that permessage-deflate uses (RFC 7692 §7.2.3).
const RSV1: u8 = 0x40;
const OPCODE_BITS: u8 = 0x0f;
const MASKED: u8 = 0x80;
const LENGTH_BITS: u8 = 0x7f;
/// The 7-bit length that says "the length follows in 16 bits".
const LENGTH_16: u8 = 126;
/// The 7-bit length that says "the length follows in 64 bits".
const LENGTH_64: u8 = 127;

/// What a frame is (RFC 6455 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A later fragment of a message.
    Continuation = 0,
    /// A text message, or its first fragment.
    Text = 1,
    /// A binary message, or its first fragment.
    Binary = 2,
    /// The last frame of its direction.
    Close = 8,
    /// A question whether the peer is alive.
    Ping = 9,
    /// The answer to a ping, or a sign of life.
    Pong = 10,
}

impl Opcode {
    /// Whether frames of this kind are not part of a message (RFC 6455 §5.5).
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }

    fn parse(bits: u8) -> Result<Self, ProtocolError> {
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

/// The header of a received frame; all rules that concern a single header have been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameHeader {
    pub(super) opcode: Opcode,
    /// Whether the frame ends its message.
    pub(super) fin: bool,
    /// Whether the frame begins a compressed message (RFC 7692 §6).
    pub(super) compressed: bool,
    pub(super) mask: Mask,
    /// Bytes of payload that follow.
    pub(super) payload_len: u64,
}

impl FrameHeader {
    /// Reads a header that `role` receives; returns it with the number of bytes it takes up, or `None`
    /// if `bytes` ends before it does. [`MAX_HEADER`] bytes are never too few. `deflate` says whether
    /// permessage-deflate was agreed on.
    ///
    /// # Errors
    ///
    /// If it breaks RFC 6455, as soon as the bytes that show it are there.
    #[inline]
    pub(super) fn parse(
        bytes: &[u8],
        role: Role,
        deflate: bool,
    ) -> Result<Option<(Self, usize)>, ProtocolError> {
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        if first & RESERVED_BITS != 0 {
            check_reserved_bits(*first, deflate)?;
        }
        let opcode = Opcode::parse(first & OPCODE_BITS)?;
        let fin = first & FIN != 0;
        let masked = second & MASKED != 0;
        match role {
            Role::Server if !masked => return Err(ProtocolError::Unmasked),
            Role::Client if masked => return Err(ProtocolError::Masked),
            Role::Server | Role::Client => {}
        }
        let short_len = second & LENGTH_BITS;
        if opcode.is_control() {
            if !fin {
                return Err(ProtocolError::FragmentedControl);
            }
            if usize::from(short_len) > MAX_CONTROL_PAYLOAD {
                return Err(ProtocolError::LongControl);
            }
        }

        let Some((payload_len, rest)) = parse_length(short_len, rest)? else {
            return Ok(None);
        };
        let (mask, rest) = if masked {
            let Some((key, rest)) = rest.split_first_chunk() else {
                return Ok(None);
            };
            (Mask::new(*key), rest)
        } else {
            (Mask::NONE, rest)
        };
        let header = Self {
            opcode,
            fin,
            compressed: first & RSV1 != 0,
            mask,
            payload_len,
        };
        Ok(Some((header, bytes.len() - rest.len())))
    }
}

/// Appends a frame header to `out`, for a payload that follows or is sent from where it lies.
///
/// A client gives the key that it masks the payload with, a server gives `None` (RFC 6455 §5.1).
pub fn encode_header(
    out: &mut Vec<u8>,
    opcode: Opcode,
    fin: bool,
    mask: Option<MaskingKey>,
    payload_len: usize,
) {
    encode(out, if fin { FIN } else { 0 }, opcode, mask, payload_len);
}

/// Appends the header of the first or only frame of a compressed message to `out` (RFC 7692 §7.2.3).
///
/// Its further fragments, if it has any, take [`encode_header`].
pub fn encode_compressed_header(
    out: &mut Vec<u8>,
    opcode: Opcode,
    fin: bool,
    mask: Option<MaskingKey>,
    payload_len: usize,
) {
    let bits = if fin { FIN } else { 0 } | RSV1;
    encode(out, bits, opcode, mask, payload_len);
}

#[inline]
fn encode(
    out: &mut Vec<u8>,
    bits: u8,
    opcode: Opcode,
    mask: Option<MaskingKey>,
    payload_len: usize,
) {
    let first = bits | opcode as u8;
    let masked = if mask.is_some() { MASKED } else { 0 };
    match (u8::try_from(payload_len), u16::try_from(payload_len)) {
        (Ok(len @ ..LENGTH_16), _) => out.extend_from_slice(&[first, masked | len]),
        (_, Ok(len)) => {
            let [high, low] = len.to_be_bytes();
            out.extend_from_slice(&[first, masked | LENGTH_16, high, low]);
        }
        _ => {
            out.extend_from_slice(&[first, masked | LENGTH_64]);
            out.extend_from_slice(&(payload_len as u64).to_be_bytes());
        }
    }
    if let Some(key) = mask {
        out.extend_from_slice(&key);
    }
}

/// Whether the reserved bits in the first byte of a frame, one of which is set, mean something: RSV1 says
/// that a message is compressed, on its first frame and where that was agreed on (RFC 7692 §6).
#[cold]
fn check_reserved_bits(first: u8, deflate: bool) -> Result<(), ProtocolError> {
    if !deflate || first & RESERVED_BITS != RSV1 {
        return Err(ProtocolError::ReservedBits);
    }
    match Opcode::parse(first & OPCODE_BITS)? {
        Opcode::Text | Opcode::Binary => Ok(()),
        Opcode::Continuation | Opcode::Close | Opcode::Ping | Opcode::Pong => {
            Err(ProtocolError::MisplacedRsv1)
        }
    }
}

/// Reads the length that the 7 bits `short` stand for, from `bytes` where they do not hold it themselves;
/// returns it with the bytes after it, or `None` if some are still to come.
fn parse_length(short: u8, bytes: &[u8]) -> Result<Option<(u64, &[u8])>, ProtocolError> {
    let (len, least, rest) = match short {
        LENGTH_16 => {
            let Some((len, rest)) = bytes.split_first_chunk() else {
                return Ok(None);
            };
            (u64::from(u16::from_be_bytes(*len)), LENGTH_16.into(), rest)
        }
        LENGTH_64 => {
            let Some((len, rest)) = bytes.split_first_chunk() else {
                return Ok(None);
            };
            (u64::from_be_bytes(*len), u64::from(u16::MAX) + 1, rest)
        }
        len => (u64::from(len), 0, bytes),
    };
    if len < least {
        return Err(ProtocolError::LengthNotMinimal);
    }
    if len > i64::MAX as u64 {
        return Err(ProtocolError::LengthTopBit);
    }
    Ok(Some((len, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [1, 2, 3, 4];

    fn encoded(opcode: Opcode, fin: bool, mask: Option<MaskingKey>, payload_len: usize) -> Vec<u8> {
        let mut out = Vec::new();
        encode_header(&mut out, opcode, fin, mask, payload_len);
        out
    }

    #[test]
    fn section_5_7_examples() {
        assert_eq!(encoded(Opcode::Text, true, None, 5), b"\x81\x05");
        assert_eq!(encoded(Opcode::Text, false, None, 3), b"\x01\x03");
        assert_eq!(encoded(Opcode::Continuation, true, None, 2), b"\x80\x02");
        assert_eq!(encoded(Opcode::Ping, true, None, 5), b"\x89\x05");
        assert_eq!(
            encoded(Opcode::Pong, true, Some([0x37, 0xfa, 0x21, 0x3d]), 5),
            b"\x8a\x85\x37\xfa\x21\x3d"
        );
        assert_eq!(
            encoded(Opcode::Binary, true, None, 256),
            b"\x82\x7e\x01\x00"
        );
        assert_eq!(
            encoded(Opcode::Binary, true, None, 65536),
            b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"
        );
    }

    #[test]
    fn section_5_2_lengths_are_written_in_the_fewest_bytes_and_read_back() {
        for (len, size) in [(0, 2), (125, 2), (126, 4), (65535, 4), (65536, 10)] {
            for (role, mask) in [(Role::Client, None), (Role::Server, Some(KEY))] {
                let bytes = encoded(Opcode::Binary, true, mask, len);
                let size = size + if mask.is_some() { 4 } else { 0 };
                assert_eq!(bytes.len(), size);
                let header = FrameHeader {
                    opcode: Opcode::Binary,
                    fin: true,
                    compressed: false,
                    mask: mask.map_or(Mask::NONE, Mask::new),
                    payload_len: len as u64,
                };
                assert_eq!(
                    FrameHeader::parse(&bytes, role, false),
                    Ok(Some((header, size)))
                );
                for cut in 0..size {
                    assert_eq!(FrameHeader::parse(&bytes[..cut], role, false), Ok(None));
                }
            }
        }
    }

    #[test]
    fn section_5_2_longest_length() {
        let bytes = b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff";
        let (header, _) = FrameHeader::parse(bytes, Role::Client, false)
            .unwrap()
            .unwrap();
        assert_eq!(header.payload_len, i64::MAX as u64);
    }

    #[test]
    fn what_two_bytes_show_is_refused_before_the_rest_has_come() {
        let cases: [(&[u8], ProtocolError); 6] = [
            (b"\xc1\xff", ProtocolError::ReservedBits),
            (b"\x83\xff", ProtocolError::ReservedOpcode(3)),
            (b"\x82\x7f", ProtocolError::Unmasked),
            (b"\x09\xff", ProtocolError::FragmentedControl),
            (b"\x89\xfe", ProtocolError::LongControl),
            (b"\x88\xff", ProtocolError::LongControl),
        ];
        for (bytes, error) in cases {
            assert_eq!(
                FrameHeader::parse(bytes, Role::Server, false),
                Err(error),
                "{bytes:x?}"
            );
        }
        assert_eq!(
            FrameHeader::parse(b"\x82\xff", Role::Client, false),
            Err(ProtocolError::Masked)
        );
    }
}
