use bytes::Bytes;

use super::Frame;
use crate::protocol::{self, Deflater, MaskingKey, Opcode, Role};

/// How one side of a connection writes its frames: the one place that compresses them, and that knows which side it
/// is. A server masks none, a client masks each with a key of its own (RFC 6455 §5.1).
#[derive(Debug, Default)]
pub(super) struct FrameEncoder {
    /// `None` for a server that does not compress, as most: it writes frames as they are.
    treatment: Option<Box<Treatment>>,
}

/// What happens to payloads on their way out.
#[derive(Debug)]
struct Treatment {
    role: Role,
    deflater: Option<Deflater>,
}

impl FrameEncoder {
    /// An encoder that compresses, if there is a `deflater`.
    pub(super) fn new(role: Role, deflater: Option<Deflater>) -> Self {
        let is_plain = role == Role::Server && deflater.is_none();
        Self {
            treatment: (!is_plain).then(|| Box::new(Treatment { role, deflater })),
        }
    }

    /// Appends header and payload to `out`, or only the header, and returns the payload to be shared. The payload is
    /// compressed if that was agreed on and pays.
    #[inline]
    pub(super) fn encode(&mut self, out: &mut Vec<u8>, frame: &Frame) -> Option<Bytes> {
        if let Some(treatment) = &mut self.treatment {
            return treatment.encode(out, frame);
        }
        encode_plain(out, frame, None)
    }

    /// Appends a ping or pong of the runtime itself.
    pub(super) fn encode_control(&mut self, out: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
        protocol::encode_frame(out, opcode, true, self.mask(), payload);
    }

    /// Appends a Close frame.
    pub(super) fn encode_close(&mut self, out: &mut Vec<u8>, code: Option<u16>, reason: &str) {
        protocol::encode_close(out, self.mask(), code, reason);
    }

    /// Gives the memory of the compressor's context back: the next message refers to nothing before it.
    pub(super) fn forget(&mut self) {
        if let Some(deflater) = self.deflater() {
            deflater.forget();
        }
    }

    fn deflater(&mut self) -> Option<&mut Deflater> {
        self.treatment.as_mut()?.deflater.as_mut()
    }

    fn mask(&self) -> Option<MaskingKey> {
        self.treatment.as_ref()?.mask()
    }
}

impl Treatment {
    /// Does what [`FrameEncoder::encode`] does, for frames that are masked or compressed.
    #[inline(never)]
    fn encode(&mut self, out: &mut Vec<u8>, frame: &Frame) -> Option<Bytes> {
        let mask = self.mask();
        let Some(deflater) = &mut self.deflater else {
            return encode_plain(out, frame, mask);
        };
        let Some(payload) = frame.compress(deflater) else {
            return encode_plain(out, frame, mask);
        };
        let (opcode, fin) = (frame.opcode(), frame.fin());
        if payload.len() > Frame::COPIED {
            protocol::encode_compressed_header(out, opcode, fin, mask, payload.len());
            return Some(masked(payload, mask));
        }
        protocol::encode_compressed_frame(out, opcode, fin, mask, &payload);
        None
    }

    /// Returns the key for the next frame: one that nobody can foresee, so that no script can choose the bytes on the
    /// wire (RFC 6455 §5.3, §10.3).
    fn mask(&self) -> Option<MaskingKey> {
        match self.role {
            Role::Server => None,
            Role::Client => Some(rand::random()),
        }
    }
}

/// Appends a frame that is not compressed. A server's has no mask, and asks for none where this is in line.
#[inline(always)]
fn encode_plain(out: &mut Vec<u8>, frame: &Frame, mask: Option<MaskingKey>) -> Option<Bytes> {
    let (opcode, fin) = (frame.opcode(), frame.fin());
    if let Some(bytes) = frame.shared() {
        protocol::encode_header(out, opcode, fin, mask, bytes.len());
        return Some(masked(bytes.clone(), mask));
    }
    protocol::encode_frame(out, opcode, fin, mask, frame.payload());
    None
}

/// The payload as it goes out; one that is masked is a copy, because others may share it.
fn masked(payload: Bytes, mask: Option<MaskingKey>) -> Bytes {
    let Some(key) = mask else { return payload };
    let mut copy = payload.to_vec();
    protocol::mask(key, &mut copy);
    copy.into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::protocol::DeflateConfig;

    #[test]
    fn a_message_for_many_is_compressed_once() {
        let config = DeflateConfig::default();
        let offer: &[u8] = b"permessage-deflate";
        let encoder = || {
            let (agreement, _) = config.accept([offer]).unwrap();
            let deflater = Deflater::new(&config, &agreement);
            FrameEncoder::new(Role::Server, Some(deflater))
        };
        let text: String = (0..10_000).map(|number| number.to_string()).collect();
        let frame = Frame::new(text.as_str()).unwrap();
        let shared = |mut encoder: FrameEncoder| {
            let mut header = Vec::new();
            let payload = encoder.encode(&mut header, &frame).unwrap();
            assert_eq!(header[0], 0xc1);
            assert!(payload.len() < text.len());
            payload.as_ptr()
        };
        assert_eq!(shared(encoder()), shared(encoder()));
    }

    #[test]
    fn section_5_3_a_client_masks_each_frame_with_another_key() {
        let mut encoder = FrameEncoder::new(Role::Client, None);
        let mut keys = HashSet::new();
        for size in [5, 5, 5, 125, Frame::COPIED, Frame::COPIED + 1, 100_000] {
            let payload = vec![7; size];
            let frame = Frame::new(Bytes::from(payload.clone())).unwrap();
            let mut out = Vec::new();
            if let Some(shared) = encoder.encode(&mut out, &frame) {
                out.extend_from_slice(&shared);
            }
            keys.insert(unmasked(&mut out, size));
            assert_eq!(out[out.len() - size..], payload);
        }
        let mut out = Vec::new();
        encoder.encode_control(&mut out, Opcode::Ping, b"ping?");
        keys.insert(unmasked(&mut out, 5));
        assert!(out.ends_with(b"ping?"));
        out.clear();
        encoder.encode_close(&mut out, Some(1000), "bye");
        keys.insert(unmasked(&mut out, 5));
        assert!(out.ends_with(b"\x03\xe8bye"));
        // Two keys of nine are the same once in 100 million runs.
        assert_eq!(keys.len(), 9);
    }

    /// Takes the mask off the one frame in `out`, and returns its key.
    fn unmasked(out: &mut [u8], size: usize) -> MaskingKey {
        assert_eq!(out[1] & 0x80, 0x80, "the mask bit");
        let (head, payload) = out.split_at_mut(out.len() - size);
        let key = *head.last_chunk().unwrap();
        protocol::mask(key, payload);
        key
    }
}
