//! What nodes say to each other, inside a [seal](super::seal): a [`Packet`], and for a push its payload.
//!
//! Everything is parsed strictly, because another program may use the same subjects: what is not of this form and within
//! the bounds is refused as a whole.

#[cfg(test)]
mod tests;

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::message::MessageKind;
use crate::session::{RoomName, SessionId};
use crate::site::Key;

/// The longest key in bytes that is told to other nodes.
pub(super) const MAX_KEY: usize = 256;

/// A change takes at most so many bytes: its key, and 64 for the rest.
pub(super) const MAX_CHANGE: usize = MAX_KEY + 64;

/// Room that is left for all else in a packet, its seal included.
pub(super) const HEADROOM: usize = 192;

/// A node: random, so that one which starts again is another one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub(crate) struct NodeId(u64);

/// What a node says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Packet {
    /// To all: I am there, and this was the number of my last [`Changes`](Self::Changes).
    Alive {
        seq: u64,
        /// What the clock of the cluster shows there.
        clock: u64,
        /// How many signs of life this node has given.
        beat: u64,
        /// Whether the others are asked to say the same at once.
        hello: bool,
    },
    /// To all: what has changed at this node, numbered without gaps.
    Changes {
        seq: u64,
        clock: u64,
        changes: Vec<Change>,
    },
    /// To all: I am leaving, and nobody has a session here any more.
    Goodbye,
    /// To one: send me all that you have.
    AskAll,
    /// To one: a part of all that I have, as it was after the changes of this number.
    All {
        seq: u64,
        clock: u64,
        /// Which of this node's answers it is a part of.
        answer: u64,
        page: u32,
        pages: u32,
        entries: Vec<Entry>,
    },
    /// To all: who has sessions of this key?
    Where {
        question: u64,
        endpoint: Option<u64>,
        key: SharedKey,
    },
    /// To one: I have these, of each place the newest.
    Here {
        question: u64,
        sessions: Vec<Announced>,
    },
    /// To one, and answered with an [`Answer`]: queue the payload that follows on the sessions of this key.
    Push {
        site: u64,
        key: SharedKey,
        kind: Kind,
    },
    /// To one, and answered with an [`Answer`]: are your subscriptions alive?
    Ping,
    /// To one, and answered with an [`Answer`] if one is waited for: queue the payload that follows on all these sessions.
    Broadcast { to: Audience, kind: Kind },
    /// To one, and answered with an [`Answer`]: how many of these sessions do you have?
    Count { of: Audience },
    /// To one, and answered with an [`Answer`]: close these sessions.
    Close {
        whose: Whose,
        code: u16,
        reason: String,
    },
}

/// Something changed at a node.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Change {
    /// A session came.
    Joined(Announced),
    /// A session went.
    Left { key: SharedKey, session: [u64; 2] },
    /// A room has its first member there.
    Occupied(RoomName),
    /// A room has no members there any more.
    Vacated(RoomName),
}

/// Something that a node has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Entry {
    /// A session with a key.
    Session(Announced),
    /// A room with members.
    Room(RoomName),
}

/// Many sessions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum Audience {
    /// Those of an endpoint, by its [number](super::place::endpoint_number).
    Endpoint(u64),
    /// Those in a room.
    Room(RoomName),
}

/// Sessions that are to be closed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum Whose {
    /// Those that have a key, at one endpoint or at all.
    Key { endpoint: Option<u64>, key: String },
    /// Those of a principal.
    User(String),
}

/// A session that can be reached by its key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Announced {
    pub(super) key: SharedKey,
    session: [u64; 2],
    /// When it was accepted: of two at one place, the one with the higher number is the newer.
    pub(super) stamp: u64,
    pub(super) place: Place,
}

/// What a node did with what it was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Answer {
    /// How many sessions queued the message, were counted or were closed.
    pub(super) sessions: u32,
    pub(super) failed: Option<Failed>,
}

/// Why a session that was there did not queue the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Failed {
    Full,
    TooLarge { size: u64, limit: u64 },
}

/// The kind of a message that is pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Kind {
    Text,
    Binary,
    Pong,
}

/// A key that is short enough for other nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SharedKey(Key);

/// These bytes are none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Writes a packet.
pub(super) fn write(packet: &Packet) -> Vec<u8> {
    encoded(packet)
}

/// Reads a packet, and the payload behind it.
pub(super) fn read(bytes: &Bytes) -> Result<(Packet, Bytes), Malformed> {
    let (packet, payload) = postcard::take_from_bytes::<Packet>(bytes).map_err(|_| Malformed)?;
    let has_payload = matches!(packet, Packet::Push { .. } | Packet::Broadcast { .. });
    if !payload.is_empty() && !has_payload {
        return Err(Malformed);
    }
    Ok((packet, bytes.slice_ref(payload)))
}

/// Writes an answer.
pub(super) fn write_answer(answer: Answer) -> Vec<u8> {
    encoded(&answer)
}

/// Reads an answer.
pub(super) fn read_answer(bytes: &[u8]) -> Result<Answer, Malformed> {
    match postcard::take_from_bytes(bytes) {
        Ok((answer, [])) => Ok(answer),
        _ => Err(Malformed),
    }
}

fn encoded(value: &impl Serialize) -> Vec<u8> {
    // It fails for sequences whose length is not known, and there are none.
    postcard::to_allocvec(value).unwrap_or_default()
}

impl Packet {
    /// Whether it is for all nodes, and not for one.
    pub(super) fn is_for_all(&self) -> bool {
        match self {
            Self::Alive { .. } | Self::Changes { .. } | Self::Goodbye | Self::Where { .. } => true,
            Self::AskAll
            | Self::All { .. }
            | Self::Here { .. }
            | Self::Push { .. }
            | Self::Ping
            | Self::Broadcast { .. }
            | Self::Count { .. }
            | Self::Close { .. } => false,
        }
    }
}

impl Answer {
    pub(super) fn of(sessions: usize) -> Self {
        Self {
            sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
            failed: None,
        }
    }
}

impl NodeId {
    pub(super) fn random() -> Self {
        Self(rand::random())
    }

    pub(super) fn to_bits(self) -> u64 {
        self.0
    }

    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

impl Announced {
    pub(super) fn new(key: SharedKey, session: SessionId, stamp: u64, place: Place) -> Self {
        Self {
            key,
            session: session.to_bits(),
            stamp,
            place,
        }
    }

    pub(super) fn session(&self) -> SessionId {
        SessionId::from_bits(self.session)
    }
}

impl SharedKey {
    /// The key, unless it is too long for other nodes.
    pub(super) fn new(key: &Key) -> Option<Self> {
        (key.as_str().len() <= MAX_KEY).then(|| Self(key.clone()))
    }

    pub(super) fn key(&self) -> &Key {
        &self.0
    }

    pub(super) fn into_key(self) -> Key {
        self.0
    }
}

impl Serialize for SharedKey {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for SharedKey {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(from)?;
        Self::new(&Key::new(text))
            .ok_or_else(|| serde::de::Error::custom("a key has at most 256 bytes"))
    }
}

impl Serialize for RoomName {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RoomName {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(from)?;
        Self::new(text.into()).map_err(serde::de::Error::custom)
    }
}

impl From<MessageKind> for Kind {
    fn from(kind: MessageKind) -> Self {
        match kind {
            MessageKind::Text => Self::Text,
            MessageKind::Binary => Self::Binary,
            MessageKind::Pong => Self::Pong,
        }
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeId({self})")
    }
}
