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

    pub(super) fn opcode(&self) -> Opcode {
        self.opcode
    }

    /// The payload, if it is large enough to be shared.
    pub(super) fn shared(&self) -> Option<&Bytes> {
        match &self.payload {
            Payload::Bytes(bytes) if bytes.len() > Self::COPIED => Some(bytes),
            Payload::Text(_) | Payload::Bytes(_) => None,
        }
    }

    /// The compressed payload of a message; control frames stay as they are (RFC 7692 §6).
    pub(super) fn compress(&self, deflater: &mut Deflater) -> Option<Bytes> {
        match self.opcode {
            Opcode::Text | Opcode::Binary => self.compressed.compress(self.payload(), deflater),
            Opcode::Continuation | Opcode::Close | Opcode::Ping | Opcode::Pong => None,
        }
    }

    pub(super) fn payload(&self) -> &[u8] {
        match &self.payload {
            Payload::Text(text) => text.as_bytes(),
            Payload::Bytes(bytes) => bytes,
        }
    }
}
