//! What an endpoint's file imports: `use wspring::prelude::*;`.

pub use crate::{
    CloseCode, CloseReason, Endpoint, Error, FromMessage, Handshake, IntoMessage, Json, Message,
    MessageKind, Pong, SendError, Server, Session, State, on_close, on_error, on_message, on_open,
    send_info, server_endpoint,
};
