//! The [`Endpoint`] trait, which an annotated type implements: the parameters and results of its handlers, and the
//! registration by which a server finds it.

mod config;
mod declaration;
mod from_handshake;
mod param;
mod registration;
mod result;
mod served;
mod state;
mod untaken;
mod value;

use std::fmt::Display;
use std::future::Future;

use crate::box_error::BoxError;
use crate::error::{Error, ErrorKind};
use crate::handshake::{Accept, Reject};
use crate::message::{Broken, Delivery, Forms, IntoMessage, Message, MessageKind};
use crate::push::{self, Broadcast, Sessions, To};
use crate::registry::{Count, Delivered};
use crate::request::Handshake;
use crate::session::{CloseCode, CloseReason, InvalidClose, JoinError, SendError, Session};
use crate::site::{EndpointId, Requirements};

pub use config::EndpointConfig;
pub use declaration::{ClientDeclaration, Declaration, Declared};
pub use from_handshake::FromHandshake;
pub use param::{Call, FromSession, Param, Takes, via as param_via};
pub(crate) use registration::{Asked, registrations};
pub use registration::{Code, Registration};
pub use result::{IntoAccept, IntoOpened, IntoReply, IntoShared, IntoUnit};
pub(crate) use served::{Defaults, Served};
pub use state::State;
pub use untaken::{log_error, log_failed_on_error, unhandled};
pub use value::{FromValue, via as value_via};

/// A WebSocket endpoint: one value for each connection, whose handlers run one at a time, in order.
///
/// [`#[server_endpoint]`](crate::server_endpoint) and [`#[client_endpoint]`](macro@crate::client_endpoint) implement it. What an endpoint's author calls are the three
/// functions that every endpoint has, [`sessions`](Self::sessions), [`send_info`](Self::send_info) and
/// [`broadcast`](Self::broadcast).
///
/// Java: a class with `@ServerEndpoint` or `@ClientEndpoint`, or a subclass of `jakarta.websocket.Endpoint`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an endpoint",
    label = "has no handlers",
    note = "write `#[server_endpoint] impl {Self} {{ … }}` with its handlers, or `#[server_endpoint(\"/path\")]` if it has no path yet"
)]
pub trait Endpoint: Sized + Send + 'static {
    /// Decides whether a request opens a session, before the 101 and before anything else of the endpoint runs.
    ///
    /// It is what an `#[on_handshake]` becomes: see [there](macro@crate::on_handshake) for what may be said. Java:
    /// `Configurator.modifyHandshake`.
    ///
    /// # Errors
    ///
    /// The HTTP answer that the client gets instead.
    ///
    /// # Cancel safety
    ///
    /// The future is dropped when the client goes away, or when the handshake timeout has passed.
    fn on_handshake(handshake: &Handshake) -> impl Future<Output = Result<Accept, Reject>> + Send {
        let _ = handshake;
        async { Ok(Accept::new()) }
    }

    /// Makes the value of a new connection, unless the server was given a factory that does.
    ///
    /// It is what an `#[on_open]` without `self` becomes. Java: `Configurator.getEndpointInstance`.
    ///
    /// # Errors
    ///
    /// The connection is closed with 1011 after [`on_error`](Self::on_error) was told. Where it is not implemented, it
    /// fails: such an endpoint needs a factory.
    fn create(session: &Session) -> impl Future<Output = Result<Self, Error>> + Send {
        let _ = session;
        let text = "nothing makes this endpoint: implement `Endpoint::create`, or give a factory";
        async move { Err(Error::new(ErrorKind::Handler, text)) }
    }

    /// Is told of a new connection, before any message is delivered.
    ///
    /// The client knows already that the connection is open, so pushes reach the session. They wait until this has
    /// returned, and are discarded if it fails: see [`#[on_open]`](macro@crate::on_open).
    ///
    /// # Errors
    ///
    /// The connection is closed with 1011 after [`on_error`](Self::on_error) was told.
    fn on_open(&mut self, session: &Session) -> impl Future<Output = Result<(), Error>> + Send {
        let _ = session;
        async { Ok(()) }
    }

    /// Takes one message, or its content out of it.
    ///
    /// # Errors
    ///
    /// [`on_error`](Self::on_error) is told, and the session stays open.
    fn on_message(
        &mut self,
        session: &Session,
        message: &mut Message,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        unhandled(session, message);
        async { Ok(()) }
    }

    /// Is told that the connection ended: once, last, and whatever ended it.
    ///
    /// # Errors
    ///
    /// [`on_error`](Self::on_error) is told.
    fn on_close(
        &mut self,
        session: &Session,
        reason: &CloseReason,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let _ = (session, reason);
        async { Ok(()) }
    }

    /// Is told of an error of this connection; `endpoint` is `None` when none could be made.
    /// An endpoint without such a handler has its errors logged.
    fn on_error(
        endpoint: Option<&mut Self>,
        session: &Session,
        error: &Error,
    ) -> impl Future<Output = ()> + Send {
        let _ = endpoint;
        log_error(session, error);
        async {}
    }

    /// The open sessions of this endpoint in this process, over every server that runs in it.
    ///
    /// Java: `Session.getOpenSessions()`.
    #[must_use]
    fn sessions() -> Sessions {
        push::sessions_at_endpoint(EndpointId::of::<Self>())
    }

    /// Pushes `message` to the sessions of this endpoint whose key is `key`.
    ///
    /// It is [`send_info`](crate::send_info), limited to one endpoint: see there.
    ///
    /// # Errors
    ///
    /// Those of [`send_info`](crate::send_info), and [`SendError::NoKey`] if the endpoint is served in this process and its
    /// sessions have no key: no variable of the path is the key, and there is no `#[on_handshake]` that could give one.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready queues nothing.
    fn send_info(
        message: impl IntoMessage,
        key: impl Display,
    ) -> impl Future<Output = Result<Delivered, SendError>> + Send {
        push::send(Some(EndpointId::of::<Self>()), message, key)
    }

    /// Sends `message` to every open session of this endpoint, over every server of this process and every node of a
    /// [cluster](crate::cluster), when the [`Broadcast`] that this returns is awaited.
    ///
    /// The message is encoded once, and compressed once for all who take it compressed in the same way. A session
    /// whose `#[on_open]` runs gets it right after, also if that handler sends it. The broadcast never waits for a slow receiver: where an
    /// outbox is full, the session is closed with 1013 or the message is dropped for it, as
    /// [`SlowConsumer`](crate::SlowConsumer) says. [`Delivered`] counts the sessions that queued it, and may be 0.
    ///
    /// In a cluster each other node gets the message once and answers how many have queued it.
    /// [`Delivered::is_partial`] is `true` when a node did not answer within 500 ms or cannot be reached.
    ///
    /// Java: a loop over `Session.getOpenSessions()`.
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
    ///     async fn say(text: &str, session: &Session) -> Result<(), SendError> {
    ///         Self::broadcast(text).except(session).await?;
    ///         Ok(())
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::TooLarge`] and [`SendError::Encode`] when the message cannot be queued anywhere. A message that the
    /// broker of a cluster does not take is `TooLarge`, and was sent to nobody.
    ///
    /// # Cancel safety
    ///
    /// That of [`Broadcast`].
    fn broadcast(message: impl IntoMessage) -> Broadcast {
        Broadcast::new(To::Endpoint(EndpointId::of::<Self>()), message)
    }

    /// How many sessions this endpoint has on all nodes, when the future that this returns is awaited: where there is no
    /// cluster `sessions().len()`, at once.
    ///
    /// Other nodes are asked, and have 500 ms to answer: [`Count::is_partial`] says whether there may be more.
    ///
    /// Java: the static `getOnlineCount()` beside a static map of sessions.
    ///
    /// ```
    /// # use wspring::prelude::*;
    /// # async fn example<Chat: Endpoint>() {
    /// println!("{} online", Chat::count().await.sessions);
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    fn count() -> impl Future<Output = Count> + Send {
        push::count_at(EndpointId::of::<Self>())
    }

    /// Whether [`send_info`](Self::send_info) would find a session of this endpoint for `key` at this moment.
    ///
    /// It is [`is_online`](crate::is_online), limited to one endpoint: see there.
    #[must_use]
    fn is_online(key: impl Display) -> bool {
        push::is_online_at(Some(EndpointId::of::<Self>()), key)
    }

    /// The keys that are online at this endpoint, each once, in no particular order.
    ///
    /// It is [`keys`](crate::keys), limited to one endpoint: see there.
    #[must_use]
    fn keys() -> Vec<String> {
        push::keys_at(Some(EndpointId::of::<Self>()))
    }

    /// All open sessions of this endpoint in this process whose key is `key`, the oldest first on each server.
    ///
    /// It is [`sessions_of`](crate::sessions_of), limited to one endpoint: see there.
    #[must_use]
    fn sessions_of(key: impl Display) -> Vec<Session> {
        push::sessions_at(Some(EndpointId::of::<Self>()), key)
    }

    /// Closes every session of this endpoint whose key is `key`, on all nodes, and returns how many there were.
    ///
    /// It is [`close_key`](crate::close_key), limited to one endpoint: see there.
    ///
    /// # Errors
    ///
    /// [`InvalidClose`] for a code or a reason that must not be sent; all sessions stay open.
    ///
    /// # Cancel safety
    ///
    /// That of [`close_key`](crate::close_key).
    fn close_key(
        key: impl Display,
        code: CloseCode,
        reason: &str,
    ) -> impl Future<Output = Result<Count, InvalidClose>> + Send {
        push::close_at(Some(EndpointId::of::<Self>()), key, code, reason)
    }

    /// The arguments of `#[client_endpoint]`.
    #[doc(hidden)]
    const CLIENT: ClientDeclaration = ClientDeclaration::new();

    /// Whether [`create`](Self::create) is an `#[on_open]`, so that a factory would have nothing to do.
    #[doc(hidden)]
    const MAKES_ITSELF: bool = false;

    /// Whether [`create`](Self::create) has anything to make the value with; one that is written by hand knows.
    #[doc(hidden)]
    fn is_made() -> bool {
        true
    }

    /// Whether [`on_handshake`](Self::on_handshake) has anything to decide.
    #[doc(hidden)]
    const HAS_HANDSHAKE: bool = true;

    /// In which form messages are handed over.
    #[doc(hidden)]
    const FORMS: Forms = Forms::WHOLE;

    /// Takes a message, or a part of one, in the form that [`FORMS`](Self::FORMS) says.
    #[doc(hidden)]
    fn deliver(
        &mut self,
        session: &Session,
        delivery: &mut Delivery,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        self.on_message(session, &mut delivery.message)
    }

    /// Says which state the handlers ask for, so that a server that lacks it does not start.
    #[doc(hidden)]
    fn requirements(requirements: &mut Requirements) {
        let _ = requirements;
    }

    /// The size in bytes that a handler sets for messages of its kind.
    #[doc(hidden)]
    fn max_message_size(kind: MessageKind) -> Option<usize> {
        let _ = kind;
        None
    }

    /// Parses the path and query parameters of all handlers before the 101.
    #[doc(hidden)]
    fn check(handshake: &Handshake) -> Result<(), Error> {
        let _ = handshake;
        Ok(())
    }

    /// The canonical form of a path variable's value: that of the type which a handler gives it.
    #[doc(hidden)]
    fn canonical(variable: &str, value: &str) -> Option<String> {
        let _ = (variable, value);
        None
    }
}

/// What a handler returned. That a session has ended is no failure of the handler that noticed it by sending.
pub(crate) fn handler_error(handler: &str, error: BoxError) -> Error {
    let is_end = matches!(error.downcast_ref(), Some(SendError::Closed))
        || matches!(error.downcast_ref(), Some(JoinError::Closed))
        || error.downcast_ref().is_some_and(Broken::is_behind);
    let kind = if is_end {
        ErrorKind::Closed
    } else {
        ErrorKind::Handler
    };
    Error::caused(kind, format!("`{handler}` returned an error"), error)
}
