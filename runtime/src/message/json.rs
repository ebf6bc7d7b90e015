use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{FromMessage, IntoMessage, Message, MessageKind};
use crate::box_error::BoxError;

/// JSON in a text message, both ways: a payload that is parsed, a reply or push that is written.
///
/// Java: a `Decoder.Text` and an `Encoder.Text` around a JSON library.
///
/// ```
/// use serde_json::{Value, json};
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Api;
///
/// #[server_endpoint("/api")]
/// impl Api {
///     #[on_message]
///     async fn call(&self, Json(request): Json<Value>) -> Json<Value> {
///         Json(json!({"echo": request}))
///     }
/// }
/// ```
///
/// A message that is not the expected JSON goes to `#[on_error]`; its cause is a [`serde_json::Error`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Json<T>(pub T);

impl<'m, T: DeserializeOwned> FromMessage<'m> for Json<T> {
    const KIND: MessageKind = MessageKind::Text;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        Ok(Self(serde_json::from_str(message.text()?)?))
    }
}

impl<T: Serialize> IntoMessage for Json<T> {
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Text(serde_json::to_string(&self.0)?))
    }
}
