//! Every receiver, parameter and result that a handler can have, without a warning.
#![deny(warnings, missing_docs, unsafe_code)]
#![forbid(unused)]

use std::io;
use std::marker::PhantomData;
use std::num::ParseIntError;

use serde_json::Value;
use wspring::prelude::*;
use wspring::{BoxError, FromSession};

type Line = String;

struct Language(String);

impl<'s> FromSession<'s> for Language {
    fn from_session(session: &'s Session) -> Result<Self, BoxError> {
        let header = session.headers().get("accept-language").ok_or("no language")?;
        Ok(Self(header.to_str()?.to_owned()))
    }
}

struct Borrowed<'m>(&'m str);

impl<'m> FromMessage<'m> for Borrowed<'m> {
    const KIND: MessageKind = MessageKind::Text;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        Ok(Self(message.text()?))
    }
}

#[derive(Default)]
struct Returned {
    opened: bool,
}

#[server_endpoint("/returned/<room>/{seat}", unhandled = "ignore", idle_timeout = "1h 30m", max_age = "30 days", messages_per_second = 50, bytes_per_second = 64 * 1024, fast_producer = "drop")]
impl Returned {
    #[on_open]
    async fn open(
        session: &Session,
        owned: Session,
        handshake: &Handshake,
        #[path_param] room: &str,
        #[path_param("seat")] mut number: u8,
        #[query_param] page: Option<u32>,
        #[query_param("q")] _search: String,
        State(shared): Shared,
    ) -> Result<Self, ParseIntError> {
        number += 1;
        let _: u8 = room.parse()?;
        let same = session.id() == owned.id() && handshake.uri().path().len() > usize::from(number);
        Ok(Self { opened: same && page.is_some() && shared > 0 })
    }

    #[on_message(max_message_size = 4 * 1024)]
    async fn text<'m>(&mut self, text: &'m str) -> Result<Option<&'m str>, io::Error> {
        Ok(self.opened.then_some(text))
    }

    #[on_message]
    async fn binary(self: &Self, bytes: &[u8], language: Language) -> Option<Vec<u8>> {
        (language.0.len() > 1).then(|| bytes.to_vec())
    }

    #[on_message]
    fn pong(Pong(bytes): Pong) {
        drop(bytes);
    }

    #[on_close]
    async fn close(self: &mut Self, reason: &CloseReason) -> io::Result<()> {
        self.opened = reason.clean;
        Ok(())
    }

    #[on_error]
    async fn error(&self, error: &Error, session: &Session) {
        let _ = (self.opened, error.kind(), session.id());
    }
}

/// A parameter that is taken apart.
struct State(u8);

type Shared = State;

impl<'s> FromSession<'s> for State {
    fn from_session(_: &'s Session) -> Result<Self, BoxError> {
        Ok(Self(1))
    }
}

/// Messages that are not assembled.
#[derive(Default)]
struct Unassembled(usize);

#[server_endpoint("/unassembled")]
impl Unassembled {
    #[on_message]
    fn text(&mut self, Partial { data, is_last }: Partial<&str>, session: &Session) -> Option<usize> {
        self.0 += data.len();
        is_last.then_some(self.0).filter(|_| session.is_open())
    }

    #[on_message]
    async fn binary(&mut self, message: MessageReader<Binary>, language: Language) -> io::Result<String> {
        drop(message);
        Ok(language.0)
    }
}

/// The other way round.
#[derive(Default)]
struct Swapped(usize);

type Chunk<'m> = Partial<&'m [u8]>;

#[server_endpoint("/swapped")]
impl Swapped {
    #[on_message]
    async fn text(message: MessageReader<Text>) {
        drop(message);
    }

    #[on_message]
    async fn binary<'m>(&mut self, part: Chunk<'m>) {
        self.0 += part.data.len();
    }
}

#[derive(Default)]
enum Defaulted {
    #[default]
    Idle,
    Busy,
}

#[server_endpoint("/defaulted")]
impl Defaulted {
    #[on_open]
    fn open(&mut self, session: &Session) -> Result<(), BoxError> {
        *self = if session.is_open() { Self::Busy } else { Self::Idle };
        Ok(())
    }

    #[on_message]
    fn line(line: Line) -> Line {
        line
    }

    #[on_close]
    fn close(reason: CloseReason) {
        drop(reason);
    }

    #[on_error]
    fn error(error: &Error) -> Result<(), BoxError> {
        Err(error.to_string().into())
    }
}

#[derive(Default)]
struct Api;

#[wspring::server_endpoint("/api")]
impl Api {
    #[wspring::on_message]
    async fn call(&self, Json(request): Json<Value>) -> Json<Value> {
        Json(request)
    }
}

#[derive(Default)]
struct Lifetimes;

impl Lifetimes {
    const SIZE: usize = 4;
}

/// A payload that is about its endpoint.
struct Own<T, const SIZE: usize>(PhantomData<T>);

impl<'m, T, const SIZE: usize> FromMessage<'m> for Own<T, SIZE> {
    const KIND: MessageKind = MessageKind::Binary;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        let _: &[u8; SIZE] = message.binary()?[..].try_into()?;
        Ok(Self(PhantomData))
    }
}

#[server_endpoint("/lifetimes")]
impl Lifetimes {
    #[on_message]
    fn binary(&self, _own: Own<Self, { Self::SIZE }>) {}

    #[on_message]
    fn text<'a, 'm: 'a>(&'a self, borrowed: Borrowed<'m>) -> &'a str {
        borrowed.0
    }
}

/// Nothing is handled, and that is an endpoint too: it can be pushed to.
#[derive(Default)]
struct Silent;

#[server_endpoint("/silent/<id>")]
impl Silent {}

/// Taken from the request alone, by all handlers.
struct Visitor<'h>(&'h str);

impl<'h> FromHandshake<'h> for Visitor<'h> {
    fn from_handshake(handshake: &'h Handshake) -> Result<Self, Reject> {
        handshake.cookie("visitor").map(Self).ok_or_else(|| Reject::unauthorized("no cookie"))
    }
}

#[derive(Default)]
struct Guarded;

#[server_endpoint("/guarded/<room>")]
impl Guarded {
    #[on_handshake]
    async fn check<'h>(
        handshake: &'h Handshake,
        visitor: Visitor<'_>,
        shared: wspring::State<u8>,
        #[path_param] room: &str,
        #[query_param] page: Option<u32>,
    ) -> Result<Accept, Reject> {
        let _ = (handshake.origin(), *shared, room, page);
        Ok(Accept::new().key(visitor.0))
    }

    #[on_message]
    fn who(&self, _text: &str, visitor: Visitor) -> String {
        visitor.0.to_owned()
    }
}

#[derive(Default)]
struct Watched;

#[server_endpoint("/watched")]
impl Watched {
    #[on_handshake]
    fn look(handshake: &Handshake) {
        let _ = handshake.uri();
    }
}

#[derive(Default)]
struct Counted;

#[server_endpoint("/counted")]
impl Counted {
    #[on_handshake]
    fn count() -> Accept {
        Accept::new()
    }
}

#[derive(Default)]
struct Tried;

#[server_endpoint("/tried")]
impl Tried {
    #[on_handshake]
    fn check(_: &Handshake) -> Result<(), wspring::StatusCode> {
        Err(wspring::StatusCode::NOT_FOUND)
    }
}

fn main() {}
