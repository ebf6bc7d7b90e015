use std::io;
use std::time::Duration;

use super::InvalidRoom;
use crate::box_error::BoxError;
use crate::escaped::Escaped;
use crate::message::MessageKind;

/// Why a message was not queued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// No open session has this key. It ends with the advice of the Java original.
    #[error(
        "user {key} is not online; the connection is closed, refresh the page and try again (连接已关闭,请刷新页面后重试)",
        key = Escaped(key)
    )]
    Offline {
        /// The key that nobody has.
        key: String,
    },
    /// The push was for one endpoint, whose sessions have no key. No push can ever reach them by key.
    #[error(
        "sessions of the endpoint `{endpoint}` have no key: name a variable of its path with `key = \"…\"`, or give keys in `#[on_handshake]` (`Accept::key`)"
    )]
    NoKey {
        /// The type of the endpoint, with its module.
        endpoint: &'static str,
    },
    /// The broker of the cluster is not connected, or the node that has the key is not, and no session of this process
    /// has the key. Nothing was sent. Whether the user is online is not known.
    #[error(
        "the broker is not connected, and no session of this node has the key {key}: try again when it is back",
        key = Escaped(key)
    )]
    BrokerUnavailable {
        /// The key that this node does not have.
        key: String,
    },
    /// Another node did not answer in time: the message has arrived, or it never will. Sending it again may double it.
    #[error(
        "no node answered for the key {key} within {after:?}: whether the message has arrived is not known",
        key = Escaped(key)
    )]
    Unanswered {
        /// The key that the message was for.
        key: String,
        /// How long the answer was waited for.
        after: Duration,
    },
    /// The session has ended, or begun to.
    #[error("the session is closed: connect again, then send again")]
    Closed,
    /// The session's outbox has no room: its peer reads more slowly than messages are sent.
    #[error(
        "the outbox is full: the peer reads too slowly; send less, or wait with `Session::send`"
    )]
    Full,
    /// The message is larger than the whole outbox, or than the broker takes when it is for another node.
    #[error(
        "a message of {size} bytes is larger than the {limit} bytes that fit: send it in parts, or raise `outbox_bytes`, or in a cluster the broker's limit"
    )]
    TooLarge {
        /// The message's length in bytes.
        size: usize,
        /// The bound in bytes.
        limit: usize,
    },
    /// There was no room for the message in time: see [`Session::set_send_timeout`](crate::Session::set_send_timeout).
    /// Nothing of it was queued, and the session stays open.
    #[error(
        "the outbox had no room for {after:?}: the peer reads too slowly; send less, or allow more time"
    )]
    Timeout {
        /// How long the send waited.
        after: Duration,
    },
    /// A part of another kind than the message that it would go on. That message can still be finished.
    #[error("a {open} message is being sent in parts: finish it before a {part} one is begun")]
    MixedKinds {
        /// The kind of the message that was begun.
        open: MessageKind,
        /// The kind of the part.
        part: MessageKind,
    },
    /// A text that is not UTF-8 was to be sent. Nothing of it went out.
    #[error("a text message is UTF-8, and this is not: send it as a binary message")]
    InvalidText,
    /// The payload of a ping or pong is too long. Java: `IllegalArgumentException`.
    #[error(
        "a ping or pong carries at most 125 bytes (RFC 6455 §5.5), this one has {size}: send a message instead"
    )]
    ControlTooLong {
        /// The payload's length in bytes.
        size: usize,
    },
    /// No room can have the name that was sent to.
    #[error(transparent)]
    Room(InvalidRoom),
    /// What was to be sent could not be read.
    #[error("the stream that was to be sent cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The value could not be written as a message.
    #[error("the message cannot be encoded: {0}")]
    Encode(#[source] BoxError),
}

/// For [`AsyncWrite`](tokio::io::AsyncWrite); the error itself can be had again with [`io::Error::downcast`].
impl From<SendError> for io::Error {
    fn from(error: SendError) -> Self {
        let kind = match &error {
            SendError::Closed => io::ErrorKind::BrokenPipe,
            SendError::Timeout { .. } | SendError::Unanswered { .. } => io::ErrorKind::TimedOut,
            SendError::BrokerUnavailable { .. } => io::ErrorKind::NotConnected,
            SendError::InvalidText => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}
