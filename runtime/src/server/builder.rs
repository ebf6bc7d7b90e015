mod cluster;
mod door;
#[cfg(feature = "http2")]
mod http2;
mod sizes;
mod times;

use std::fmt;
use std::sync::Arc;

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
use crate::box_error::BoxError;
use crate::cluster::Broker;
use crate::endpoint::{Endpoint, EndpointConfig};
use crate::error::{Error, ErrorKind};
use crate::handshake::Compression;
use crate::session::Session;
use crate::site::{StateMap, Unhandled, UnsentReply};

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
    broker: Option<Arc<dyn Broker>>,
}

impl Builder {
    /// The address to listen on, as `host:port`; port 0 takes a free one. Default: `127.0.0.1:8080`.
    #[must_use]
    pub fn address(mut self, address: impl fmt::Display) -> Self {
        self.settings.address = address.to_string();
        self
    }

    /// Gives the value that handlers take as [`State<T>`](crate::State): one for each type, so that a second one takes the
    /// place of the first.
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

    /// Sets what happens when the reply of a handler is larger than [`outbox_bytes`](Self::outbox_bytes), as `close` or
    /// `ignore`. Default: [`UnsentReply::Close`].
    #[must_use]
    pub fn unsent_reply(mut self, policy: UnsentReply) -> Self {
        self.settings.unsent_reply = policy;
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
    /// [`ErrorKind::Io`] when the broker of the cluster cannot be reached within 5 s.
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
        self.settings.warn_of_files();
        if let Some(broker) = self.settings.broker(self.broker).await? {
            deployment.join_cluster(broker, &self.settings);
            deployment.await_cluster().await?;
        }
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
    /// `address`, `workers`, `fallback`, TLS, the time for the head of a request and its size are the other server's business
    /// then, and so are `max_connections_per_ip`, `handshakes_per_second_per_ip` and `trusted_proxies`, because a mounted
    /// service does not see addresses.
    ///
    /// # Errors
    ///
    /// Those of [`bind`](Self::bind), but for the address; [`ErrorKind::Config`] where one of those three is set, where
    /// there is a `broker_url`, because connecting takes time, and where a [`broker`](Self::broker) is given outside a
    /// runtime of tokio.
    pub fn into_service(self) -> Result<EndpointService, Error> {
        if let Some(setting) = self.settings.setting_of_addresses() {
            let text = format!(
                "`{setting}` has no meaning in a service that is mounted, which does not see addresses: leave it out, and set it in the server around it"
            );
            return Err(Error::new(ErrorKind::Config, text));
        }
        let deployment = Deployment::new(&self.settings, self.state, self.endpoints)?;
        if let Some(broker) = self.settings.broker_of_service(self.broker)? {
            deployment.join_cluster(broker, &self.settings);
        }
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
            .field("broker", &self.broker.is_some())
            .finish()
    }
}
