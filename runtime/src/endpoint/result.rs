//! What handlers may return.

use crate::box_error::BoxError;
use crate::error::{Error, ErrorKind};
use crate::handshake::{Accept, Reject};
use crate::message::{IntoMessage, Message};

use super::{Endpoint, handler_error};

/// What a handler returns to answer a message: nothing, a message, `Option` or `Result` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the reply of an `#[on_message]` handler",
    label = "not a reply",
    note = "a handler returns `()`, a type that implements `IntoMessage`, an `Option` of one, or a `Result<_, E>` of any of these",
    note = "`E` is an error type that is `Send + Sync`, a `String`, a `&str` or a `BoxError`"
)]
pub trait IntoReply {
    /// The message to send, if any.
    ///
    /// # Errors
    ///
    /// The handler's own, or that of the encoder.
    fn into_reply(self, handler: &str) -> Result<Option<Message>, Error>;
}

/// What a handler returns whose reply goes to more than the sender: a message, `Option` or `Result` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the reply of an `#[on_message]` handler with `broadcast` or `room`",
    label = "nothing that could be sent to others",
    note = "such a handler returns a type that implements `IntoMessage`, an `Option` of one, or a `Result<_, E>` of any of these",
    note = "one that returns nothing has neither `broadcast` nor `room`; it may still call `Self::broadcast(…)` or `room(…).send(…)`"
)]
pub trait IntoShared: IntoReply + Sized {
    /// The message to send, if any.
    ///
    /// # Errors
    ///
    /// The handler's own, or that of the encoder.
    fn into_shared(self, handler: &str) -> Result<Option<Message>, Error> {
        self.into_reply(handler)
    }
}

/// What `#[on_open]` without a receiver returns.
#[diagnostic::on_unimplemented(
    message = "`#[on_open]` must make the endpoint: it returns `{Self}`",
    label = "not `Self` and not `Result<Self, E>`",
    note = "return `Self` or `Result<Self, E>`, or take `&self` or `&mut self` on a type that implements `Default`",
    note = "`E` is an error type that is `Send + Sync`, a `String`, a `&str` or a `BoxError`"
)]
pub trait IntoOpened<T> {
    /// The endpoint.
    ///
    /// # Errors
    ///
    /// The handler's own.
    fn into_opened(self, handler: &str) -> Result<T, Error>;
}

/// What `#[on_open]` with a receiver, `#[on_close]` and `#[on_error]` return.
#[diagnostic::on_unimplemented(
    message = "this handler returns `()` or `Result<(), E>`, not `{Self}`",
    label = "not `()` and not `Result<(), E>`",
    note = "`E` is an error type that is `Send + Sync`, a `String`, a `&str` or a `BoxError`"
)]
pub trait IntoUnit {
    /// Nothing.
    ///
    /// # Errors
    ///
    /// The handler's own.
    fn into_unit(self, handler: &str) -> Result<(), Error>;
}

/// What `#[on_handshake]` returns.
#[diagnostic::on_unimplemented(
    message = "`#[on_handshake]` returns `()`, `Accept`, or a `Result` of one with an error that becomes a `Reject`, not `{Self}`",
    label = "says neither what is accepted nor how it is refused",
    note = "`Reject` itself is such an error, and so is a type of yours with `impl From<YourError> for Reject`; what is nobody's business outside becomes one with `map_err(Reject::internal)`"
)]
pub trait IntoAccept {
    /// What is accepted.
    ///
    /// # Errors
    ///
    /// How it is refused.
    fn into_accept(self) -> Result<Accept, Reject>;
}

impl IntoReply for () {
    fn into_reply(self, _: &str) -> Result<Option<Message>, Error> {
        Ok(None)
    }
}

impl<T: IntoMessage> IntoReply for T {
    fn into_reply(self, handler: &str) -> Result<Option<Message>, Error> {
        self.into_message().map(Some).map_err(|error| {
            let text = format!("the reply of `{handler}` cannot be encoded");
            Error::caused(ErrorKind::Encode, text, error)
        })
    }
}

impl<T: IntoMessage> IntoReply for Option<T> {
    fn into_reply(self, handler: &str) -> Result<Option<Message>, Error> {
        self.map_or(Ok(None), |reply| reply.into_reply(handler))
    }
}

impl<T: IntoReply, E: Into<BoxError>> IntoReply for Result<T, E> {
    fn into_reply(self, handler: &str) -> Result<Option<Message>, Error> {
        self.map_err(|error| handler_error(handler, error.into()))?
            .into_reply(handler)
    }
}

impl<T: IntoMessage> IntoShared for T {}

impl<T: IntoMessage> IntoShared for Option<T> {}

impl<T: IntoShared, E: Into<BoxError>> IntoShared for Result<T, E> {}

impl<T: Endpoint> IntoOpened<T> for T {
    fn into_opened(self, _: &str) -> Result<T, Error> {
        Ok(self)
    }
}

impl<T: Endpoint, E: Into<BoxError>> IntoOpened<T> for Result<T, E> {
    fn into_opened(self, handler: &str) -> Result<T, Error> {
        self.map_err(|error| handler_error(handler, error.into()))
    }
}

impl IntoAccept for () {
    fn into_accept(self) -> Result<Accept, Reject> {
        Ok(Accept::new())
    }
}

impl IntoAccept for Accept {
    fn into_accept(self) -> Result<Accept, Reject> {
        Ok(self)
    }
}

impl<T: IntoAccept, E: Into<Reject>> IntoAccept for Result<T, E> {
    fn into_accept(self) -> Result<Accept, Reject> {
        self.map_err(Into::into)?.into_accept()
    }
}

impl IntoUnit for () {
    fn into_unit(self, _: &str) -> Result<(), Error> {
        Ok(())
    }
}

impl<E: Into<BoxError>> IntoUnit for Result<(), E> {
    fn into_unit(self, handler: &str) -> Result<(), Error> {
        self.map_err(|error| handler_error(handler, error.into()))
    }
}
