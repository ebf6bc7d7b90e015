use bytes::Bytes;

use super::{SendError, spare};
use crate::message::{IntoMessage, Message, MessageKind};
use crate::protocol::{CompressOnce, Deflater, MAX_CONTROL_PAYLOAD, Opcode};

const PONG_IN_PARTS: &str =
    "a pong is one frame and has no parts (RFC 6455 §5.5): send it with `Session::pong`";

/// One message, or a part of one, ready for any number of outboxes.
#[derive(Debug)]
pub(crate) struct Frame {
    opcode: Opcode,
    /// Whether it ends its message.
    fin: bool,
    payload: Payload,
    /// What the payload becomes for those who take it compressed.
    compressed: CompressOnce,
}

#[derive(Clone, Debug)]
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
            Message::Pong(bytes) => (Opcode::Pong, control_payload(bytes)?),
        };
        Ok(Self::whole(opcode, payload))
    }

    /// A ping with up to 125 bytes.
    pub(super) fn ping(payload: Bytes) -> Result<Self, SendError> {
        Ok(Self::whole(Opcode::Ping, control_payload(payload)?))
    }

    /// A part of a message, taken for its first one until it is [continued](Self::continued).
    pub(super) fn part(
        kind: MessageKind,
        payload: Bytes,
        is_last: bool,
    ) -> Result<Self, SendError> {
        let opcode = Self::opcode_of_parts(kind)?;
        Ok(Self {
            fin: is_last,
            ..Self::whole(opcode, Payload::Bytes(payload))
        })
    }

    /// What the first part of a message of this kind is; control frames have no parts.
    pub(super) fn opcode_of_parts(kind: MessageKind) -> Result<Opcode, SendError> {
        match kind {
            MessageKind::Text => Ok(Opcode::Text),
            MessageKind::Binary => Ok(Opcode::Binary),
            MessageKind::Pong => Err(SendError::Encode(PONG_IN_PARTS.into())),
        }
    }

    /// Makes this the continuation of a message that others began.
    pub(super) fn continued(&mut self) {
        self.opcode = Opcode::Continuation;
    }

    /// The same message once more, for a session that cannot queue it yet.
    pub(super) fn copied(&self) -> Self {
        Self {
            fin: self.fin,
            ..Self::whole(self.opcode, self.payload.clone())
        }
    }

    /// Lets go of a frame that is in every outbox it was for, and keeps its buffer for the next message.
    pub(crate) fn recycle(self) {
        if let Payload::Text(text) = self.payload {
            spare::keep_text(text);
        }
    }

    /// Kind and payload of the whole message that it is, for another node.
    pub(crate) fn message(&self) -> Result<(MessageKind, &[u8]), SendError> {
        let kind = match self.opcode {
            Opcode::Text => MessageKind::Text,
            Opcode::Binary => MessageKind::Binary,
            Opcode::Pong => MessageKind::Pong,
            _ => return Err(SendError::Encode("this is no message".into())),
        };
        Ok((kind, self.payload()))
    }

    /// The length of the payload in bytes.
    pub(crate) fn len(&self) -> usize {
        self.payload().len()
    }

    pub(super) fn opcode(&self) -> Opcode {
        self.opcode
    }

    /// Whether it ends its message.
    pub(super) fn fin(&self) -> bool {
        self.fin
    }

    /// The payload, if it is large enough to be shared.
    pub(super) fn shared(&self) -> Option<&Bytes> {
        match &self.payload {
            Payload::Bytes(bytes) if bytes.len() > Self::COPIED => Some(bytes),
            Payload::Text(_) | Payload::Bytes(_) => None,
        }
    }

    /// The compressed payload of a whole message. Control frames stay as they are (RFC 7692 §6), and so does a message
    /// in parts: what is queued behind it is compressed before its last part is known, so that a context could not be
    /// kept in the order of the wire.
    pub(super) fn compress(&self, deflater: &mut Deflater) -> Option<Bytes> {
        match self.opcode {
            Opcode::Text | Opcode::Binary if self.fin => {
                self.compressed.compress(self.payload(), deflater)
            }
            _ => None,
        }
    }

    pub(super) fn payload(&self) -> &[u8] {
        match &self.payload {
            Payload::Text(text) => text.as_bytes(),
            Payload::Bytes(bytes) => bytes,
        }
    }

    #[inline]
    fn whole(opcode: Opcode, payload: Payload) -> Self {
        Self {
            opcode,
            fin: true,
            payload,
            compressed: CompressOnce::default(),
        }
    }
}

/// The payload of a ping or pong, if it is no longer than one may be.
fn control_payload(payload: Bytes) -> Result<Payload, SendError> {
    if payload.len() > MAX_CONTROL_PAYLOAD {
        return Err(SendError::ControlTooLong {
            size: payload.len(),
        });
    }
    Ok(Payload::Bytes(payload))
}
