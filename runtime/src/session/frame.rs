use bytes::Bytes;

use super::{SendError, spare};
use crate::message::{IntoMessage, Message};
use crate::protocol::{self, CompressOnce, Deflater, Opcode};

/// One message, ready for any number of outboxes.
#[derive(Debug)]
pub(crate) struct Frame {
    opcode: Opcode,
    payload: Payload,
    /// What the payload becomes for those who take it compressed.
    compressed: CompressOnce,
}

#[derive(Debug)]
enum Payload {
    Text(String),
    Bytes(Bytes),
}

impl Frame {
    /// Up to this many bytes of payload are copied into the outbox behind their header, so that many small
    /// messages go out in one piece; a larger payload is shared instead.
    pub(super) const COPIED: usize = 4096;

    #[inline]
    pub(crate) fn new(message: impl IntoMessage) -> Result<Self, SendError> {
        let (opcode, payload) = match message.into_message().map_err(SendError::Encode)? {
            Message::Text(text) if text.len() > Self::COPIED => {
                (Opcode::Text, Payload::Bytes(text.into_bytes().into()))
            }
            Message::Text(text) => (Opcode::Text, Payload::Text(text)),
            Message::Binary(bytes) => (Opcode::Binary, Payload::Bytes(bytes)),
            Message::Pong(bytes) if bytes.len() > protocol::MAX_CONTROL_PAYLOAD => {
                let error = format!(
                    "a pong carries at most 125 bytes (RFC 6455 §5.5), this one has {}",
                    bytes.len()
                );
                return Err(SendError::Encode(error.into()));
            }
            Message::Pong(bytes) => (Opcode::Pong, Payload::Bytes(bytes)),
        };
        Ok(Self {
            opcode,
            payload,
            compressed: CompressOnce::default(),
        })
    }

    /// Lets go of a frame that is in every outbox it was for, and keeps its buffer for the next message.
    pub(crate) fn recycle(self) {
        if let Payload::Text(text) = self.payload {
            spare::keep_text(text);
        }
    }

    /// The length of the payload in bytes.
    pub(crate) fn len(&self) -> usize {
        self.payload().len()
    }

    /// Appends header and payload to `out`, or only the header, and returns the payload to be shared. The payload is
    /// compressed if there is a `deflater` and it pays.
    pub(super) fn encode(
        &self,
        out: &mut Vec<u8>,
        deflater: Option<&mut Deflater>,
    ) -> Option<Bytes> {
        if let Some(payload) = deflater.and_then(|deflater| self.compress(deflater)) {
            if payload.len() > Self::COPIED {
                let length = payload.len();
                protocol::encode_compressed_header(out, self.opcode, true, None, length);
                return Some(payload);
            }
            protocol::encode_compressed_frame(out, self.opcode, true, None, &payload);
            return None;
        }
        match &self.payload {
            Payload::Bytes(bytes) if bytes.len() > Self::COPIED => {
                protocol::encode_header(out, self.opcode, true, None, bytes.len());
                Some(bytes.clone())
            }
            _ => {
                protocol::encode_frame(out, self.opcode, true, None, self.payload());
                None
            }
        }
    }

    /// The compressed payload of a message; control frames stay as they are (RFC 7692 §6).
    fn compress(&self, deflater: &mut Deflater) -> Option<Bytes> {
        match self.opcode {
            Opcode::Text | Opcode::Binary => self.compressed.compress(self.payload(), deflater),
            Opcode::Continuation | Opcode::Close | Opcode::Ping | Opcode::Pong => None,
        }
    }

    fn payload(&self) -> &[u8] {
        match &self.payload {
            Payload::Text(text) => text.as_bytes(),
            Payload::Bytes(bytes) => bytes,
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
        let deflater = || Compression::on().accept(&offer).unwrap().deflater;
        let text: String = (0..10_000).map(|number| number.to_string()).collect();
        let frame = Frame::new(text.as_str()).unwrap();
        let shared = |deflater: &mut Deflater| {
            let mut header = Vec::new();
            let payload = frame.encode(&mut header, Some(deflater)).unwrap();
            assert_eq!(header[0], 0xc1);
            assert!(payload.len() < text.len());
            payload.as_ptr()
        };
        assert_eq!(shared(&mut deflater()), shared(&mut deflater()));
    }
}
