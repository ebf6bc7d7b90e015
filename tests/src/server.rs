//! A wspring server on a free port of this machine.

use std::net::SocketAddr;

use tokio::task::JoinHandle;
use wspring::{Builder, Error, Server, ServerHandle};

use crate::{Client, Http2Client, RawClient, soon};

/// A server that serves the endpoints of its suite until it is stopped or dropped.
#[derive(Debug)]
pub struct TestServer {
    address: SocketAddr,
    handle: ServerHandle,
    serving: JoinHandle<Result<(), Error>>,
}

impl TestServer {
    /// A server with the default settings.
    pub async fn start() -> Self {
        Self::start_with(Server::builder()).await
    }

    /// A server with other settings, on a free port.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub async fn start_with(builder: Builder) -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into(), builder).await
    }

    /// A server with other settings, at this address.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub async fn start_at(address: SocketAddr, builder: Builder) -> Self {
        let server = builder.address(address).bind().await;
        let server = server.unwrap_or_else(|error| panic!("the server does not start: {error}"));
        Self {
            address: server.local_addr(),
            handle: server.handle(),
            serving: tokio::spawn(server.serve()),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The handle of this server.
    #[must_use]
    pub fn handle(&self) -> &ServerHandle {
        &self.handle
    }

    /// The `ws://` address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address)
    }

    /// A WebSocket client that is connected to `path`.
    pub async fn connect(&self, path: &str) -> Client {
        Client::connect(&self.url(path)).await
    }

    /// An HTTP/2 connection (with prior knowledge, RFC 9113 §3.3).
    pub async fn http2(&self) -> Http2Client {
        Http2Client::over(self.raw().await.into_inner()).await
    }

    /// A TCP connection that speaks whatever the test writes.
    pub async fn raw(&self) -> RawClient {
        RawClient::connect(self.address).await
    }

    /// Shuts the server down and waits until it has drained.
    ///
    /// # Panics
    ///
    /// When it does not end, or ends with an error.
    pub async fn stop(mut self) {
        soon("the drain", self.handle.shutdown()).await;
        let served = soon("the end of the server", &mut self.serving).await;
        served
            .unwrap_or_else(|error| panic!("the server broke: {error}"))
            .unwrap_or_else(|error| panic!("the server failed: {error}"));
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
