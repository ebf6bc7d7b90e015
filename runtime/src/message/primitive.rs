//! Numbers, `bool` and `char` as text. Java: the primitive payloads of `@OnMessage` (Jakarta WebSocket §4.7).

use super::{FromMessage, IntoMessage, Message, MessageKind};
use crate::box_error::BoxError;

macro_rules! as_text {
    ($($primitive:ty)*) => {$(
        impl<'m> FromMessage<'m> for $primitive {
            const KIND: MessageKind = MessageKind::Text;

            fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
                let text = message.text()?;
                text.parse().map_err(|error| {
                    let shown: String = text.chars().take(40).collect();
                    format!("`{shown}` is not a {}: {error}", stringify!($primitive)).into()
                })
            }
        }

        impl IntoMessage for $primitive {
            fn into_message(self) -> Result<Message, BoxError> {
                Ok(Message::Text(self.to_string()))
            }
        }
    )*};
}

as_text!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char);
