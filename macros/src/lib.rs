//! The attribute macros of `wspring`, which re-exports them; use them from there.
//!
//! `attr` reads what stands in an attribute, `validate` turns the user's item into the `model` or into errors,
//! `expand` turns the model into code, and `fallback` stands in for that code when there are errors. `payload` is the
//! same in small, for the derive macros.

mod attr;
mod diag;
mod expand;
mod fallback;
mod model;
mod paths;
mod payload;
mod strip;
#[cfg(test)]
mod tests;
mod types;
mod validate;

use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as TokenStream2};
use quote::quote;
use syn::{Attribute, Generics, Ident, Item, ItemImpl};

use crate::model::{Endpoint, HandlerKind};
use crate::payload::Derive;
use crate::validate::Mistakes;

/// Makes a type a WebSocket endpoint that `wspring::run` serves. Java: `@ServerEndpoint`.
///
/// It stands on the impl block that holds the handlers. Every connection gets a value of the type of its own, and
/// its handlers run one at a time, in order.
///
/// ```
/// use wspring::prelude::*;
///
/// struct WebSocketServer {
///     user: i64,
/// }
///
/// #[server_endpoint("/webSocket/<uId>")]
/// impl WebSocketServer {
///     #[on_open]
///     async fn open(session: &Session, #[path_param("uId")] user: i64) -> Self {
///         println!("{} opened, {} are open", session.id(), Self::sessions().len());
///         Self { user }
///     }
///
///     #[on_message]
///     async fn message(&mut self, text: &str) -> String {
///         format!("{} said {text}", self.user)
///     }
///
///     #[on_close]
///     fn close(&mut self, reason: CloseReason) {
///         println!("{} left: {reason}", self.user);
///     }
/// }
/// ```
///
/// It may also stand on the `struct` or `enum`, with the path and all other arguments, and then bare on the impl
/// block:
///
/// ```
/// use wspring::prelude::*;
///
/// #[server_endpoint("/echo", heartbeat = "ping")]
/// #[derive(Default)]
/// struct Echo;
///
/// #[server_endpoint]
/// impl Echo {
///     #[on_message]
///     fn echo(&self, text: String) -> String {
///         text
///     }
/// }
/// ```
///
/// # Arguments
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `"/webSocket/<uId>"` | must be there | The path. `<uId>` and `{uId}` are variables; each fills one whole segment. |
/// | `key = "uId"` | the path's only variable | The variable whose value `send_info` addresses. With none or several variables and no `key`, `send_info` does not reach the endpoint. |
/// | `on_duplicate = "newest"` | `"newest"` | What a second connection with the same key means. `"newest"`: all stay open, the newest gets the pushes. `"all"`: each gets them. `"reject"`: the second is answered 409. `"close_older"`: the first is closed with code 4001. It needs a key: one of the path, or one that `#[on_handshake]` gives. |
/// | `heartbeat = "ping"` | none | A text message that equals it is sent straight back and reaches no handler, because scripts in browsers cannot see protocol pings. |
/// | `max_message_size = 65536` | the server's | The largest message in bytes, at least 1, as a constant of type `usize`. A larger one ends the connection with code 1009. A handler may have [its own](macro@on_message). |
/// | `compression = true` | the server's | Whether messages are compressed where the client offers it (permessage-deflate, RFC 7692): `true` or `false`. How is the server's setting. |
/// | `unhandled = "ignore"` | the server's | What happens to a message of a kind that no handler takes. `"close"`: the connection ends with code 1003. `"ignore"`: it is dropped. |
/// | `idle_timeout = "5m"` | the server's | How long a session may be idle before it is closed with code 1001, from `"1ms"` to `"24h"`, or `"off"`. |
/// | `max_age = "12h"` | the server's | The time after which a session is closed with code 1012, so that its client connects again, from `"1ms"` to `"365 days"`, or `"off"`. A random tenth of it is left out. |
/// | `messages_per_second = 50` | the server's | How many messages a peer may send in a second, at least 1, as a constant of type `usize`. |
/// | `bytes_per_second = 65536` | the server's | How many bytes of messages a peer may send in a second, at least 1, as a constant of type `usize`. |
/// | `fast_producer = "wait"` | the server's | How to treat a peer that sends more than that. `"wait"`: the server reads nothing until the peer is within its limits. `"drop"`: the messages beyond them are dropped. `"close"`: the connection ends with code 1008. |
/// | `origins = ["https://app.example.com"]` | the server's | The pages that may connect: `"same"`, which is the server's own origin, `"any"`, or a list of others beside it, such as `chrome-extension://…` or `null`. |
/// | `subprotocols = ["v2.chat", "v1.chat"]` | none | The subprotocols that are spoken here. Of those that a client offers, the first that is among them is agreed on (`Session::subprotocol`). A client that offers none of them is connected without one; a browser then gives up. |
/// | `crate = path::to::wspring` | `::wspring` | Where the crate is found, for those who re-export it. It alone may also stand on the impl block whose path is on the type. |
///
/// # Handlers
///
/// All are optional, and each may be `async` or not.
///
/// | attribute | `self` | own parameter | returns |
/// |---|---|---|---|
/// | [`#[on_handshake]`](macro@on_handshake) | none | | `()`, `Accept`, or `Result` of one with `Reject` |
/// | [`#[on_open]`](macro@on_open) | none | | `Self` or `Result<Self, E>` |
/// | | `&self`, `&mut self` on a type with `Default` | | `()` or `Result<(), E>` |
/// | [`#[on_message]`](macro@on_message) | none, `&self`, `&mut self` | one payload | `()`, a reply, `Option` or `Result` of one |
/// | [`#[on_close]`](macro@on_close) | none, `&self`, `&mut self` | `CloseReason` or `&CloseReason`, if wanted | `()` or `Result<(), E>` |
/// | [`#[on_error]`](macro@on_error) | none, `&self`, `&mut self` | `&Error` | `()` or `Result<(), E>` |
///
/// Without `#[on_open]` the type needs `Default`. `E` is anything that becomes a `BoxError`: an error type that is
/// `Send + Sync`, a `String`, a `&'static str`.
///
/// # Parameters
///
/// Any handler takes these, in any order and number:
///
/// | parameter | value |
/// |---|---|
/// | `&Session`, `Session` | the connection; not in `#[on_handshake]`, which runs before there is one |
/// | `&Handshake` | the request that opened it |
/// | `State<T>` | what was given to the server with `Server::builder().state(…)` |
/// | a type with its own `FromHandshake` or `FromSession` | what that makes; `#[on_handshake]` takes the former |
/// | `#[path_param("uId")] user: i64` | a variable of the path |
/// | `#[query_param("page")] page: Option<u32>` | a value of the query |
///
/// A path or query parameter is a `&str`, any type with `FromStr`, or an `Option` of one. `#[path_param]` and
/// `#[query_param]` alone take the parameter's own name. Their values are parsed before the connection is accepted; one that
/// does not parse is answered 400.
///
/// ```
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Room;
///
/// #[server_endpoint("/<tenant>/rooms/<room>", key = "room", on_duplicate = "all", max_message_size = 16 * 1024)]
/// impl Room {
///     #[on_message]
///     async fn say(
///         &self,
///         text: &str,
///         #[path_param] tenant: &str,
///         #[path_param("room")] number: u32,
///         #[query_param] name: Option<String>,
///     ) -> String {
///         format!("{} in {tenant}/{number}: {text}", name.unwrap_or_default())
///     }
/// }
/// ```
///
/// # What it makes
///
/// The impl block stays as it is, but for the handler attributes (and clippy's `needless_pass_by_value`, which handlers may
/// ignore); other attributes stay, and a handler under `#[cfg(…)]` is
/// one only when the condition holds. Beside it comes an `impl Endpoint`, with the functions `sessions` and
/// `send_info`, and a registration, by which the server finds the endpoint wherever in the program it is.
///
/// An endpoint is one concrete type: it cannot be generic, but `impl Feed<Order>` can be one.
#[proc_macro_attribute]
pub fn server_endpoint(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_server_endpoint(arguments.into(), item.into()).into()
}

/// Makes a type the endpoint of connections that this program opens to servers: `wspring::connect` takes it. Java:
/// `@ClientEndpoint`.
///
/// It stands on the impl block that holds the handlers. They are those of [`#[server_endpoint]`](macro@server_endpoint), with
/// the same parameters and results; but there is no path, so no `#[path_param]`, and nothing to decide for an
/// `#[on_handshake]`. A `#[query_param]` is a value of the query in
/// the URL, parsed before anything is sent. Without `#[on_open]`, the type needs a `Default` only where it is not given
/// to the connection (`Client::connect_with`).
///
/// ```
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Prices {
///     seen: u64,
/// }
///
/// #[client_endpoint(subprotocols = ["prices.v1"], max_message_size = 1024 * 1024)]
/// impl Prices {
///     #[on_open]
///     async fn open(&self, session: &Session) -> Result<(), SendError> {
///         session.send("subscribe").await
///     }
///
///     #[on_message]
///     fn price(&mut self, text: &str) {
///         self.seen += 1;
///         println!("{text}");
///     }
///
///     #[on_close]
///     fn close(&self, reason: CloseReason) {
///         println!("{reason}, after {} prices", self.seen);
///     }
/// }
///
/// # async fn example() -> Result<(), Error> {
/// let session = wspring::connect::<Prices>("ws://127.0.0.1:8080/prices").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Arguments
///
/// Each takes precedence over what the `Client` says.
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `subprotocols = ["v2", "v1"]` | the client's | The subprotocols that are offered to the server, the best one first. |
/// | `max_message_size = 65536` | the client's | The largest message that the server may send, in bytes, at least 1, as a constant of type `usize`. A larger one ends the connection with code 1009. |
/// | `compression = true` | the client's | Whether compression is offered (permessage-deflate, RFC 7692). |
/// | `unhandled = "ignore"` | the client's | What happens to a message of a kind that no handler takes. `"close"`: the connection ends with code 1003. `"ignore"`: it is dropped. |
/// | `idle_timeout = "5m"` | the client's | How long a session may be idle before it is closed with code 1001, from `"1ms"` to `"24h"`, or `"off"`. |
/// | `crate = path::to::wspring` | `::wspring` | Where the crate is found, for those who re-export it. |
#[proc_macro_attribute]
pub fn client_endpoint(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_client_endpoint(arguments.into(), item.into()).into()
}

/// Marks the handler that decides whether a request opens a session. Java: `Configurator.modifyHandshake`.
///
/// It stands in a [`#[server_endpoint]`](macro@server_endpoint), at most once, and runs before the 101: a client that it
/// refuses gets an HTTP answer, and no other handler is told of it. It has no `self`, because the endpoint is made later, and
/// takes no session. Its parameters are `&Handshake`, `State<T>`, types with their own `FromHandshake`, and values with
/// `#[path_param]` or `#[query_param]`.
///
/// | returns | meaning |
/// |---|---|
/// | `()` | it is accepted; the handler only looks |
/// | `Accept` | it is accepted, with a key for `send_info`, response headers, properties, a principal, a subprotocol |
/// | `Result<(), E>`, `Result<Accept, E>` | `Err`: it is refused. `E` is `Reject`, with any status, headers and body, or becomes one with `Into` |
///
/// The origin has been checked, and path and query parameters have been parsed. The handler may take as long as
/// `handshake_timeout`; then the client gets 503. A panic is logged, and answered 500. When the client goes away, the
/// handler is dropped where it waits.
///
/// ```
/// use wspring::prelude::*;
///
/// struct Tokens;
///
/// impl Tokens {
///     async fn user(&self, token: &str) -> Option<i64> { token.parse().ok() }
/// }
///
/// #[derive(Default)]
/// struct Inbox;
///
/// #[server_endpoint("/inbox")]
/// impl Inbox {
///     #[on_handshake]
///     async fn check(handshake: &Handshake, tokens: State<Tokens>) -> Result<Accept, Reject> {
///         let token = handshake.cookie("session").ok_or_else(|| Reject::unauthorized("log in first"))?;
///         let user = tokens.user(token).await.ok_or_else(|| Reject::forbidden("your session has expired"))?;
///         Ok(Accept::new().key(user).principal(user.to_string()))
///     }
///
///     #[on_message]
///     fn who(&self, _text: &str, session: &Session) -> Option<String> {
///         session.principal().map(|user| user.name().to_owned())
///     }
/// }
/// ```
///
/// # From a browser
///
/// A script in a browser cannot set the headers of a WebSocket handshake. What it can do, and what to mind:
///
/// | way | in the script | here |
/// |---|---|---|
/// | cookie | nothing: the browser sends it | `handshake.cookie("login")`. It is sent for pages of other sites too, so leave `origins` at `"same"`. |
/// | subprotocol | `new WebSocket(url, ["chat", "bearer." + token])` | One of `handshake.subprotocols()`. Declare `subprotocols = ["chat"]`: the one with the token must not be chosen, or it is sent back. |
/// | ticket | `new WebSocket(url + "?ticket=" + ticket)` | `#[query_param] ticket: &str`. Addresses are logged: give it out over HTTP, for one handshake and half a minute. |
///
/// The example `auth` has all three. A script sees of a refusal only that there was no connection (1006).
#[proc_macro_attribute]
pub fn on_handshake(_: TokenStream, item: TokenStream) -> TokenStream {
    fallback::misplaced(HandlerKind::Handshake, item.into()).into()
}

/// Marks the handler that runs first on a new connection, before any message. Java: `@OnOpen`.
///
/// It stands in a [`#[server_endpoint]`](macro@server_endpoint), at most once. Without `self` it makes the endpoint and
/// returns it; with `&self` or `&mut self` the endpoint is made by `Default` first. When it returns an error,
/// `#[on_error]` is told, the connection is closed with code 1011, and no other handler runs.
///
/// The client knows before it runs that the connection is open. So pushes, broadcasts and messages to rooms reach the
/// session meanwhile, also those that this handler sends itself. They wait until it has returned, and follow
/// what it sends to the session. If it fails or closes the session, they are discarded. An older session with the same key keeps the key until
/// then. Decide in [`#[on_handshake]`](macro@on_handshake) whether somebody may connect: there is no session yet, and whoever pushes to
/// one is told the truth.
///
/// ```
/// use std::num::ParseIntError;
///
/// use wspring::prelude::*;
///
/// struct Counter(u64);
///
/// #[server_endpoint("/counter")]
/// impl Counter {
///     #[on_open]
///     fn open(#[query_param] start: &str) -> Result<Self, ParseIntError> {
///         Ok(Self(start.parse()?))
///     }
/// }
///
/// #[derive(Default)]
/// struct Greeter;
///
/// #[server_endpoint("/greeter")]
/// impl Greeter {
///     #[on_open]
///     async fn open(&self, session: &Session) -> Result<(), SendError> {
///         session.send("welcome").await
///     }
/// }
/// ```
#[proc_macro_attribute]
pub fn on_open(_: TokenStream, item: TokenStream) -> TokenStream {
    fallback::misplaced(HandlerKind::Open, item.into()).into()
}

/// Marks a handler of messages of one kind: text, binary or pong. Java: `@OnMessage`.
///
/// It stands in a [`#[server_endpoint]`](macro@server_endpoint), at most once for each kind. Exactly one parameter is the
/// payload, and its type says which kind:
///
/// | kind | payloads |
/// |---|---|
/// | text | `String`, `&str`, numbers, `bool`, `char`, `Json<T>` |
/// | binary | `Vec<u8>`, `Bytes`, `&[u8]` |
/// | pong | `Pong` |
/// | its own choice | a type with its own `FromMessage` (Java: `Decoder`), an enum with [`#[derive(FromMessage)]`](macro@FromMessage) (Java: several) |
/// | text, part by part as it comes | `Partial<&str>`, `Partial<String>` |
/// | binary, part by part as it comes | `Partial<&[u8]>`, `Partial<Bytes>`, `Partial<Vec<u8>>` |
/// | text as a stream | `MessageReader<Text>` |
/// | binary as a stream | `MessageReader<Binary>` |
///
/// What it returns is sent: the same types, types with `IntoMessage` (Java: `Encoder`), an `Option` of one, or a
/// `Result`. An error, also one of decoding, goes to `#[on_error]`; the connection stays open. A text or binary message that
/// no handler takes ends it with code 1003, unless the endpoint or the server ignores it (`unhandled = "ignore"`).
///
/// `#[on_message(max_message_size = 4096)]` sets the largest message that this handler takes, in bytes: at least 1, as a
/// constant of type `usize`. It wins over the `max_message_size` of the endpoint and of the server, whether it is smaller or
/// larger, and is for messages of its kind alone. A larger one is refused as soon as the header of its frame says how large
/// it is: the connection ends with code 1009, and `#[on_error]` is told. Java: `@OnMessage(maxMessageSize = 4096)`.
///
/// The reply goes to the session that the message came from, unless the attribute says otherwise:
///
/// | argument | who gets the reply |
/// |---|---|
/// | `broadcast` | all open sessions of the endpoint, as from `Endpoint::broadcast` |
/// | `broadcast = "others"` | the same, but for the sender |
/// | `room = "lobby"` | those who are in the room, as from `Room::send`; the sender too if it is |
/// | `room = "room-<id>"` | the same; `<id>` or `{id}` is the value of a variable of the path, as the type prints it that a handler gives it |
///
/// Such a reply never waits for a slow receiver, the sender itself included: `SlowConsumer` says what becomes of one. The
/// sessions come into a room with `Session::join`. A client's endpoint may name a room, but has nobody to broadcast to.
///
/// A message in parts or as a stream is not assembled, so it may have any size. A handler of parts runs, and may reply, once for each
/// part; one that reads a stream runs once, and what it does not read is dropped.
///
/// ```
/// use serde_json::{Value, json};
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Api {
///     calls: u64,
/// }
///
/// #[server_endpoint("/api")]
/// impl Api {
///     #[on_message]
///     async fn call(&mut self, Json(request): Json<Value>) -> Json<Value> {
///         self.calls += 1;
///         Json(json!({"call": self.calls, "request": request}))
///     }
///
///     #[on_message(max_message_size = 1024 * 1024)]
///     fn upload(&self, bytes: &[u8]) -> Result<usize, String> {
///         if bytes.is_empty() { Err("nothing was sent".to_owned()) } else { Ok(bytes.len()) }
///     }
/// }
///
/// #[derive(Default)]
/// struct Table;
///
/// #[server_endpoint("/tables/<number>/<name>", key = "name")]
/// impl Table {
///     #[on_open]
///     fn sit_down(&self, session: &Session, #[path_param] number: u32) -> Result<(), wspring::JoinError> {
///         session.join(format!("table-{number}"))?;
///         Ok(())
///     }
///
///     #[on_message(room = "table-<number>")]
///     fn say(&self, text: &str, #[path_param] name: &str) -> String {
///         format!("{name}: {text}")
///     }
/// }
/// ```
#[proc_macro_attribute]
pub fn on_message(_: TokenStream, item: TokenStream) -> TokenStream {
    fallback::misplaced(HandlerKind::Message, item.into()).into()
}

/// Marks the handler that runs last, when the connection has ended. Java: `@OnClose`.
///
/// It stands in a [`#[server_endpoint]`](macro@server_endpoint), at most once. It runs once after `#[on_open]` succeeded,
/// whatever ended the connection, and can take the `CloseReason`. An error that it returns goes to `#[on_error]`.
///
/// ```
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Chat;
///
/// #[server_endpoint("/chat")]
/// impl Chat {
///     #[on_close]
///     async fn left(&self, session: &Session, reason: CloseReason) {
///         println!("{} left: {reason}", session.id());
///     }
/// }
/// ```
#[proc_macro_attribute]
pub fn on_close(_: TokenStream, item: TokenStream) -> TokenStream {
    fallback::misplaced(HandlerKind::Close, item.into()).into()
}

/// Marks the handler that is told of the errors of a connection. Java: `@OnError`.
///
/// It stands in a [`#[server_endpoint]`](macro@server_endpoint), at most once, and takes `&Error`. With `self` it cannot run
/// when an `#[on_open]` without `self` failed, for then there is no endpoint. Errors that it does not get, and those that it
/// returns, are logged.
///
/// | what happened | `ErrorKind` | what becomes of the connection |
/// |---|---|---|
/// | `#[on_open]` returned an error | `Handler` | closed with 1011; no `#[on_close]` |
/// | `#[on_message]` returned an error | `Handler` | stays open |
/// | `#[on_close]` returned an error | `Handler` | has ended |
/// | a message could not be decoded | `Decode` | stays open; no handler ran |
/// | a reply could not be encoded, is larger than the outbox, or is for a room that cannot have its name | `Encode` | stays open |
/// | a reply came too late, or a handler passed `SendError::Closed` on | `Closed` | has ended |
/// | a message was larger than its limit | `TooBig` | closed with 1009; then `#[on_close]` |
/// | a handler panicked | `Panic` | closed with 1011 |
///
/// That the peer vanished or broke the protocol is no error: `#[on_close]` is told, with 1006 or with a code such as 1002.
/// An endpoint that is not to go on after an error closes its session here:
///
/// ```
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Chat;
///
/// #[server_endpoint("/chat")]
/// impl Chat {
///     #[on_message]
///     fn say(&self, number: i64) -> i64 {
///         number + 1
///     }
///
///     #[on_error]
///     async fn failed(session: &Session, error: &Error) -> Result<(), SendError> {
///         session.send(format!("not understood: {error}")).await?;
///         session.close();
///         Ok(())
///     }
/// }
/// ```
#[proc_macro_attribute]
pub fn on_error(_: TokenStream, item: TokenStream) -> TokenStream {
    fallback::misplaced(HandlerKind::Error, item.into()).into()
}

/// Makes an enum a payload: its variants are tried in their order, and the first that can be made is taken. Java: `decoders`.
///
/// Each variant holds one payload, which is any type that implements `FromMessage` and borrows nothing from the message. A
/// variant that is not meant says so with an error (Java: `willDecode`). All variants are made from messages of one kind, text or
/// binary, because an endpoint has one handler for each; another kind is a compile error.
///
/// ```
/// use serde::Deserialize;
/// use wspring::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Move {
///     x: i32,
///     y: i32,
/// }
///
/// #[derive(FromMessage)]
/// enum Command {
///     Move(Json<Move>),
///     Turn(i32),
///     Say(String),
/// }
///
/// #[derive(Default)]
/// struct Robot;
///
/// #[server_endpoint("/robot")]
/// impl Robot {
///     #[on_message]
///     fn obey(&self, command: Command) -> String {
///         match command {
///             Command::Move(Json(Move { x, y })) => format!("moved by {x} and {y}"),
///             Command::Turn(degrees) => format!("turned by {degrees}"),
///             Command::Say(text) => text,
///         }
///     }
/// }
/// ```
///
/// When no variant can be made, `#[on_error]` gets an error of the kind `Decode`, whose source is a `NoVariant` and says what each
/// variant said; the session stays open. Each variant but the last one gets a copy of the message.
///
/// `#[wspring(crate = path::to::wspring)]` beside it says where the crate is found, for those who re-export it.
#[proc_macro_derive(FromMessage, attributes(wspring))]
pub fn derive_from_message(item: TokenStream) -> TokenStream {
    payload::derive(Derive::From, item.into()).into()
}

/// Makes an enum a reply, and something to send: it becomes the message that its variant holds. Java: `encoders`.
///
/// Each variant holds one value of a type that implements `IntoMessage`. They may become messages of different kinds.
///
/// ```
/// use serde::Serialize;
/// use wspring::prelude::*;
///
/// #[derive(Serialize)]
/// struct Progress {
///     percent: u8,
/// }
///
/// #[derive(IntoMessage)]
/// enum Answer {
///     Progress(Json<Progress>),
///     Result(Vec<u8>),
/// }
///
/// #[derive(Default)]
/// struct Worker;
///
/// #[server_endpoint("/worker")]
/// impl Worker {
///     #[on_message]
///     async fn work(&self, task: &str, session: &Session) -> Result<Answer, SendError> {
///         session.send(Answer::Progress(Json(Progress { percent: 50 }))).await?;
///         Ok(Answer::Result(task.as_bytes().to_vec()))
///     }
/// }
/// ```
///
/// `#[wspring(crate = path::to::wspring)]` beside it says where the crate is found, for those who re-export it.
#[proc_macro_derive(IntoMessage, attributes(wspring))]
pub fn derive_into_message(item: TokenStream) -> TokenStream {
    payload::derive(Derive::Into, item.into()).into()
}

fn expand_server_endpoint(arguments: TokenStream2, item: TokenStream2) -> TokenStream2 {
    let on_type = |attributes: &[Attribute], ident: &Ident, generics: &Generics| {
        let code = match validate::declared(arguments.clone(), attributes, ident, generics) {
            Ok(declared) => expand::declared(&declared),
            Err(mistakes) => fallback::declared(&mistakes),
        };
        quote!(#item #code)
    };
    match syn::parse2(item.clone()) {
        Ok(Item::Impl(block)) => on_impl(block, |block| validate::endpoint(arguments, block)),
        Ok(Item::Struct(it)) => on_type(&it.attrs, &it.ident, &it.generics),
        Ok(Item::Enum(it)) => on_type(&it.attrs, &it.ident, &it.generics),
        Ok(_) => {
            let text =
                "`#[server_endpoint]` stands on an `impl` block, or on a `struct` or an `enum`";
            fallback::item(item, &syn::Error::new(Span::call_site(), text))
        }
        Err(error) => fallback::item(item, &error),
    }
}

fn expand_client_endpoint(arguments: TokenStream2, item: TokenStream2) -> TokenStream2 {
    match syn::parse2(item.clone()) {
        Ok(Item::Impl(block)) => on_impl(block, |block| validate::client(arguments, block)),
        Ok(_) => {
            let text = "`#[client_endpoint]` stands on an `impl` block";
            fallback::item(item, &syn::Error::new(Span::call_site(), text))
        }
        Err(error) => fallback::item(item, &error),
    }
}

fn on_impl(
    mut block: ItemImpl,
    read: impl FnOnce(&mut ItemImpl) -> Result<Endpoint, Box<Mistakes>>,
) -> TokenStream2 {
    let code = match read(&mut block) {
        Ok(endpoint) => expand::endpoint(&endpoint),
        Err(mistakes) => fallback::endpoint(&mistakes),
    };
    // The user's item comes first: editors look up a token at its first occurrence.
    quote!(#block #code)
}
