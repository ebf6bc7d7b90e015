use crate::box_error::BoxError;
use crate::handshake::Reject;
use crate::request::Handshake;
use crate::session::Session;

use super::FromSession;
use crate::site::Requirements;

/// A type that any handler can take as a parameter, `#[on_handshake]` too, made from the request.
///
/// [`&Handshake`](Handshake) and [`State<T>`](super::State) implement it. What implements it is
/// [`FromSession`] as well, so that one implementation serves all handlers:
///
/// ```
/// use wspring::prelude::*;
///
/// struct Visitor(String);
///
/// impl<'h> FromHandshake<'h> for Visitor {
///     fn from_handshake(handshake: &'h Handshake) -> Result<Self, Reject> {
///         let name = handshake.cookie("visitor").ok_or_else(|| Reject::unauthorized("no cookie `visitor`"))?;
///         Ok(Self(name.to_owned()))
///     }
/// }
///
/// #[derive(Default)]
/// struct Chat;
///
/// #[server_endpoint("/chat")]
/// impl Chat {
///     #[on_handshake]
///     fn check(visitor: Visitor) -> Accept { Accept::new().key(visitor.0) }
///
///     #[on_message]
///     fn say(&self, text: &str, visitor: Visitor) -> String { format!("{}: {text}", visitor.0) }
/// }
/// ```
///
/// Where it cannot be made, the handshake is refused with the [`Reject`]. In any other handler that is an error, which
/// goes to `#[on_error]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of `#[on_handshake]`",
    label = "not made from the handshake",
    note = "it runs before there is a session or a message: it takes `&Handshake`, `State<T>`, types with their own `FromHandshake`, and values with `#[path_param]` or `#[query_param]`"
)]
pub trait FromHandshake<'h>: Sized {
    /// Makes the parameter.
    ///
    /// # Errors
    ///
    /// The answer to the client, when it cannot be made.
    fn from_handshake(handshake: &'h Handshake) -> Result<Self, Reject>;

    /// Says which state is asked for, so that its lack is noticed at start-up.
    #[doc(hidden)]
    fn requirements(requirements: &mut Requirements) {
        let _ = requirements;
    }
}

impl<'h> FromHandshake<'h> for &'h Handshake {
    fn from_handshake(handshake: &'h Handshake) -> Result<Self, Reject> {
        Ok(handshake)
    }
}

impl<'s, T: FromHandshake<'s>> FromSession<'s> for T {
    fn from_session(session: &'s Session) -> Result<Self, BoxError> {
        T::from_handshake(session.handshake()).map_err(Into::into)
    }

    fn requirements(requirements: &mut Requirements) {
        T::requirements(requirements);
    }
}
