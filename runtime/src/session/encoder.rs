use bytes::Bytes;

use super::Frame;
use crate::protocol::{self, Deflater, Opcode};

/// How one side of a connection writes its frames: the one place that compresses them, and that knows which side it
/// is. A server masks none (RFC 6455 §5.1).
#[derive(Debug, Default)]
pub(super) struct FrameEncoder {
    deflater: Option<Box<Deflater>>,
}

impl FrameEncoder {
    /// An encoder that compresses, if there is a `deflater`.
    pub(super) fn new(deflater: Option<Deflater>) -> Self {
        Self {
            deflater: deflater.map(Box::new),
        }
    }

    /// Appends header and payload to `out`, or only the header, and returns the payload to be shared. The payload is
    /// compressed if that was agreed on and pays.
    #[inline]
    pub(super) fn encode(&mut self, out: &mut Vec<u8>, frame: &Frame) -> Option<Bytes> {
        let (opcode, fin) = (frame.opcode(), frame.fin());
        if let Some(deflater) = &mut self.deflater
            && let Some(payload) = frame.compress(deflater)
        {
            if payload.len() > Frame::COPIED {
                protocol::encode_compressed_header(out, opcode, fin, None, payload.len());
                return Some(payload);
            }
            protocol::encode_compressed_frame(out, opcode, fin, None, &payload);
            return None;
        }
        if let Some(bytes) = frame.shared() {
            protocol::encode_header(out, opcode, fin, None, bytes.len());
            return Some(bytes.clone());
        }
        protocol::encode_frame(out, opcode, fin, None, frame.payload());
        None
    }

    /// Appends a ping or pong of the runtime itself.
    pub(super) fn encode_control(&mut self, out: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
        protocol::encode_frame(out, opcode, true, None, payload);
    }

    /// Appends a Close frame.
    pub(super) fn encode_close(&mut self, out: &mut Vec<u8>, code: Option<u16>, reason: &str) {
        protocol::encode_close(out, None, code, reason);
    }

    /// Gives the memory of the compressor's context back: the next message refers to nothing before it.
    pub(super) fn forget(&mut self) {
        if let Some(deflater) = &mut self.deflater {
            deflater.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::SEC_WEBSOCKET_EXTENSIONS;

    use super::*;
    use crate::handshake::Compression;

    #[test]
    fn a_message_for_many_is_compressed_once() {
        let mut offer = HeaderMap::new();
        offer.insert(
            SEC_WEBSOCKET_EXTENSIONS,
            "permessage-deflate".parse().unwrap(),
        );
        let encoder = || {
            let accepted = Compression::on().accept(&offer).unwrap();
            FrameEncoder::new(Some(accepted.deflater))
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
}
