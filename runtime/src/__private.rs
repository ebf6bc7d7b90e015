//! What the code that `#[server_endpoint]` generates calls, and nothing else.
//!
//! Nothing in here is public API: it changes with the macros, which come in the same version.

mod audience;
pub mod check;
pub mod maker;

use std::fmt::Display;
use std::marker::PhantomData;
use std::pin::Pin;
use std::str::FromStr;

use http::StatusCode;

use crate::connection;
use crate::endpoint::{Endpoint, FromHandshake};
use crate::error::{Error, ErrorKind};
use crate::handshake::Reject;
use crate::message::Message;
use crate::request::Handshake;
use crate::session::{Frame, SendError, Session};

pub use self::audience::{Audience, Piece, share};
pub use crate::endpoint::{
    Call, ClientDeclaration, Code, Declaration, Declared, FromValue, IntoAccept, IntoOpened,
    IntoReply, IntoShared, IntoUnit, Param, Registration, Takes, param_via, value_via,
};
pub use crate::endpoint::{log_error, log_failed_on_error, unhandled};
pub use crate::message::{Delivery, Form, Forms, Part, Streamed, Variant, Variants, variant};
pub use crate::site::Requirements;
pub use inventory;

/// The registration of an endpoint.
#[must_use]
pub const fn registration<E: Endpoint + Declared>() -> Registration {
    Registration::new::<E>(connection::code::<E>())
}

/// How a parameter of type `T` is taken out of a call.
///
/// Generated code names a parameter's type in this one way, so that a type which cannot be a parameter gives
/// one error.
#[derive(Debug)]
pub struct Parameter<'c, T> {
    takes: Takes,
    take: fn(&mut Call<'c>) -> Result<T, Error>,
    requirements: fn(&mut Requirements),
}

/// The parameter of type `T`; which way it is made follows from the type.
#[must_use]
pub const fn parameter<'c, T: Param<'c, V>, V: param_via::Via>() -> Parameter<'c, T> {
    Parameter {
        takes: T::TAKES,
        take: T::take,
        requirements: T::requirements,
    }
}

impl<'c, T> Parameter<'c, T> {
    /// What it is made from.
    #[must_use]
    pub const fn takes(&self) -> Takes {
        self.takes
    }

    /// Takes it out of the call.
    pub fn take(&self, call: &mut Call<'c>) -> Result<T, Error> {
        (self.take)(call)
    }

    /// Says which state it needs.
    pub fn requirements(&self, requirements: &mut Requirements) {
        (self.requirements)(requirements);
    }
}

/// How a parameter of type `T` is made from the handshake, for `#[on_handshake]`; the other handlers have [`Parameter`].
#[derive(Debug)]
pub struct HandshakeParameter<'h, T> {
    take: fn(&'h Handshake) -> Result<T, Reject>,
    requirements: fn(&mut Requirements),
}

/// The parameter of type `T` of `#[on_handshake]`.
#[must_use]
pub const fn handshake_parameter<'h, T: FromHandshake<'h>>() -> HandshakeParameter<'h, T> {
    HandshakeParameter {
        take: T::from_handshake,
        requirements: T::requirements,
    }
}

impl<'h, T> HandshakeParameter<'h, T> {
    /// Makes it.
    pub fn take(&self, handshake: &'h Handshake) -> Result<T, Reject> {
        (self.take)(handshake)
    }

    /// Says which state it needs.
    pub fn requirements(&self, requirements: &mut Requirements) {
        (self.requirements)(requirements);
    }
}

/// The answer to a request whose path or query parameter is not one of its type.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
pub fn bad_request(error: Error) -> Reject {
    Reject::new(StatusCode::BAD_REQUEST).body(format!("{error}\n"))
}

/// The value of a `#[path_param]`.
pub fn path_param<'v, T: FromValue<'v, V>, V: value_via::Via>(
    handshake: &'v Handshake,
    name: &str,
) -> Result<T, Error> {
    T::from_value(handshake.path_param(name)).map_err(|error| {
        Error::caused(ErrorKind::Decode, format!("path parameter `{name}`"), error)
    })
}

/// The value of a `#[query_param]`.
pub fn query_param<'v, T: FromValue<'v, V>, V: value_via::Via>(
    handshake: &'v Handshake,
    name: &str,
) -> Result<T, Error> {
    T::from_value(handshake.query_param(name)).map_err(|error| {
        Error::caused(
            ErrorKind::Decode,
            format!("query parameter `{name}`"),
            error,
        )
    })
}

/// The endpoint of a type whose `#[on_open]` does not make it.
#[must_use]
pub fn default_endpoint<E: DefaultEndpoint>() -> E {
    E::default_endpoint()
}

/// A type that needs no `#[on_open]` to be made.
#[diagnostic::on_unimplemented(
    message = "nothing makes the endpoint `{Self}` when a connection opens",
    label = "has no `Default`",
    note = "write `#[on_open] fn open(…) -> Self`, or implement `Default`"
)]
pub trait DefaultEndpoint {
    /// A new value.
    fn default_endpoint() -> Self;
}

impl<E: Default> DefaultEndpoint for E {
    fn default_endpoint() -> Self {
        Self::default()
    }
}

/// Queues what an `#[on_message]` handler answered, if there is room: nearly always. Else it returns what waits for
/// room; that is boxed, so that connections do not keep space for it.
#[inline]
pub fn reply<'s>(
    session: &'s Session,
    handler: &'static str,
    reply: Option<Message>,
) -> Result<Option<Waiting<'s>>, Error> {
    let Some(message) = reply else {
        return Ok(None);
    };
    let frame = Frame::new(message).map_err(|error| not_sent(handler, error))?;
    match session.outbox().try_send(&frame) {
        Ok(()) => {
            frame.recycle();
            Ok(None)
        }
        Err(SendError::Full) => Ok(Some(Box::pin(async move {
            let sent = session.outbox().send(&frame).await;
            sent.map_err(|error| not_sent(handler, error))
        }))),
        Err(error) => Err(not_sent(handler, error)),
    }
}

/// A reply for which the outbox has no room yet.
pub type Waiting<'s> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 's>>;

#[cold]
fn not_sent(handler: &str, error: SendError) -> Error {
    let kind = match error {
        SendError::Closed => ErrorKind::Closed,
        SendError::Timeout { .. } => ErrorKind::Timeout,
        _ => ErrorKind::Encode,
    };
    let text = format!("the reply of `{handler}` was not sent");
    Error::caused(kind, text, error)
}

/// The canonical form of the values of a path variable of type `T`: as `T` prints it when it can, else as
/// they come.
///
/// With both traits in scope, `(&Canonical::<T>::new()).canonical(value)` finds [`Printed`] first.
#[derive(Debug)]
pub struct Canonical<T>(PhantomData<T>);

impl<T> Canonical<T> {
    /// For the type `T`.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only generated code makes it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// For types that can be parsed and printed: `007` and `+7` are the same `i64`.
pub trait Printed {
    /// The canonical form.
    fn canonical(&self, value: &str) -> Option<String>;
}

impl<T: FromStr + Display> Printed for Canonical<T> {
    fn canonical(&self, value: &str) -> Option<String> {
        value.parse::<T>().ok().map(|value| value.to_string())
    }
}

/// For all other types.
pub trait AsIs {
    /// `None`: the value as it came is the key.
    fn canonical(&self, value: &str) -> Option<String>;
}

impl<T> AsIs for &Canonical<T> {
    fn canonical(&self, _: &str) -> Option<String> {
        None
    }
}
