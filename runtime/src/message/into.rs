use std::borrow::Cow;

use bytes::Bytes;

use super::{Message, Pong};
use crate::box_error::BoxError;

/// A type that can be sent as one message, or returned by a handler as its reply. Java: `Encoder`.
///
/// `String`, `&str`, `Cow<str>`, [`Json<T>`](super::Json), the integers, floats, `bool` and `char` become
/// text; `Vec<u8>`, [`Bytes`], `&[u8]` and byte arrays become binary; [`Pong`] an unsolicited pong.
/// Implement it for your own type:
///
/// ```
/// use wspring::{BoxError, IntoMessage, Message};
///
/// struct Point { x: i32, y: i32 }
///
/// impl IntoMessage for Point {
///     fn into_message(self) -> Result<Message, BoxError> {
///         Ok(Message::Text(format!("{},{}", self.x, self.y)))
///     }
/// }
/// ```
///
/// [`#[derive(IntoMessage)]`](macro@crate::IntoMessage) makes a message of an enum: what its variant holds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as a message",
    label = "what is sent implements `IntoMessage`",
    note = "`String`, `&str`, `Json<T>`, numbers, `bool`, `char` become text, `Vec<u8>`, `Bytes`, `&[u8]` binary; wrap a `Serialize` type in `Json(…)` or implement `IntoMessage`"
)]
pub trait IntoMessage {
    /// Makes the message.
    ///
    /// # Errors
    ///
    /// Any error, when the value cannot be written; nothing is sent then.
    fn into_message(self) -> Result<Message, BoxError>;
}

impl IntoMessage for Message {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(self)
    }
}

impl IntoMessage for String {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Text(self))
    }
}

impl IntoMessage for &String {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        self.as_str().into_message()
    }
}

impl IntoMessage for &str {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Text(self.to_owned()))
    }
}

impl IntoMessage for Cow<'_, str> {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Text(self.into_owned()))
    }
}

impl IntoMessage for Bytes {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Binary(self))
    }
}

impl IntoMessage for Vec<u8> {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Binary(self.into()))
    }
}

impl IntoMessage for &[u8] {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Binary(Bytes::copy_from_slice(self)))
    }
}

impl<const N: usize> IntoMessage for [u8; N] {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        self.as_slice().into_message()
    }
}

impl<const N: usize> IntoMessage for &[u8; N] {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        self.as_slice().into_message()
    }
}

impl IntoMessage for Pong {
    #[inline]
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Pong(self.0))
    }
}
