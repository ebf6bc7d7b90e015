//! Messages as handlers see them: what a payload parameter is made from and what a reply becomes.
//!
//! [`Message`] is one whole message. [`FromMessage`] makes a handler's payload from it (Java:
//! `Decoder`), [`IntoMessage`] makes one from a reply or from what is sent (Java: `Encoder`).
//! [`Partial`] and [`MessageReader`] are payloads that come before the whole message is there.

mod delivery;
mod from;
mod into;
mod json;
mod partial;
mod pipe;
mod primitive;
mod reader;
mod variants;

use std::fmt;

use bytes::Bytes;

pub(crate) use delivery::Rest;
pub use delivery::{Delivery, Form, Forms};
pub use from::FromMessage;
pub use into::IntoMessage;
pub use json::Json;
pub use partial::{Part, Partial};
pub(crate) use pipe::{Broken, Feed, pipe};
pub use reader::{Binary, MessageReader, Streamed, Text};
pub use variants::{NoVariant, Variant, Variants, variant};

/// One whole WebSocket message (RFC 6455 §5.4), received or to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// A text message: UTF-8, checked when it arrived.
    Text(String),
    /// A binary message.
    Binary(Bytes),
    /// A pong (RFC 6455 §5.5.3), at most 125 bytes, asked for or not. Java: `PongMessage`.
    Pong(Bytes),
}

/// The kinds of message that a handler can take; an endpoint has at most one handler for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageKind {
    /// [`Message::Text`].
    Text,
    /// [`Message::Binary`].
    Binary,
    /// [`Message::Pong`].
    Pong,
}

/// The payload of a pong, as the parameter of an `#[on_message]` handler.
///
/// It is delivered for pongs that answer the runtime's own pings as well as for unsolicited ones.
/// Java: `PongMessage`.
///
/// ```
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Clock;
///
/// #[server_endpoint("/clock")]
/// impl Clock {
///     #[on_message]
///     fn alive(&self, pong: Pong) {
///         println!("pong with {} bytes", pong.0.len());
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pong(pub Bytes);

/// A message was not of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a {expected} message and got a {got} message")]
pub struct WrongKind {
    expected: MessageKind,
    got: MessageKind,
}

impl Message {
    /// Which kind this message is of.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Text(_) => MessageKind::Text,
            Self::Binary(_) => MessageKind::Binary,
            Self::Pong(_) => MessageKind::Pong,
        }
    }

    /// The payload's length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) | Self::Pong(bytes) => bytes.len(),
        }
    }

    /// Whether the payload is empty, which is allowed for every kind.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a text message.
    ///
    /// # Errors
    ///
    /// [`WrongKind`] for a message of another kind.
    pub fn text(&self) -> Result<&str, WrongKind> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(other.is_not(MessageKind::Text)),
        }
    }

    /// The payload of a binary message.
    ///
    /// # Errors
    ///
    /// [`WrongKind`] for a message of another kind.
    pub fn binary(&self) -> Result<&Bytes, WrongKind> {
        match self {
            Self::Binary(bytes) => Ok(bytes),
            other => Err(other.is_not(MessageKind::Binary)),
        }
    }

    /// The payload of a pong.
    ///
    /// # Errors
    ///
    /// [`WrongKind`] for a message of another kind.
    pub fn pong(&self) -> Result<&Bytes, WrongKind> {
        match self {
            Self::Pong(bytes) => Ok(bytes),
            other => Err(other.is_not(MessageKind::Pong)),
        }
    }

    /// The first bytes of the payload, up to `most`, of a text up to the end of a character.
    pub(crate) fn beginning(&self, most: usize) -> Self {
        let bytes = |bytes: &Bytes| Bytes::copy_from_slice(&bytes[..bytes.len().min(most)]);
        match self {
            Self::Text(text) => {
                let end = (0..=most.min(text.len())).rfind(|end| text.is_char_boundary(*end));
                Self::Text(text[..end.unwrap_or_default()].to_owned())
            }
            Self::Binary(content) => Self::Binary(bytes(content)),
            Self::Pong(content) => Self::Pong(bytes(content)),
        }
    }

    /// The payload, whatever the kind.
    fn into_bytes(self) -> Bytes {
        match self {
            Self::Text(text) => text.into(),
            Self::Binary(bytes) | Self::Pong(bytes) => bytes,
        }
    }

    fn is_not(&self, expected: MessageKind) -> WrongKind {
        WrongKind {
            expected,
            got: self.kind(),
        }
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Pong => "pong",
        })
    }
}
