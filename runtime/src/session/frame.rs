use bytes::Bytes;

use super::SendError;
use crate::message::{IntoMessage, Message};
use crate::protocol::{self, Opcode};

/// Up to this many bytes of payload are copied into the outbox behind their header, so that many small
/// messages go out in one piece; a larger payload is shared instead.
const COPIED: usize = 4096;

/// One message, ready for any number of outboxes.
#[derive(Debug)]
pub(crate) struct Frame {
    opcode: Opcode,
    payload: Payload,
}

#[derive(Debug)]
enum Payload {
    Text(String),
    Bytes(Bytes),
}

impl Frame {
    pub(crate) fn new(message: impl IntoMessage) -> Result<Self, SendError> {
        let (opcode, payload) = match message.into_message().map_err(SendError::Encode)? {
            Message::Text(text) if text.len() > COPIED => {
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
        Ok(Self { opcode, payload })
    }

    /// The length of the payload in bytes.
    pub(crate) fn len(&self) -> usize {
        self.payload().len()
    }

    /// Appends header and payload to `out`, or only the header, and returns the payload to be shared.
    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Option<Bytes> {
        match &self.payload {
            Payload::Bytes(bytes) if bytes.len() > COPIED => {
                out.extend_from_slice(&protocol::encode_header(
                    self.opcode,
                    true,
                    None,
                    bytes.len(),
                ));
                Some(bytes.clone())
            }
            _ => {
                protocol::encode_frame(out, self.opcode, true, None, self.payload());
                None
            }
        }
    }

    fn payload(&self) -> &[u8] {
        match &self.payload {
            Payload::Text(text) => text.as_bytes(),
            Payload::Bytes(bytes) => bytes,
        }
    }
}
