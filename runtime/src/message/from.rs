use bytes::Bytes;

use super::{Message, MessageKind, Pong};
use crate::box_error::BoxError;

/// A type that an `#[on_message]` handler can take as its payload. Java: `Decoder.Text`, `Decoder.Binary`.
///
/// `String`, `&str`, [`Json<T>`](super::Json), the integers, floats, `bool` and `char` come from text;
/// `Vec<u8>`, [`Bytes`] and `&[u8]` from binary; [`Pong`] from a pong. Implement it for your own type:
///
/// ```
/// use wspring::prelude::*;
///
/// struct Point { x: i32, y: i32 }
///
/// impl<'m> FromMessage<'m> for Point {
///     const KIND: MessageKind = MessageKind::Text;
///
///     fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
///         let (x, y) = message.text()?.split_once(',').ok_or("a point is written x,y")?;
///         Ok(Self { x: x.trim().parse()?, y: y.trim().parse()? })
///     }
/// }
/// # use wspring::BoxError;
///
/// #[derive(Default)]
/// struct Board;
///
/// #[server_endpoint("/board")]
/// impl Board {
///     #[on_message]
///     fn draw(&self, point: Point) -> String { format!("{} {}", point.x, point.y) }
/// }
/// ```
///
/// An error goes to `#[on_error]` with the kind [`Decode`](crate::ErrorKind::Decode); the session stays open.
///
/// Where one of several types is to be tried after the other, [`#[derive(FromMessage)]`](macro@crate::FromMessage) on an
/// enum does it. A decoder that has to remember something from message to message is a field of the endpoint, made in
/// `#[on_open]` and called by the handler: there is one for each connection, and it is never called twice at a
/// time. Java: the life of a `Decoder` from `init` to `destroy`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message payload",
    label = "the payload of a handler implements `FromMessage`",
    note = "payloads are `String`, `&str`, `Json<T>`, numbers, `bool`, `char` (text); `Vec<u8>`, `Bytes`, `&[u8]` (binary); `Pong`; and types with their own `FromMessage`"
)]
pub trait FromMessage<'m>: Sized {
    /// The kind of message that the payload is made from; the handler gets no other.
    const KIND: MessageKind;

    /// Makes the payload; `message` is of kind [`KIND`](Self::KIND), and its content may be taken out of it.
    ///
    /// # Errors
    ///
    /// Any error, when the content is not a `Self`.
    fn from_message(message: &'m mut Message) -> Result<Self, BoxError>;
}

impl<'m> FromMessage<'m> for &'m str {
    const KIND: MessageKind = MessageKind::Text;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        Ok(message.text()?)
    }
}

impl<'m> FromMessage<'m> for String {
    const KIND: MessageKind = MessageKind::Text;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        match message {
            Message::Text(text) => Ok(std::mem::take(text)),
            other => Err(other.is_not(MessageKind::Text).into()),
        }
    }
}

impl<'m> FromMessage<'m> for &'m [u8] {
    const KIND: MessageKind = MessageKind::Binary;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        Ok(message.binary()?)
    }
}

impl<'m> FromMessage<'m> for Bytes {
    const KIND: MessageKind = MessageKind::Binary;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        match message {
            Message::Binary(bytes) => Ok(std::mem::take(bytes)),
            other => Err(other.is_not(MessageKind::Binary).into()),
        }
    }
}

impl<'m> FromMessage<'m> for Vec<u8> {
    const KIND: MessageKind = MessageKind::Binary;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        Ok(Bytes::from_message(message)?.into())
    }
}

impl<'m> FromMessage<'m> for Pong {
    const KIND: MessageKind = MessageKind::Pong;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        match message {
            Message::Pong(bytes) => Ok(Self(std::mem::take(bytes))),
            other => Err(other.is_not(MessageKind::Pong).into()),
        }
    }
}
