use super::close::{fitting_reason, is_sendable_close_code};
use super::control::ControlPayload;
use super::header::write_header;
use super::mask::{Mask, MaskingKey};
use super::opcode::Opcode;
use super::sizes::MAX_HEADER;

/// Appends one frame to `out` (RFC 6455 §5.2).
///
/// `fin` is `true` for a message in one frame and for the last fragment of a message. A client passes a
/// fresh, unpredictable key as `mask`, a server passes `None` (RFC 6455 §5.1).
///
/// The rules for single frames are left to the caller: a control frame has at most
/// [`MAX_CONTROL_PAYLOAD`](crate::MAX_CONTROL_PAYLOAD) bytes of payload and has `fin` set
/// (RFC 6455 §5.5), and text is UTF-8, although a fragment may end inside a character.
///
/// # Examples
///
/// ```
/// use wspring_protocol::{Opcode, encode_frame};
///
/// // "Hello" as a server sends it in two fragments (RFC 6455 §5.7).
/// let mut out = Vec::new();
/// encode_frame(&mut out, Opcode::Text, false, None, b"Hel");
/// encode_frame(&mut out, Opcode::Continuation, true, None, b"lo");
/// assert_eq!(out, b"\x01\x03Hel\x80\x02lo");
/// ```
#[inline]
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
/// `payload` is the output of [`Deflater::compress`](crate::Deflater::compress), or the beginning of it.
/// Send the rest in continuation frames with [`encode_frame`]. The other arguments are those of
/// [`encode_frame`].
#[inline]
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

/// Appends only the header of a frame to `out`; the payload is sent separately.
///
/// The arguments are those of [`encode_frame`]. A client applies the key to the payload with [`mask()`].
#[inline]
pub fn encode_header(
    out: &mut Vec<u8>,
    opcode: Opcode,
    fin: bool,
    mask: Option<MaskingKey>,
    payload_len: usize,
) {
    write_header(out, opcode, fin, false, mask, payload_len);
}

/// Appends only the header of the first or only frame of a compressed message to `out`
/// (RFC 7692 §7.2.3).
///
/// The headers of its other fragments are written by [`encode_header`].
#[inline]
pub fn encode_compressed_header(
    out: &mut Vec<u8>,
    opcode: Opcode,
    fin: bool,
    mask: Option<MaskingKey>,
    payload_len: usize,
) {
    write_header(out, opcode, fin, true, mask, payload_len);
}

/// Appends a close frame to `out` (RFC 6455 §5.5.1).
///
/// A reason longer than [`MAX_CLOSE_REASON`](crate::MAX_CLOSE_REASON) bytes is cut at the end of a
/// character. Without a code the reason is left out, because a close frame cannot carry one alone.
///
/// # Panics
///
/// In debug builds, if `code` is not [sendable](is_sendable_close_code).
pub fn encode_close(out: &mut Vec<u8>, mask: Option<MaskingKey>, code: Option<u16>, reason: &str) {
    let mut payload = ControlPayload::default();
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

/// Masks, or unmasks, a whole payload in place (RFC 6455 §5.3).
///
/// Use it for a payload whose header was written by [`encode_header`].
#[inline]
pub fn mask(key: MaskingKey, payload: &mut [u8]) {
    Mask::new(key).apply(payload);
}

#[inline]
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
