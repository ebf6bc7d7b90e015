//! Serving the endpoints: settings, start-up checks, the listener, and the drain.
//!
//! ```text
//! Builder ─▶ Deployment (router, state, registry; every start-up error) ─▶ Server ─▶ accept ─▶ hyper
//!                 └─▶ EndpointService, to be mounted in another server
//! ```

mod accept;
mod ask;
mod builder;
mod contained;
mod deployment;
mod ending;
mod endpoints;
mod files;
mod health;
mod http;
mod listener;
mod proxies;
mod service;
mod settings;
mod shedding;
mod signal;
#[cfg(feature = "tls")]
mod tls;
mod trimmed;
mod workers;

use std::fmt::{self, Display};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cluster::{Node, Presence};
use crate::endpoint::{Endpoint, EndpointConfig};
use crate::error::Error;
use crate::message::IntoMessage;
use crate::push::{self, Sessions};
use crate::registry::{Count, Delivered, Registry};
use crate::session::{CloseCode, InvalidClose, SendError, Session};
use crate::site::{EndpointId, Key};

pub use builder::Builder;
use deployment::Deployment;
use ending::Ending;
use endpoints::Given;
use http::Fallback;
pub use proxies::{InvalidNetwork, TrustedProxies};
pub use service::EndpointService;
#[cfg(feature = "tls")]
pub use tls::Tls;
pub use workers::Workers;

/// A server that listens and has not yet begun to accept.
///
/// ```no_run
/// use wspring::prelude::*;
///
/// # async fn example() -> Result<(), wspring::Error> {
/// let server = Server::builder().address("127.0.0.1:0").bind().await?;
/// let handle = server.handle();
/// println!("on port {}", server.local_addr().port());
/// tokio::spawn(async move {
///     tokio::signal::ctrl_c().await.ok();
///     handle.shutdown().await;
/// });
/// server.serve().await
/// # }
/// ```
///
/// Java: `jakarta.websocket.server.ServerContainer`.
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    deployment: Arc<Deployment>,
    fallback: Option<Fallback>,
    stop: CancellationToken,
    workers: Workers,
    #[cfg(feature = "tls")]
    tls: Option<Arc<tls::Acceptor>>,
}

/// A handle on a running server, to push to its sessions and to shut it down.
///
/// What it reaches is this server alone and its cluster, if it is in one, where [`send_info`](crate::send_info) reaches
/// every server of the process: a test that runs several needs it.
#[derive(Clone)]
pub struct ServerHandle {
    deployment: Arc<Deployment>,
    stop: CancellationToken,
}

impl Server {
    /// A server with the default settings; see [`Builder`] for what can be set.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The address that the server listens on, with the port that the system chose if it was 0.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// A handle that works for as long as the server runs.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        ServerHandle {
            deployment: Arc::clone(&self.deployment),
            stop: self.stop.clone(),
        }
    }

    /// Serves until [`ServerHandle::shutdown`] is called, then drains: accepts no more connections, closes
    /// every session with 1001, and waits for their handlers, up to the drain timeout.
    ///
    /// It runs in whatever tokio runtime it is called from. Sessions are tasks of that runtime, unless
    /// [`Builder::workers`] gives them threads of their own.
    ///
    /// It does not wait for a handler that blocks its thread, but the runtime does when it is dropped: end such a program
    /// with `Runtime::shutdown_timeout` of tokio or with [`std::process::exit`], as [`run`](Self::run) does. The log names
    /// the handlers that are blocked when the drain is over.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the system starts no more threads for `workers`. The
    /// listener survives what can go wrong with single connections.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future stops accepting; sessions that are open live on. Shut down to end them.
    pub async fn serve(self) -> Result<(), Error> {
        listener::serve(self).await
    }

    /// Serves until the process gets SIGINT (Ctrl-C) or SIGTERM, then drains as [`serve`](Self::serve) does. A second
    /// signal cuts off the sessions that are still there.
    ///
    /// A handler that blocks its thread, with `thread::sleep` or a long computation, cannot be cut off, and a tokio runtime
    /// waits for its threads when it is dropped. So if a handler is still running when the drain is over, the log names
    /// it, and two seconds later the process ends with the exit code 1.
    ///
    /// It prints the address, and a line for each endpoint with its path and where it was declared.
    ///
    /// # Errors
    ///
    /// Those of [`serve`](Self::serve).
    ///
    /// # Cancel safety
    ///
    /// That of [`serve`](Self::serve).
    pub async fn run(self) -> Result<(), Error> {
        // A closed stdout, as behind `| head`, is no reason not to serve.
        let _ = writeln!(io::stdout(), "{self}");
        if let Some(max_connections) = self.deployment.door.max_connections() {
            tracing::info!(max_connections, "more connections are refused");
        }
        let _ending = Ending::on_signal(self.handle())?;
        self.serve().await
    }
}

impl ServerHandle {
    /// Stops accepting, refuses new sessions with 503, closes every session with 1001, and waits until all
    /// handlers have returned or the drain timeout has passed; then cuts off what is left.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future after its first poll ends the wait and not the shutdown.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.deployment.drain().await;
    }

    /// Pushes to the sessions of this server whose key is `key`, and with a broker to those of its cluster; see
    /// [`send_info`](crate::send_info).
    ///
    /// # Errors
    ///
    /// Those of [`send_info`](crate::send_info).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready queues nothing.
    pub fn send_info(
        &self,
        message: impl IntoMessage,
        key: impl Display,
    ) -> impl Future<Output = Result<Delivered, SendError>> + Send {
        push::send_from(self.registries().into(), None, message, key)
    }

    /// Whether [`send_info`](Self::send_info) would find a session for `key` at this moment; see
    /// [`is_online`](crate::is_online).
    #[must_use]
    pub fn is_online(&self, key: impl Display) -> bool {
        push::is_online_among(&self.registries(), None, key)
    }

    /// The keys of the sessions of this server, and with a broker of its cluster, in no particular order; see
    /// [`keys`](crate::keys).
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        push::keys_among(&self.registries(), None)
    }

    /// All open sessions of this server whose key is `key`, the oldest first; see [`sessions_of`](crate::sessions_of).
    #[must_use]
    pub fn sessions_of(&self, key: impl Display) -> Vec<Session> {
        push::sessions_among(&self.registries(), None, key)
    }

    /// Closes the sessions of this server whose key is `key`, and with a broker those of its cluster; see
    /// [`close_key`](crate::close_key).
    ///
    /// # Errors
    ///
    /// [`InvalidClose`] for a code or a reason that must not be sent; all sessions stay open.
    ///
    /// # Cancel safety
    ///
    /// That of [`close_key`](crate::close_key).
    pub fn close_key(
        &self,
        key: impl Display,
        code: CloseCode,
        reason: &str,
    ) -> impl Future<Output = Result<Count, InvalidClose>> + Send {
        let (registries, key) = (self.registries(), Key::new(key));
        let reason = reason.to_owned();
        async move { push::close_among(&registries, None, key, code, &reason).await }
    }

    /// Who is online in the cluster of this server; `None` where it is in none. Java: `SimpUserRegistry`, of Spring.
    #[must_use]
    pub fn presence(&self) -> Option<Presence> {
        Node::of(&self.deployment.registry).map(Presence::new)
    }

    /// Adds an endpoint while the server runs: `factory` makes its value for each connection. Java:
    /// `ServerContainer.addEndpoint`.
    ///
    /// ```
    /// use wspring::prelude::*;
    ///
    /// struct Echo;
    ///
    /// impl Endpoint for Echo {
    ///     async fn on_message(&mut self, session: &Session, message: &mut Message) -> Result<(), Error> {
    ///         session.send(message.clone()).await.map_err(Error::handler)
    ///     }
    /// }
    ///
    /// # fn example(server: &wspring::ServerHandle) -> Result<(), Error> {
    /// server.add_endpoint("/echo/{name}", |_| Echo)?;
    /// assert!(server.remove_endpoint("/echo/{name}"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Deployment`](crate::ErrorKind::Deployment) for a path that breaks the grammar or means the same as
    /// that of another endpoint, and for state that nobody gave; the server then serves what it served before.
    pub fn add_endpoint<E: Endpoint>(
        &self,
        config: impl Into<EndpointConfig>,
        factory: impl Fn(&Session) -> E + Send + Sync + 'static,
    ) -> Result<(), Error> {
        self.deployment.add(Given::new(config.into(), factory))
    }

    /// Removes the endpoint whose path was written like `path`; `false` when there is none.
    ///
    /// It gets no more handshakes. Its sessions live on: close those of [`sessions`](Self::sessions) to end them.
    pub fn remove_endpoint(&self, path: &str) -> bool {
        self.deployment.remove(path)
    }

    /// The open sessions of the endpoint `E` on this server.
    #[must_use]
    pub fn sessions<E: Endpoint>(&self) -> Sessions {
        Sessions::new(EndpointId::of::<E>(), self.registries().into())
    }

    /// The sessions of this server alone.
    fn registries(&self) -> [Arc<Registry>; 1] {
        [Arc::clone(&self.deployment.registry)]
    }
}

impl Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[cfg(feature = "tls")]
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        write!(f, "wspring listens on {scheme}://{}", self.local_addr)?;
        let mut any = false;
        for served in self.deployment.served() {
            write!(f, "\n  {served}")?;
            any = true;
        }
        if !any {
            f.write_str(
                "\n  no endpoint: is the crate that declares them linked into this program?",
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("local_addr", &self.local_addr)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandle")
            .field("stopping", &self.stop.is_cancelled())
            .finish_non_exhaustive()
    }
}
