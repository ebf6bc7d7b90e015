use std::mem;

use bytes::Bytes;

use crate::box_error::BoxError;
use crate::error::{Error, ErrorKind};
use crate::message::{
    Delivery, Form, FromMessage, Message, MessageKind, MessageReader, Part, Partial, Rest, Streamed,
};
use crate::session::{CloseReason, Session};

use crate::site::Requirements;

/// A type that any handler can take as a parameter, made from its session.
///
/// `&Session` and `Session` implement it, and so does every type with [`FromHandshake`](super::FromHandshake), such as
/// `&Handshake` and [`State<T>`](super::State). Implement that for what can be made from the request alone, and this
/// one for what needs the session:
///
/// ```
/// use wspring::prelude::*;
/// use wspring::{BoxError, FromSession};
///
/// struct Language(String);
///
/// impl<'s> FromSession<'s> for Language {
///     fn from_session(session: &'s Session) -> Result<Self, BoxError> {
///         let header = session.headers().get("accept-language").ok_or("no Accept-Language")?;
///         Ok(Self(header.to_str()?.to_owned()))
///     }
/// }
///
/// #[derive(Default)]
/// struct Greeter;
///
/// #[server_endpoint("/greeter")]
/// impl Greeter {
///     #[on_message]
///     fn greet(&self, name: &str, language: Language) -> String { format!("{name}: {}", language.0) }
/// }
/// ```
///
/// An error goes to `#[on_error]`, and the handler does not run.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken from a session",
    label = "implements neither `FromSession` nor `FromMessage`"
)]
pub trait FromSession<'s>: Sized {
    /// Makes the parameter.
    ///
    /// # Errors
    ///
    /// Any error, when it cannot be made.
    fn from_session(session: &'s Session) -> Result<Self, BoxError>;

    /// Says which state is asked for, so that its lack is noticed at start-up.
    #[doc(hidden)]
    fn requirements(requirements: &mut Requirements) {
        let _ = requirements;
    }
}

/// One call of one handler, out of which its parameters are taken.
#[derive(Debug)]
pub struct Call<'c> {
    session: &'c Session,
    message: Option<&'c mut Delivery>,
    reason: Option<&'c CloseReason>,
    error: Option<&'c Error>,
}

/// What a parameter is made from, known at compile time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// The session: allowed in every handler.
    Session,
    /// A message of a kind, in a form: allowed once, in `#[on_message]`.
    Message(MessageKind, Form),
    /// The close reason: allowed in `#[on_close]`.
    CloseReason,
    /// The error: mandatory in `#[on_error]`.
    Error,
}

/// A handler's parameter, whichever way (`V`) it is made.
///
/// One trait with a blanket implementation for each way lets the compiler tell payloads from everything else,
/// so that an alias of a payload is one too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of a handler",
    label = "not a payload and not taken from the session",
    note = "a payload implements `FromMessage` (`String`, `&str`, `Json<T>`, numbers, `Vec<u8>`, `Bytes`, `&[u8]`, `Pong`), everything else `FromSession` (`&Session`, `&Handshake`, `State<T>`)",
    note = "what comes before the message is whole is a `Partial` of `&str`, `String`, `&[u8]`, `Bytes` or `Vec<u8>`, or a `MessageReader` of `Text` or `Binary`",
    note = "`CloseReason` belongs to `#[on_close]`, `&Error` to `#[on_error]`, and a value from the path or the query needs `#[path_param]` or `#[query_param]`"
)]
pub trait Param<'c, V: via::Via>: Sized {
    /// What it is made from.
    const TAKES: Takes;

    /// Takes it out of the call.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    fn take(call: &mut Call<'c>) -> Result<Self, Error>;

    /// Says which state is asked for.
    fn requirements(requirements: &mut Requirements) {
        let _ = requirements;
    }
}

/// The ways in which a parameter is made.
pub mod via {
    /// Sealed: the ways are ours.
    pub trait Via {}

    /// By `FromMessage`.
    #[derive(Debug)]
    pub enum Payload {}
    /// As a part of a message.
    #[derive(Debug)]
    pub enum Part {}
    /// As a reader of a message.
    #[derive(Debug)]
    pub enum Reader {}
    /// By `FromSession`.
    #[derive(Debug)]
    pub enum Session {}
    /// The reason of `#[on_close]`.
    #[derive(Debug)]
    pub enum Close {}
    /// The error of `#[on_error]`.
    #[derive(Debug)]
    pub enum Error {}

    impl Via for Payload {}
    impl Via for Part {}
    impl Via for Reader {}
    impl Via for Session {}
    impl Via for Close {}
    impl Via for Error {}
}

impl<'c> Call<'c> {
    /// A call of `#[on_open]`.
    #[must_use]
    pub fn open(session: &'c Session) -> Self {
        Self {
            session,
            message: None,
            reason: None,
            error: None,
        }
    }

    /// A call of `#[on_message]`.
    #[must_use]
    pub fn message(session: &'c Session, message: &'c mut Delivery) -> Self {
        Self {
            message: Some(message),
            ..Self::open(session)
        }
    }

    /// A call of `#[on_close]`.
    #[must_use]
    pub fn close(session: &'c Session, reason: &'c CloseReason) -> Self {
        Self {
            reason: Some(reason),
            ..Self::open(session)
        }
    }

    /// A call of `#[on_error]`.
    #[must_use]
    pub fn error(session: &'c Session, error: &'c Error) -> Self {
        Self {
            error: Some(error),
            ..Self::open(session)
        }
    }

    fn delivery(&mut self) -> Result<&'c mut Delivery, Error> {
        self.message.take().ok_or_else(|| misplaced("a payload"))
    }
}

impl<'c, T: FromMessage<'c>> Param<'c, via::Payload> for T {
    const TAKES: Takes = Takes::Message(T::KIND, Form::Whole);

    fn take(call: &mut Call<'c>) -> Result<Self, Error> {
        decode(&mut call.delivery()?.message)
    }
}

impl<'c, T: Part + FromMessage<'c>> Param<'c, via::Part> for Partial<T> {
    const TAKES: Takes = Takes::Message(T::KIND, Form::Parts);

    fn take(call: &mut Call<'c>) -> Result<Self, Error> {
        let Delivery { message, rest } = call.delivery()?;
        Ok(Self {
            data: decode(message)?,
            is_last: matches!(rest, Rest::Nothing),
        })
    }
}

impl<'c, K: Streamed> Param<'c, via::Reader> for MessageReader<K> {
    const TAKES: Takes = Takes::Message(K::KIND, Form::Stream);

    fn take(call: &mut Call<'c>) -> Result<Self, Error> {
        let Delivery { message, rest } = call.delivery()?;
        let first = mem::replace(message, Message::Binary(Bytes::new()));
        Ok(Self::new(
            first,
            match mem::replace(rest, Rest::Nothing) {
                Rest::Stream(pipe) => Some(pipe),
                Rest::Nothing | Rest::Parts => None,
            },
        ))
    }
}

impl<'c, T: FromSession<'c>> Param<'c, via::Session> for T {
    const TAKES: Takes = Takes::Session;

    fn take(call: &mut Call<'c>) -> Result<Self, Error> {
        T::from_session(call.session)
            .map_err(|error| Error::caused(ErrorKind::Decode, "a parameter cannot be made", error))
    }

    fn requirements(requirements: &mut Requirements) {
        T::requirements(requirements);
    }
}

impl<'c> Param<'c, via::Close> for &'c CloseReason {
    const TAKES: Takes = Takes::CloseReason;

    fn take(call: &mut Call<'c>) -> Result<Self, Error> {
        call.reason.ok_or_else(|| misplaced("`CloseReason`"))
    }
}

impl<'c> Param<'c, via::Close> for CloseReason {
    const TAKES: Takes = Takes::CloseReason;

    fn take(call: &mut Call<'c>) -> Result<Self, Error> {
        <&Self>::take(call).cloned()
    }
}

impl<'c> Param<'c, via::Error> for &'c Error {
    const TAKES: Takes = Takes::Error;

    fn take(call: &mut Call<'c>) -> Result<Self, Error> {
        call.error.ok_or_else(|| misplaced("`&Error`"))
    }
}

impl<'s> FromSession<'s> for &'s Session {
    fn from_session(session: &'s Session) -> Result<Self, BoxError> {
        Ok(session)
    }
}

impl<'s> FromSession<'s> for Session {
    fn from_session(session: &'s Session) -> Result<Self, BoxError> {
        Ok(session.clone())
    }
}

fn decode<'m, T: FromMessage<'m>>(message: &'m mut Message) -> Result<T, Error> {
    T::from_message(message).map_err(Error::undecodable)
}

/// The macro refuses such a parameter at compile time; only code that implements handlers by hand gets here.
fn misplaced(what: &str) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("{what} is not available in this handler"),
    )
}
