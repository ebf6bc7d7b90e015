//! Connecting out: from a URL to a session of this program with a server, and to the same endpoint trait, session and
//! connection as on the server's side.
//!
//! ```text
//! Client::connect ─▶ Target ─▶ Dial: request ─▶ hyper ─▶ answer, checked ─▶ connection::run
//!                    the URL                    exchange.rs  answer.rs          a task of its own
//!
//! Client::keep_connected ─▶ Connection: the same again and again, in a task of its own; Backoff says when
//! ```

mod answer;
mod builder;
mod connection;
mod dial;
mod exchange;
mod reconnect;
mod refused;
mod target;
#[cfg(feature = "tls")]
mod tls;

use self::dial::Dial;
use self::reconnect::Backoff;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::handshake::AnyFactory;
use crate::session::Session;

pub use self::builder::Client;
pub use self::connection::Connection;
pub use self::reconnect::Reconnect;
pub use self::refused::Refused;

/// Connects to a server with the default settings; see [`Client::connect`].
///
/// ```no_run
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Prices;
///
/// #[client_endpoint]
/// impl Prices {
///     #[on_message]
///     fn price(&self, text: &str) { println!("{text}"); }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let session = wspring::connect::<Prices>("ws://127.0.0.1:8080/prices").await?;
/// session.send("subscribe").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Those of [`Client::connect`].
///
/// # Cancel safety
///
/// That of [`Client::connect`].
pub async fn connect<E: Endpoint>(url: impl AsRef<str>) -> Result<Session, Error> {
    Client::new().connect::<E>(url).await
}

impl Client {
    /// Connects to the `ws://` or, with the feature `tls`, `wss://` URL of a server, and returns the session when the endpoint has accepted it: its
    /// `#[on_open]` has returned, messages are delivered, and messages can be sent.
    ///
    /// The endpoint's value is made as on a server, by its `#[on_open]` or by `Default`. Its handlers run in a task of
    /// the surrounding tokio runtime. The session lives until one side closes it, whoever holds or drops its handles. It
    /// is in no registry: [`send_info`](crate::send_info), `sessions()` and `broadcast` are for the sessions of servers.
    ///
    /// Redirects are not followed: a 3xx is a refusal, whose `location` the [`Refused`] has.
    ///
    /// Java: `WebSocketContainer.connectToServer(Class, URI)`.
    ///
    /// ```
    /// use wspring::prelude::*;
    /// use wspring::{Client, Refused};
    ///
    /// # async fn example<Chat: Endpoint>() -> Result<(), Error> {
    /// let client = Client::new().header("authorization", "Bearer 123");
    /// match client.connect::<Chat>("ws://127.0.0.1:8080/chat").await {
    ///     Ok(session) => println!("connected: {}", session.id()),
    ///     Err(error) => match Refused::of(&error) {
    ///         Some(refused) => println!("refused with {}", refused.status()),
    ///         None => println!("not connected: {error}"),
    ///     },
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// | [`kind`](Error::kind) | what happened |
    /// |---|---|
    /// | `Config` | the URL or a setting of this client cannot be used |
    /// | `Deployment` | the endpoint takes state that this client was not given, or nothing makes its value |
    /// | `Decode` | a query parameter of a handler is missing in the URL, or is not of its type |
    /// | `Io` | the server cannot be reached, broke off, or did not answer within [`connect_timeout`](Self::connect_timeout) |
    /// | `Protocol` | the answer was not HTTP/1.1, or its head is larger than [`max_head_bytes`](Self::max_head_bytes) and [`max_head_fields`](Self::max_head_fields) allow |
    /// | `Handshake` | the server refused, and the source is [`Refused`]; or its answer is not one that RFC 6455 §4.1 allows; or TLS does not trust it |
    /// | `Handler` | the endpoint's `#[on_open]` failed; its `#[on_error]` was told |
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready gives the attempt up. A connection that was just opened is closed with 1001; if
    /// the endpoint's `#[on_open]` is still running, it is dropped after `close_timeout`.
    pub async fn connect<E: Endpoint>(&self, url: impl AsRef<str>) -> Result<Session, Error> {
        let dial = Dial::new::<E>(self, url.as_ref(), None)?;
        let (session, _) = dial.open::<E>().await?;
        Ok(session)
    }

    /// [`connect`](Self::connect), with an endpoint that `factory` makes. Java:
    /// `WebSocketContainer.connectToServer(Object, URI)`.
    ///
    /// ```
    /// use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
    /// use wspring::prelude::*;
    /// use wspring::Client;
    ///
    /// struct Replies(UnboundedSender<String>);
    ///
    /// #[client_endpoint]
    /// impl Replies {
    ///     #[on_message]
    ///     fn reply(&self, text: String) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    ///         Ok(self.0.send(text)?)
    ///     }
    /// }
    ///
    /// # async fn example() -> Result<(), Error> {
    /// let (sender, mut replies) = unbounded_channel();
    /// let url = "ws://127.0.0.1:8080/echo";
    /// let session = Client::new().connect_with(url, |_| Replies(sender)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`connect`](Self::connect); `Deployment` too for an endpoint whose `#[on_open]` makes it.
    ///
    /// # Cancel safety
    ///
    /// That of [`connect`](Self::connect).
    pub async fn connect_with<E: Endpoint>(
        &self,
        url: impl AsRef<str>,
        factory: impl FnOnce(&Session) -> E + Send + 'static,
    ) -> Result<Session, Error> {
        let factory = AnyFactory::once(factory);
        let dial = Dial::new::<E>(self, url.as_ref(), Some(factory))?;
        let (session, _) = dial.open::<E>().await?;
        Ok(session)
    }

    /// Connects, and connects again whenever the connection ends or cannot be opened, with a new value of the endpoint each
    /// time. It returns at once; [`Connection::opened`] waits for the session.
    ///
    /// It ends for good when this program closes the session or the [`Connection`], when the server refuses for good, or when
    /// the attempts that [`Reconnect`] allows are used up; [`Connection::ended`] tells which. For good are an answer that is no
    /// WebSocket handshake, and a refusal with a status such as 401, 403 or 404: all but 408, 409, 425, 429 and 5xx (without
    /// 501 and 505), after which the next attempt may well succeed. A TLS handshake that fails is for good too: a certificate
    /// that is not trusted, or a server that does not speak TLS.
    ///
    /// Java: the `ReconnectHandler` of Tyrus.
    ///
    /// ```no_run
    /// use wspring::prelude::*;
    /// use wspring::{Client, Reconnect};
    ///
    /// #[derive(Default)]
    /// struct Prices;
    ///
    /// #[client_endpoint]
    /// impl Prices {
    ///     #[on_open]
    ///     async fn subscribe(&self, session: &Session) -> Result<(), SendError> {
    ///         session.send("subscribe").await
    ///     }
    ///
    ///     #[on_message]
    ///     fn price(&self, text: &str) { println!("{text}"); }
    /// }
    ///
    /// # async fn example() -> Result<(), Error> {
    /// let url = "ws://127.0.0.1:8080/prices";
    /// let connection = Client::new().keep_connected::<Prices>(url, Reconnect::new())?;
    /// connection.ended().await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Config` and `Deployment`, as [`connect`](Self::connect) has them. All that comes later is told by
    /// [`Connection::ended`].
    ///
    /// # Panics
    ///
    /// When it is called outside of a tokio runtime.
    pub fn keep_connected<E: Endpoint>(
        &self,
        url: impl AsRef<str>,
        reconnect: Reconnect,
    ) -> Result<Connection, Error> {
        self.keep::<E>(url.as_ref(), reconnect, None)
    }

    /// [`keep_connected`](Self::keep_connected), with endpoints that `factory` makes.
    ///
    /// # Errors
    ///
    /// Those of [`keep_connected`](Self::keep_connected); `Deployment` too for an endpoint whose `#[on_open]` makes it.
    ///
    /// # Panics
    ///
    /// When it is called outside of a tokio runtime.
    pub fn keep_connected_with<E: Endpoint>(
        &self,
        url: impl AsRef<str>,
        reconnect: Reconnect,
        factory: impl Fn(&Session) -> E + Send + Sync + 'static,
    ) -> Result<Connection, Error> {
        self.keep::<E>(url.as_ref(), reconnect, Some(AnyFactory::new(factory)))
    }

    fn keep<E: Endpoint>(
        &self,
        url: &str,
        reconnect: Reconnect,
        factory: Option<AnyFactory>,
    ) -> Result<Connection, Error> {
        if let Some(problem) = reconnect.problems().next() {
            return Err(Error::new(ErrorKind::Config, problem));
        }
        let dial = Dial::new::<E>(self, url, factory)?;
        Ok(Connection::start::<E>(dial, Backoff::new(reconnect)))
    }
}
