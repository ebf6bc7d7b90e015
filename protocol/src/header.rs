use super::error::ProtocolError;
use super::mask::{Mask, MaskingKey};
use super::opcode::Opcode;
use super::role::Role;
use super::sizes::MAX_CONTROL_PAYLOAD;

const FIN: u8 = 0x80;
const RESERVED_BITS: u8 = 0x70;
/// The reserved bit that permessage-deflate uses (RFC 7692 §7.2.3).
const RSV1: u8 = 0x40;
const OPCODE_BITS: u8 = 0x0f;
const MASKED: u8 = 0x80;
const LENGTH_BITS: u8 = 0x7f;
/// The 7-bit length that means "the length follows in 16 bits".
const LENGTH_16: u8 = 126;
/// The 7-bit length that means "the length follows in 64 bits".
const LENGTH_64: u8 = 127;

/// The header of a received frame, checked against every rule for a single header.
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
    /// Reads a header that `role` receives and returns it with its length in bytes, or `None` if
    /// `bytes` ends inside it. [`MAX_HEADER`](crate::MAX_HEADER) bytes always suffice. `deflate` tells
    /// whether permessage-deflate was negotiated.
    ///
    /// # Errors
    ///
    /// If the header breaks RFC 6455, as soon as enough bytes are there to show it.
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

/// Appends a header to `out`, with RSV1 if the frame begins a compressed message.
#[inline]
pub(super) fn write_header(
    out: &mut Vec<u8>,
    opcode: Opcode,
    fin: bool,
    compressed: bool,
    mask: Option<MaskingKey>,
    payload_len: usize,
) {
    let first = if fin { FIN } else { 0 } | if compressed { RSV1 } else { 0 } | opcode as u8;
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

/// Checks the first byte of a frame that has a reserved bit set. Only RSV1 is allowed, on the first frame
/// of a message, and only if permessage-deflate was negotiated (RFC 7692 §6).
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

/// Reads the length that `short`, the 7-bit length, either is or announces at the front of `bytes`.
/// Returns it with the bytes after it, or `None` if some of it is still to come.
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
        write_header(&mut out, opcode, fin, false, mask, payload_len);
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
    fn a_fault_in_the_first_two_bytes_is_refused_before_the_rest_arrives() {
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
