use super::ControlPayload;
use super::close::{fitting_reason, is_sendable_close_code};
use super::frame::{MAX_HEADER, Opcode, encode_compressed_header, encode_header};
use super::inline::InlineBytes;
use super::mask::{Mask, MaskingKey};

/// Appends one frame to `out`.
///
/// `fin` is `false` for every fragment of a message but its last. A client gives a fresh random key as
/// `mask`, a server gives `None` (RFC 6455 §5.1). A control frame takes at most 125 bytes and has `fin`
/// set (RFC 6455 §5.5).
pub fn encode_frame(
    out: &mut Vec<u8>,
    opcode: Opcode,
    fin: bool,
    mask: Option<MaskingKey>,
    payload: &[u8],
) {
    out.reserve(MAX_HEADER + payload.len());
    encode_header(out, opcode, fin, mask, payload.len());
    encode_payload(out, mask, payload);
}

/// Appends the first or only frame of a compressed message to `out` (RFC 7692 §7.2.3).
///
/// `payload` is what [`Deflater::compress`](super::Deflater::compress) gave, or the beginning of it; the rest
/// goes out by [`encode_frame`] as continuation frames.
pub fn encode_compressed_frame(
    out: &mut Vec<u8>,
    opcode: Opcode,
    fin: bool,
    mask: Option<MaskingKey>,
    payload: &[u8],
) {
    out.reserve(MAX_HEADER + payload.len());
    encode_compressed_header(out, opcode, fin, mask, payload.len());
    encode_payload(out, mask, payload);
}

/// Appends a close frame to `out` (RFC 6455 §5.5.1).
///
/// `code` must be [sendable](is_sendable_close_code). A reason that does not fit is cut before a
/// character; without a code there is no reason either.
pub fn encode_close(out: &mut Vec<u8>, mask: Option<MaskingKey>, code: Option<u16>, reason: &str) {
    let mut payload: ControlPayload = InlineBytes::new();
    if let Some(code) = code {
        debug_assert!(
            is_sendable_close_code(code),
            "close code {code} must not be sent"
        );
        payload.extend(&code.to_be_bytes());
        payload.extend(fitting_reason(reason).as_bytes());
    }
    encode_frame(out, Opcode::Close, true, mask, &payload);
}

/// Masks a payload whose header was written on its own.
pub fn mask(key: MaskingKey, payload: &mut [u8]) {
    Mask::new(key).apply(payload);
}

fn encode_payload(out: &mut Vec<u8>, mask: Option<MaskingKey>, payload: &[u8]) {
    let start = out.len();
    out.extend_from_slice(payload);
    if let Some(key) = mask {
        Mask::new(key).apply(&mut out[start..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_7_examples() {
        let mut out = Vec::new();
        encode_frame(&mut out, Opcode::Text, true, None, b"Hello");
        assert_eq!(out, b"\x81\x05Hello");

        out.clear();
        let key = [0x37, 0xfa, 0x21, 0x3d];
        encode_frame(&mut out, Opcode::Text, true, Some(key), b"Hello");
        assert_eq!(out, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");

        out.clear();
        encode_frame(&mut out, Opcode::Text, false, None, b"Hel");
        encode_frame(&mut out, Opcode::Continuation, true, None, b"lo");
        assert_eq!(out, b"\x01\x03Hel\x80\x02lo");
    }

    #[test]
    fn section_7_2_3_1_of_rfc_7692_compressed_examples() {
        let payload = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
        let mut out = Vec::new();
        encode_compressed_frame(&mut out, Opcode::Text, true, None, payload);
        assert_eq!(out, b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00");

        out.clear();
        let (first, second) = payload.split_at(3);
        encode_compressed_frame(&mut out, Opcode::Text, false, None, first);
        encode_frame(&mut out, Opcode::Continuation, true, None, second);
        assert_eq!(out, b"\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00");
    }

    #[test]
    fn section_5_5_1_close_frames() {
        let mut out = Vec::new();
        encode_close(&mut out, None, None, "not without a code");
        assert_eq!(out, b"\x88\x00");

        out.clear();
        encode_close(&mut out, None, Some(1000), "");
        assert_eq!(out, b"\x88\x02\x03\xe8");

        out.clear();
        encode_close(&mut out, None, Some(4999), &"ü".repeat(100));
        assert_eq!(out[..4], *b"\x88\x7c\x13\x87");
        assert_eq!(str::from_utf8(&out[4..]), Ok("ü".repeat(61).as_str()));
    }
}
