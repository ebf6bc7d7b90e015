use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::net::lookup_host;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::deployment::Deployment;
use super::endpoints::{Endpoints, Given};
use super::http::Fallback;
use super::listener;
use super::settings::Settings;
#[cfg(feature = "tls")]
use super::tls::Tls;
use super::{EndpointService, Server, Workers};
use crate::endpoint::{Endpoint, EndpointConfig, StateMap, Unhandled};
use crate::error::{BoxError, Error, ErrorKind};
use crate::handshake::{Compression, Origins};
use crate::session::{Session, SlowConsumer};

/// Everything that can be set about a server, with safe defaults.
///
/// ```no_run
/// use std::time::Duration;
/// use wspring::prelude::*;
///
/// # async fn example() -> Result<(), wspring::Error> {
/// Server::builder()
///     .address("0.0.0.0:8009")
///     .ping_interval(Duration::from_secs(15))
///     .configure()? // wspring.toml and WSPRING_… variables have the last word
///     .run()
///     .await
/// # }
/// ```
///
/// Sizes are at least 1 and times more than 0, but for `drain_timeout`; what is out of bounds keeps the server from
/// starting. In `wspring.toml` and the environment the settings have the names of the methods here: `outbox_bytes = 65536`
/// and `WSPRING_OUTBOX_BYTES=65536`; times are written like `"25s"` or `"500ms"`, and none is longer than a day.
#[derive(Default)]
pub struct Builder {
    settings: Settings,
    state: StateMap,
    endpoints: Endpoints,
    fallback: Option<Fallback>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Builder {
    /// The address to listen on, as `host:port`; port 0 takes a free one. Default: `127.0.0.1:8080`.
    #[must_use]
    pub fn address(mut self, address: impl fmt::Display) -> Self {
        self.settings.address = address.to_string();
        self
    }

    /// Gives the value that handlers take as [`State<T>`](crate::State); one value for each type.
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(mut self, state: T) -> Self {
        self.state.insert(state);
        self
    }

    /// Serves an endpoint that is implemented by hand, or has no path of its own: `factory` makes its value for each
    /// connection. Java: `ServerEndpointConfig`, and its `Configurator.getEndpointInstance`.
    ///
    /// ```
    /// use wspring::prelude::*;
    ///
    /// struct Echo { greeting: String }
    ///
    /// impl Endpoint for Echo {
    ///     async fn on_open(&mut self, session: &Session) -> Result<(), Error> {
    ///         session.send(&*self.greeting).await.map_err(Error::handler)
    ///     }
    ///
    ///     async fn on_message(&mut self, session: &Session, message: &mut Message) -> Result<(), Error> {
    ///         session.send(message.clone()).await.map_err(Error::handler)
    ///     }
    /// }
    ///
    /// let server = Server::builder().endpoint("/echo/{name}", |session| {
    ///     let name = session.path_param("name").unwrap_or_default();
    ///     Echo { greeting: format!("welcome, {name}") }
    /// });
    /// ```
    #[must_use]
    pub fn endpoint<E: Endpoint>(
        mut self,
        config: impl Into<EndpointConfig>,
        factory: impl Fn(&Session) -> E + Send + Sync + 'static,
    ) -> Self {
        self.endpoints.give(Given::new(config.into(), factory));
        self
    }

    /// Makes the values of a registered endpoint, in place of its `Default`. Java: `Configurator.getEndpointInstance`.
    ///
    /// An endpoint whose `#[on_open]` makes it takes no factory; that is an error when the server starts.
    #[must_use]
    pub fn factory<E: Endpoint>(
        mut self,
        factory: impl Fn(&Session) -> E + Send + Sync + 'static,
    ) -> Self {
        self.endpoints.make(factory);
        self
    }

    /// Chooses which of the registered endpoints are served. Default: all of them. Java: `ServerApplicationConfig`.
    ///
    /// ```
    /// use wspring::Server;
    ///
    /// let server = Server::builder().registered(|endpoint| endpoint.path().starts_with("/public/"));
    /// ```
    #[must_use]
    pub fn registered(
        mut self,
        served: impl Fn(&EndpointConfig) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.endpoints.choose(served);
        self
    }

    /// Answers every request that is not for an endpoint, so that plain HTTP is served beside them.
    ///
    /// Any [`tower::Service`] will do, an axum `Router` among them. An error of it is answered with 500.
    #[must_use]
    pub fn fallback<S, B>(mut self, service: S) -> Self
    where
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.fallback = Some(Fallback::new(service));
        self
    }

    /// The largest message that a peer may send, in bytes over all its fragments; beyond it the connection ends
    /// with 1009. An endpoint may have its own. It does not apply to a [`Partial`](crate::Partial) or a
    /// [`MessageReader`](crate::MessageReader). Default: 65,536.
    #[must_use]
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.settings.max_message_size = bytes;
        self
    }

    /// The most fragments that one message may come in; beyond it the connection ends with 1008. Default: one for
    /// each 64 bytes that the message may have, and at least 1,024. Where a message is taken in parts, it is how many
    /// there may be from one part to the next.
    #[must_use]
    pub fn max_fragments(mut self, fragments: usize) -> Self {
        self.settings.max_fragments = Some(fragments);
        self
    }

    /// How many bytes one session may have queued. Default: 1,048,576.
    #[must_use]
    pub fn outbox_bytes(mut self, bytes: usize) -> Self {
        self.settings.outbox_bytes = bytes;
        self
    }

    /// How many messages one session may have queued. Default: 1,024.
    #[must_use]
    pub fn outbox_messages(mut self, messages: usize) -> Self {
        self.settings.outbox_messages = messages;
        self
    }

    /// What happens to a session whose outbox is full when something is pushed to it: `close` or `drop`.
    /// Default: [`SlowConsumer::Close`].
    #[must_use]
    pub fn slow_consumer(mut self, policy: SlowConsumer) -> Self {
        self.settings.slow_consumer = policy;
        self
    }

    /// How long [`Session::send`](crate::Session::send) and its kin, and the replies of handlers, wait for room in an
    /// outbox before they fail with [`SendError::Timeout`](crate::SendError::Timeout); see
    /// [`Session::set_send_timeout`](crate::Session::set_send_timeout). Default: without an end, or until
    /// [`write_timeout`](Self::write_timeout) ends the session.
    ///
    /// Java: `WebSocketContainer.setAsyncSendTimeout`.
    #[must_use]
    pub fn send_timeout(mut self, timeout: Duration) -> Self {
        self.settings.send_timeout = Some(timeout);
        self
    }

    /// How often each peer is pinged (RFC 6455 §5.5.2). Default: 25 s.
    #[must_use]
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.settings.ping_interval = interval;
        self
    }

    /// How long a peer may be silent after a ping before it counts as gone (1006). Default: 20 s.
    #[must_use]
    pub fn pong_timeout(mut self, timeout: Duration) -> Self {
        self.settings.pong_timeout = timeout;
        self
    }

    /// How long a peer may take from the first to the last byte of one message, or from one part to the next of one that is
    /// taken in parts; then the connection ends with 1008. Default: 60 s.
    #[must_use]
    pub fn message_timeout(mut self, timeout: Duration) -> Self {
        self.settings.message_timeout = timeout;
        self
    }

    /// How long a peer may take nothing of what waits for it, messages or answers to its requests, before it is cut
    /// off (1006). Default: 60 s.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.settings.write_timeout = timeout;
        self
    }

    /// How long a session may be idle before it is closed with 1001. Default: for ever, because the runtime's pings find
    /// the peers that are gone.
    ///
    /// Messages, pings and pongs count as activity, in either direction; what is sent counts when it is written. The
    /// pings that the runtime sends by itself do not count, nor do the pongs that answer them: they say that a peer is
    /// there, and not that it is used.
    ///
    /// An endpoint may have its own, and so may each session ([`Session::set_idle_timeout`](crate::Session::set_idle_timeout)).
    ///
    /// Java: `WebSocketContainer.setDefaultMaxSessionIdleTimeout`.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.idle_timeout = Some(timeout);
        self
    }

    /// How long a client may take for the handshake of TLS, to send the head of a request, and then `#[on_handshake]` to
    /// decide about it. Default:
    /// 10 s.
    #[must_use]
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.settings.handshake_timeout = timeout;
        self
    }

    /// How long a peer may take to answer a Close frame, counted from the last byte that it took, and twelve times as
    /// long in all. Default: 5 s.
    #[must_use]
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.settings.close_timeout = timeout;
        self
    }

    /// How long the drain waits for handlers and goodbyes. Default: 30 s.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.settings.drain_timeout = timeout;
        self
    }

    /// How many connections there may be, those too whose handshake is under way; the next one is answered 503 with
    /// `Retry-After`. Default: no limit but that of the system's file descriptors.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.settings.max_connections = Some(connections);
        self
    }

    /// How many connections one address may have, those too whose handshake is under way; the next one is answered 429
    /// with `Retry-After`. Of IPv6 the first 64 bits count, which one customer has. Default: no limit.
    ///
    /// Behind a proxy all connections come from the proxy's address: leave the limit off there, and set it in the proxy.
    /// A company or a mobile network may have one address for thousands of people.
    #[must_use]
    pub fn max_connections_per_ip(mut self, connections: usize) -> Self {
        self.settings.max_connections_per_ip = Some(connections);
        self
    }

    /// How many connections one key may have at one endpoint; the next one is answered 429 with `Retry-After`. It has no
    /// meaning for endpoints with `on_duplicate = "reject"` or `"close_older"`, which have one. Default: no limit.
    #[must_use]
    pub fn max_connections_per_key(mut self, connections: usize) -> Self {
        self.settings.max_connections_per_key = Some(connections);
        self
    }

    /// How many handshakes are looked at in a second, in bursts of at most as many; more are answered 429 with
    /// `Retry-After`, before `#[on_handshake]` is asked. Default: no limit.
    #[must_use]
    pub fn handshakes_per_second(mut self, handshakes: usize) -> Self {
        self.settings.handshakes_per_second = Some(handshakes);
        self
    }

    /// Which web pages may connect, as `same`, `any` or a list; an endpoint may have its own. Default:
    /// [`Origins::same`].
    #[must_use]
    pub fn origins(mut self, origins: Origins) -> Self {
        self.settings.origins = origins;
        self
    }

    /// Whether messages are compressed where the client offers it (RFC 7692), as `on` or `off`; an endpoint may have
    /// its own. Default: [`Compression::off`].
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.settings.compression = compression;
        self
    }

    /// What happens to a message of a kind that no handler takes, as `close` or `ignore`; an endpoint may have its own.
    /// Default: [`Unhandled::Close`].
    #[must_use]
    pub fn unhandled(mut self, policy: Unhandled) -> Self {
        self.settings.unhandled = policy;
        self
    }

    /// Which threads run the connections, as `shared`, `per-core` or a number. Default: [`Workers::shared`].
    #[must_use]
    pub fn workers(mut self, workers: Workers) -> Self {
        self.settings.workers = workers;
        self
    }

    /// Serves `https` and `wss` instead of `http` and `ws`, with the feature `tls`. In `wspring.toml` the two files of
    /// [`Tls::from_pem_files`] are `tls_certificate` and `tls_key`; they take the place of what is given here. Default: no
    /// TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Lets `wspring.toml` in the working directory, if there is one, and then the environment
    /// (`WSPRING_ADDRESS=0.0.0.0:80`) override what was set so far.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a name that is no setting, or a value that is not of its type.
    pub fn configure(mut self) -> Result<Self, Error> {
        self.settings = self.settings.overridden()?;
        Ok(self)
    }

    /// Checks everything and listens, without accepting yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] and [`ErrorKind::Deployment`] with all that is wrong in one text: two endpoints
    /// whose paths mean the same, state that nobody gave, a setting out of its bounds. [`ErrorKind::Config`] when the
    /// certificate for TLS cannot be used, and [`ErrorKind::Bind`] when the address cannot be listened on.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready listens to nothing.
    pub async fn bind(self) -> Result<Server, Error> {
        let deployment = Deployment::new(&self.settings, self.state, self.endpoints)?;
        #[cfg(feature = "tls")]
        let tls = match self.settings.tls().or(self.tls) {
            Some(tls) => Some(Arc::new(tls.acceptor()?)),
            None => None,
        };
        let address = &self.settings.address;
        let cannot = |error| {
            let text = format!(
                "cannot listen on {address}: choose another address (`WSPRING_ADDRESS`, `address` in wspring.toml) or stop the program that uses this one"
            );
            Error::caused(ErrorKind::Bind, text, error)
        };
        let addresses: Vec<_> = lookup_host(address).await.map_err(cannot)?.collect();
        let listener = listener::listen(&addresses).map_err(cannot)?;
        let local_addr = listener.local_addr().map_err(cannot)?;
        Ok(Server {
            listener,
            local_addr,
            deployment: Arc::new(deployment),
            fallback: self.fallback,
            stop: CancellationToken::new(),
            workers: self.settings.workers,
            #[cfg(feature = "tls")]
            tls,
        })
    }

    /// [`bind`](Self::bind) and [`Server::run`] in one.
    ///
    /// # Errors
    ///
    /// Those of the two.
    ///
    /// # Cancel safety
    ///
    /// That of [`Server::serve`].
    pub async fn run(self) -> Result<(), Error> {
        self.bind().await?.run().await
    }

    /// The endpoints as a [`tower::Service`], to be mounted in another server such as an axum `Router`.
    /// `address`, `workers`, `fallback`, TLS and the time for the head of a request are the other server's business then.
    ///
    /// # Errors
    ///
    /// Those of [`bind`](Self::bind), but for the address.
    pub fn into_service(self) -> Result<EndpointService, Error> {
        let deployment = Deployment::new(&self.settings, self.state, self.endpoints)?;
        Ok(EndpointService::new(Arc::new(deployment)))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .field("state", &self.state)
            .field("endpoints", &self.endpoints)
            .field("fallback", &self.fallback.is_some())
            .finish()
    }
}
