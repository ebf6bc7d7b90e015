//! What an endpoint's file imports: `use wspring::prelude::*;`.

pub use crate::{
    Accept, CloseCode, CloseReason, Endpoint, Error, FromHandshake, FromMessage, Handshake,
    IntoMessage, Json, Message, MessageKind, Pong, Reject, SendError, Server, Session, State,
    client_endpoint, on_close, on_error, on_handshake, on_message, on_open, send_info,
    server_endpoint,
};
