use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::{ServerHandle, deployment::Deployment};

/// The endpoints as a [`tower::Service`], made by [`Builder::into_service`](super::Builder::into_service).
///
/// ```no_run
/// use axum::Router;
/// use wspring::prelude::*;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let endpoints = Server::builder().into_service()?;
/// let handle = endpoints.handle();
/// let app: Router = Router::new().fallback_service(endpoints);
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// axum::serve(listener, app)
///     .with_graceful_shutdown(async { tokio::signal::ctrl_c().await.unwrap_or_default() })
///     .await?;
/// handle.shutdown().await; // axum does not wait for WebSockets
/// # Ok(())
/// # }
/// ```
///
/// It takes HTTP/1.1 requests whose server supports upgrades, and with the feature `http2` of this crate also the
/// extended CONNECT of HTTP/2 (RFC 8441); hyper's server has to be told to `enable_connect_protocol`, axum's does it. It
/// answers those that are for no endpoint with 404. Java: `ServerContainer.upgradeHttpToWebSocket`.
#[derive(Clone)]
pub struct EndpointService(ServerHandle);

impl EndpointService {
    pub(super) fn new(deployment: Arc<Deployment>) -> Self {
        Self(ServerHandle {
            deployment,
            stop: CancellationToken::new(),
        })
    }

    /// A handle on the sessions, to push to them and to drain them.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.0.clone()
    }
}

impl<B: Send + 'static> Service<Request<B>> for EndpointService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let deployment = Arc::clone(&self.0.deployment);
        Box::pin(async move { Ok(deployment.answer(request, None).await) })
    }
}

impl fmt::Debug for EndpointService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoints: Vec<_> = self
            .0
            .deployment
            .served()
            .iter()
            .map(ToString::to_string)
            .collect();
        f.debug_tuple("EndpointService").field(&endpoints).finish()
    }
}
