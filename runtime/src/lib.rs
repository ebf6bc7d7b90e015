//! WebSocket endpoints as annotated types, and a push to any user from anywhere in the program.
//!
//! ```no_run
//! use serde_json::json;
//! use wspring::prelude::*;
//!
//! struct WebSocketServer { u_id: i64 }
//!
//! #[server_endpoint("/webSocket/<uId>")]
//! impl WebSocketServer {
//!     #[on_open]
//!     fn on_open(#[path_param("uId")] u_id: i64) -> Self { Self { u_id } }
//!
//!     #[on_message]
//!     async fn on_message(&mut self, text: &str) -> String { text.to_uppercase() }
//!
//!     #[on_close]
//!     fn on_close(&self) { println!("{} has left", self.u_id); }
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), wspring::Error> { wspring::run().await }
//!
//! /// Anywhere else in the program.
//! async fn greet() -> Result<wspring::Delivered, SendError> {
//!     send_info(Json(json!({"step": 1, "type": 2, "msg": "hello"})), 1).await
//! }
//! ```
//!
//! [`#[server_endpoint]`](server_endpoint) registers the type, and [`run`] serves all types of the program that are
//! registered. Each connection has a value of its own, whose handlers run one at a time, in order: so they may take
//! `&mut self`. `async fn` and plain `fn` both do. No handler has to be there: without `#[on_open]` the type needs a
//! `Default`, and a text or binary message that no handler takes ends the connection with 1003 ([`Unhandled`]).
//!
//! | handler | own parameter | returns |
//! |---|---|---|
//! | [`#[on_handshake]`](macro@on_handshake) | | `()`, [`Accept`], or a `Result` of one with [`Reject`] |
//! | [`#[on_open]`](macro@on_open) | | `Self` or `Result<Self, E>`; with `&self` or `&mut self`, on a `Default` type: `()` or `Result<(), E>` |
//! | [`#[on_message]`](macro@on_message), once for each [kind](MessageKind) | one payload | `()`, a reply, `Option` of a reply, or `Result` of any of these |
//! | [`#[on_close]`](macro@on_close) | [`CloseReason`] or a reference, if wanted | `()` or `Result<(), E>` |
//! | [`#[on_error]`](macro@on_error) | [`&Error`](Error) | `()` or `Result<(), E>` |
//!
//! An error goes to `#[on_error]`, or to the log if there is none. After one of `#[on_open]` the connection is
//! closed with 1011, after one of `#[on_message]` it stays open. A panic ends its connection with 1011, and no other.
//!
//! `#[on_handshake]` runs before the 101, and may refuse the request with any HTTP answer.
//!
//! Every handler may take, in any order, [`&Session`](Session), [`&Handshake`](Handshake), [`State<T>`], a value of the path
//! (`#[path_param("uId")] u_id: i64`) or of the query (`#[query_param] page: Option<u32>`), and types with their own
//! [`FromSession`] or [`FromHandshake`]; `#[on_handshake]`, all but what needs a session. Path and query are parsed before the connection opens; what does not parse is answered 400.
//!
//! Payloads and replies are `String`, `&str`, numbers, `bool`, `char` and [`Json<T>`] as text; `Vec<u8>`, `&[u8]` and
//! `Bytes` as binary; [`Pong`]; and any type with its own [`FromMessage`] or [`IntoMessage`]. A message that need not be
//! whole comes part by part, as a [`Partial`], or as a stream, a [`MessageReader`].
//!
//! # Sending
//!
//! [`send_info`] pushes to a key, from anywhere in the program, and fails at once with [`SendError::Offline`] when nobody
//! has it. The key is the only variable of the path, or the one named in `key = "…"`, as its type prints it.
//! [`Session::send`] sends on one connection. [`Endpoint::sessions`] lists those of an endpoint, and
//! [`Endpoint::broadcast`] sends to all of them; [`Room::send`] sends to those that have [joined](Session::join) a
//! [`room`]. [`is_online`], [`keys`] and [`sessions_of`] say who is there, and [`close_key`] sends somebody away.
//! A message is queued, in a queue with a bound; [`Delivered`] does not say that it was read.
//!
//! | on one session | |
//! |---|---|
//! | [`send`](Session::send), [`try_send`](Session::try_send), [`send_within`](Session::send_within) | waits for room, or does not, or not for long ([`send_timeout`](Builder::send_timeout)) |
//! | [`send_and_flush`](Session::send_and_flush), [`flush`](Session::flush) | ready when it is written to the network |
//! | [`send_partial`](Session::send_partial), [`message_writer`](Session::message_writer), [`send_stream`](Session::send_stream) | one message in parts, of any length |
//! | [`ping`](Session::ping), [`pong`](Session::pong) | up to 125 bytes, between the parts of a message too |
//! | [`cork`](Session::cork) | several messages in one write |
//!
//! # Connecting to other servers
//!
//! [`#[client_endpoint]`](macro@client_endpoint) makes a type the endpoint of connections that this program opens, with the same
//! handlers and the same [`Session`]; [`connect`] opens one, [`Client`] has the settings, and
//! [`Client::keep_connected`] opens it again whenever it ends.
//!
//! # Features
//!
//! * `http2`: WebSockets over HTTP/2 (RFC 8441) as well as over HTTP/1.1.
//! * `nats`: many nodes, with NATS between them; see [`cluster`].
//! * `tls`: `https` and `wss`, with rustls, for servers and for clients.
//!
//! All are off by default.
//!
//! # Where to read on
//!
//! * [`#[server_endpoint]`](server_endpoint): the path and the other arguments.
//! * [`Builder`]: every setting with its default, shared state, plain HTTP beside the endpoints.
//! * [`EndpointService`]: the endpoints in an axum app, or in any other tower service.
//! * [`cluster`]: many nodes that reach each other's sessions.
//! * [`CloseReason`]: why and how a connection ended.
//! * [`Compression`]: what it saves and what it costs; off by default.
//! * [`Workers`]: threads of the server's own, instead of those of the surrounding runtime.
//! * [`SlowConsumer`], [`FastProducer`], [`OnDuplicate`], [`Unhandled`], [`UnsentReply`], [`Origins`], [`Hosts`]: what to do
//!   about peers that read too slowly or send too fast, keys that are taken, messages that no handler takes, replies that
//!   are too large, foreign pages, foreign names of the server.
//! * [`Session::set_idle_timeout`], [`Session::set_max_text_size`]: limits of one session, while it lives.

mod bounds;
mod box_error;
mod client;
pub mod cluster;
mod connection;
mod endpoint;
mod error;
mod escaped;
mod handshake;
mod log_limits;
mod message;
mod push;
mod registry;
mod request;
mod server;
mod session;
mod site;

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod __fuzz;
#[doc(hidden)]
pub mod __private;
pub mod prelude;

pub use box_error::BoxError;
/// The crate with [`Bytes`](bytes::Bytes), the binary payload that needs no copy.
pub use bytes;
pub use client::{Client, Connection, Reconnect, Refused, connect};
pub use endpoint::{Endpoint, EndpointConfig, FromHandshake, FromSession, State};
pub use error::{Error, ErrorKind};
pub use handshake::{Accept, Compression, Hosts, InvalidHost, InvalidOrigin, Origins, Reject};
/// The crate whose headers, URIs and answers stand in the interface of this one.
pub use http;
pub use http::StatusCode;
pub use message::{
    Binary, FromMessage, IntoMessage, Json, Message, MessageKind, MessageReader, NoVariant,
    Partial, Pong, Text, WrongKind,
};
pub use push::{
    Broadcast, Room, Sessions, close_key, close_user, is_online, keys, room, send_info, sessions_of,
};
pub use registry::{Count, Delivered};
pub use request::{Handshake, Principal};
#[cfg(feature = "tls")]
pub use server::Tls;
pub use server::{
    Builder, EndpointService, InvalidNetwork, Server, ServerHandle, TrustedProxies, Workers,
};
pub use session::{
    CloseCode, CloseReason, Cork, Initiator, InvalidClose, InvalidRoom, InvalidSize,
    InvalidTimeout, JoinError, MessageWriter, Properties, SendError, Session, SessionId,
    SlowConsumer,
};
pub use site::{FastProducer, OnDuplicate, Unhandled, UnsentReply};
#[cfg(feature = "tls")]
pub use tokio_rustls::rustls;
pub use wspring_macros::{
    FromMessage, IntoMessage, client_endpoint, on_close, on_error, on_handshake, on_message,
    on_open, server_endpoint,
};
pub(crate) use wspring_protocol as protocol;

/// Serves every endpoint of the program until it gets SIGINT or SIGTERM.
///
/// Address and limits come from `wspring.toml` and `WSPRING_…` variables; see [`Builder`] for their names and
/// defaults, and for what else a server can have. [`Server::run`] says what happens at the end.
///
/// # Errors
///
/// Those of [`Builder::configure`] and [`Builder::bind`].
///
/// # Examples
///
/// ```no_run
/// #[tokio::main]
/// async fn main() -> Result<(), wspring::Error> {
///     wspring::run().await
/// }
/// ```
pub async fn run() -> Result<(), Error> {
    Server::builder().configure()?.run().await
}

/// The examples of the README, compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

/// The Rust sides of the guide for those who come from Java, compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/porting-from-java.md")]
mod porting_from_java {}

/// Those of the page about clusters.
#[cfg(all(doctest, feature = "nats"))]
#[doc = include_str!("../../docs/clusters.md")]
mod clusters {}
