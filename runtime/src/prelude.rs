//! What an endpoint's file imports: `use wspring::prelude::*;`.

pub use crate::{
    Accept, Binary, CloseCode, CloseReason, Endpoint, Error, FromHandshake, FromMessage, Handshake,
    IntoMessage, Json, Message, MessageKind, MessageReader, Partial, Pong, Reject, SendError,
    Server, Session, State, Text, client_endpoint, on_close, on_error, on_handshake, on_message,
    on_open, send_info, server_endpoint,
};
