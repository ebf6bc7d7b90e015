use std::borrow::Cow;

use super::close::CloseFrame;

/// A complete message, part of a message, or control frame from the peer.
///
/// It borrows from the input if the payload lay there in one piece, and owns its payload otherwise.
///
/// The enum is exhaustive on purpose: a connection has to handle each of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A text message.
    Text(Cow<'a, str>),
    /// A binary message.
    Binary(Cow<'a, [u8]>),
    /// A part of a text message, only with [`InParts::text`](crate::InParts::text); it never ends
    /// inside a character.
    TextPart(Cow<'a, str>, Position),
    /// A part of a binary message, only with [`InParts::binary`](crate::InParts::binary).
    BinaryPart(Cow<'a, [u8]>, Position),
    /// A ping, to be answered with a pong that has the same payload (RFC 6455 §5.5.2).
    Ping(Cow<'a, [u8]>),
    /// A pong, solicited or not (RFC 6455 §5.5.3).
    Pong(Cow<'a, [u8]>),
    /// The peer's close frame, `None` if it had no code. It is the last event (RFC 6455 §5.5.1).
    Close(Option<CloseFrame>),
}

impl Event<'_> {
    /// Copies a borrowed payload, so that the event outlives the input.
    pub fn into_owned(self) -> Event<'static> {
        match self {
            Self::Text(text) => Event::Text(Cow::Owned(text.into_owned())),
            Self::Binary(bytes) => Event::Binary(Cow::Owned(bytes.into_owned())),
            Self::TextPart(text, position) => {
                Event::TextPart(Cow::Owned(text.into_owned()), position)
            }
            Self::BinaryPart(bytes, position) => {
                Event::BinaryPart(Cow::Owned(bytes.into_owned()), position)
            }
            Self::Ping(payload) => Event::Ping(Cow::Owned(payload.into_owned())),
            Self::Pong(payload) => Event::Pong(Cow::Owned(payload.into_owned())),
            Self::Close(frame) => Event::Close(frame),
        }
    }
}

/// The position of a part in its message.
///
/// A message that arrives in a single part is an [`Event::Text`] or [`Event::Binary`] instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The message begins with this part, which is not empty.
    First,
    /// The message continues with this part, which is not empty.
    Middle,
    /// The message ends with this part, which may be empty.
    Last,
}
