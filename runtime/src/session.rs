//! One connection as a handler sees it: the [`Session`] handle, its outbox, its close reason and its
//! properties.

mod budget;
mod close;
mod cork;
mod encoder;
mod error;
mod expiry;
mod frame;
mod granted;
mod id;
mod limits;
mod outbox;
mod parts;
mod properties;
mod room_name;
mod segments;
mod sending;
mod spare;
mod timeout;
mod writer;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;

use http::{HeaderMap, Uri};

use crate::message::MessageKind;
use crate::request::{Handshake, Principal};
use crate::site::{EndpointId, Site};

pub(crate) use budget::{Budget, steps};
pub use close::{CloseCode, CloseReason, Initiator, InvalidClose};
pub(crate) use close::{CloseRequest, check as check_close};
pub use cork::Cork;
use encoder::FrameEncoder;
pub use error::SendError;
pub(crate) use frame::Frame;
pub(crate) use granted::Granted;
pub use id::SessionId;
pub use limits::InvalidSize;
pub use outbox::SlowConsumer;
pub(crate) use outbox::{Batch, Outbox, OutboxLimits, Overdue, SharedRoom, Turn};
pub use properties::Properties;
pub(crate) use room_name::RoomName;
pub use room_name::{InvalidRoom, JoinError};
pub(crate) use segments::Segments;
pub(crate) use spare::{copy_text, keep_text};
pub use timeout::InvalidTimeout;
pub(crate) use timeout::{SendTimeout, check_timeout};
pub use writer::MessageWriter;

/// One open connection, as its handlers and the rest of the program see it.
///
/// A session is a cheap handle: clone it, keep it, use it from any task. It does not keep the connection
/// open, and after the connection ended its sending methods return [`SendError::Closed`] while what was known
/// of the handshake can still be read.
///
/// Java: `jakarta.websocket.Session`, with its `RemoteEndpoint`s.
///
/// ```
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Echo;
///
/// #[server_endpoint("/echo")]
/// impl Echo {
///     #[on_message]
///     async fn echo(&self, session: &Session, text: &str) -> Result<(), SendError> {
///         session.send(text).await?;
///         session.send(format!("that was {} bytes", text.len())).await
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Session(Arc<Inner>);

// In this order, because a push touches the counters of the `Arc`, the outbox and nothing else: with a thousand
// receivers, each cache line counts.
#[repr(C)]
struct Inner {
    outbox: Outbox,
    id: SessionId,
    handshake: Handshake,
    properties: Properties,
    granted: Option<Box<Granted>>,
}

impl Session {
    pub(crate) fn new(
        handshake: Handshake,
        outbox: Outbox,
        granted: Granted,
        properties: Properties,
    ) -> Self {
        Self(Arc::new(Inner {
            id: SessionId::random(),
            handshake,
            outbox,
            properties,
            granted: granted.boxed(),
        }))
    }

    /// The id of this session, like no other's on this or any other node. Java: `Session.getId()`.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// Ends the session with code 1000, after what is queued was written. Java: `Session.close()`.
    ///
    /// Returns at once. `#[on_close]` runs when the peer has answered, or after the close timeout. A second
    /// call does nothing.
    pub fn close(&self) {
        self.0
            .outbox
            .close(CloseRequest::app(CloseCode::NORMAL, ""));
    }

    /// Ends the session with a code and a reason of up to 123 bytes. Java: `Session.close(CloseReason)`.
    ///
    /// # Errors
    ///
    /// [`InvalidClose`] for a code that must not be sent (RFC 6455 §7.4: 1004, 1005, 1006, 1015, and all but
    /// 1000 to 1014 and 3000 to 4999) or a reason that is too long; the session stays open.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wspring::{CloseCode, InvalidClose, Session};
    /// # fn log_out(session: &Session) -> Result<(), InvalidClose> {
    /// session.close_with(CloseCode::POLICY, "you have logged out")?;
    /// session.close_with(CloseCode::new(4000), "moved to another device")
    /// # }
    /// ```
    pub fn close_with(&self, code: CloseCode, reason: &str) -> Result<(), InvalidClose> {
        close::check(code, reason)?;
        self.0.outbox.close(CloseRequest::app(code, reason));
        Ok(())
    }

    /// Whether messages can still be queued: `false` from the moment one side began to close.
    ///
    /// Java: `Session.isOpen()`.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.outbox.is_open()
    }

    /// Waits until messages cannot be queued any more, because one side has begun to close or the connection has broken.
    /// Returns at once if that is so already.
    ///
    /// A handler that waits for something else can stop then. When the session has ended, it has the time of
    /// [`handler_grace`](crate::Builder::handler_grace) left, and is dropped after that.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use wspring::prelude::*;
    ///
    /// # async fn answer_of_a_slow_service(_: &str) -> String { String::new() }
    /// #[derive(Default)]
    /// struct Search;
    ///
    /// #[server_endpoint("/search")]
    /// impl Search {
    ///     #[on_message]
    ///     async fn search(&self, session: &Session, text: &str) -> Option<String> {
    ///         tokio::select! {
    ///             answer = answer_of_a_slow_service(text) => Some(answer),
    ///             () = session.closed() => None,
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn closed(&self) {
        self.0.outbox.closed().await;
    }

    /// The handshake that opened this session. Java: `HandshakeRequest`.
    #[must_use]
    pub fn handshake(&self) -> &Handshake {
        &self.0.handshake
    }

    /// The decoded value of a path variable. Java: `Session.getPathParameters()`.
    #[must_use]
    pub fn path_param(&self, name: &str) -> Option<&str> {
        self.handshake().path_param(name)
    }

    /// The names and decoded values of all path variables. Java: `Session.getPathParameters()`.
    pub fn path_params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.handshake().path_params()
    }

    /// The query string as it came, without the `?`. Java: `Session.getQueryString()`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.handshake().query()
    }

    /// The decoded value of the first query parameter of this name.
    /// Java: `Session.getRequestParameterMap()`.
    #[must_use]
    pub fn query_param(&self, name: &str) -> Option<&str> {
        self.handshake().query_param(name)
    }

    /// The names and decoded values of all query parameters; a name may have several values. Java:
    /// `Session.getRequestParameterMap()`.
    pub fn query_params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.handshake().query_params()
    }

    /// The whole URI that the client asked for; see [`Handshake::full_uri`]. Java: `Session.getRequestURI()`.
    #[must_use]
    pub fn full_uri(&self) -> Uri {
        self.handshake().full_uri()
    }

    /// The version of the WebSocket protocol, which is 13 (RFC 6455 §4.1). Java: `Session.getProtocolVersion()`.
    #[must_use]
    pub fn protocol_version(&self) -> &'static str {
        "13"
    }

    /// The target of the handshake request: its path and query, and in a client's session the whole URL.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        self.handshake().uri()
    }

    /// The headers of the handshake request. Java: `HandshakeRequest.getHeaders()`.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.handshake().headers()
    }

    /// The address of the client, or of the proxy in front of this server unless it is trusted
    /// ([`TrustedProxies`](crate::TrustedProxies)). The port is 0 if a trusted proxy does not tell it. `None` if the
    /// endpoints are mounted in another server that did not hand the TCP stream on.
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.handshake().remote_addr()
    }

    /// Who the user is, as `#[on_handshake]` found out ([`Accept::principal`](crate::Accept::principal)); it stays the same
    /// for as long as the session lives. Java: `Session.getUserPrincipal()`.
    #[must_use]
    pub fn principal(&self) -> Option<&Principal> {
        self.0.granted.as_ref()?.principal.as_ref()
    }

    /// The subprotocol that was agreed on. Java: `Session.getNegotiatedSubprotocol()`, where `""` is none.
    #[must_use]
    pub fn subprotocol(&self) -> Option<&str> {
        self.0.granted.as_ref()?.subprotocol.as_deref()
    }

    /// The extensions that were agreed on, with their parameters, as `Sec-WebSocket-Extensions` of the answer has them.
    /// Java: `Session.getNegotiatedExtensions()`.
    #[must_use]
    pub fn extensions(&self) -> Option<&str> {
        self.0.granted.as_ref()?.extensions.as_ref()?.to_str().ok()
    }

    /// Whether the client's connection is TLS: `wss`. `false` if a proxy has taken the TLS off, unless it is trusted
    /// ([`TrustedProxies`](crate::TrustedProxies)) and says so, and if the endpoints are mounted in another server. Java: `Session.isSecure()`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.handshake().is_secure()
    }

    /// Values that belong to this session. Java: `Session.getUserProperties()`.
    #[must_use]
    pub fn properties(&self) -> &Properties {
        &self.0.properties
    }

    /// Ends the session because of a message of a kind that no handler takes (RFC 6455 §7.4.1, code 1003).
    pub(crate) fn refuse(&self, kind: MessageKind) {
        let reason = format!("no handler takes {kind} messages");
        self.0
            .outbox
            .close(CloseRequest::runtime(CloseCode::UNSUPPORTED, reason));
    }

    pub(crate) fn endpoint(&self) -> EndpointId {
        self.site().endpoint
    }

    /// The endpoint at its path.
    pub(crate) fn site(&self) -> &Arc<Site> {
        self.0.handshake.site()
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    /// Where it is in memory: the same for all handles of one session, and for no other session while this one is there.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Whether both are handles of one session; it looks at neither.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Session {}

impl Hash for Session {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id())
            .field("uri", self.uri())
            .field("remote_addr", &self.remote_addr())
            .field("is_open", &self.is_open())
            .finish_non_exhaustive()
    }
}
