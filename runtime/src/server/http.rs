//! HTTP on a connection that was accepted: each request goes to its endpoint, or to the fallback service.
//!
//! Without the feature `http2` the server speaks HTTP/1.1 (`http1.rs`), with it whatever the
//! client's first bytes say (`auto.rs`). A request over HTTP/2 is given the form of HTTP/1.1
//! (`in_origin_form`), so only its verification and its answer differ. A connection has window
//! for all its streams at once: a session that reads nothing holds up no other.
//! hyper copies what is written to a stream and hands it to a task, so a session costs more there
//! than on a connection of its own.

mod admission;
#[cfg(feature = "http2")]
mod auto;
#[cfg(not(feature = "http2"))]
mod http1;
mod refusals;
mod visited;

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt as _};

#[cfg(feature = "http2")]
use self::auto::converse;
#[cfg(not(feature = "http2"))]
use self::http1::converse;
use self::refusals::Refusals;
use self::visited::Visited;
use super::accept::SharedOutbox;
use super::contained::caught;
use super::deployment::{Deployment, beginning};
#[cfg(feature = "tls")]
use super::tls::Acceptor;
use crate::box_error::BoxError;
use crate::escaped::Escaped;
use crate::handshake::{self, Arrival, HttpStream, Refusal, Visit};
use crate::log_limits::{LogKind, log_limited};
use crate::request::{Peer, Secure};

type Body = UnsyncBoxBody<Bytes, BoxError>;

/// What answers requests that are for no endpoint.
#[derive(Clone)]
pub(super) struct Fallback(BoxCloneSyncService<Request<Incoming>, Response<Body>, BoxError>);

impl Fallback {
    pub(super) fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let boxed =
            |response: Response<B>| response.map(|body| body.map_err(Into::into).boxed_unsync());
        Self(BoxCloneSyncService::new(
            service.map_response(boxed).map_err(Into::into),
        ))
    }
}

/// What serves the connections of a server.
#[derive(Clone)]
pub(super) struct Http {
    pub(super) deployment: Arc<Deployment>,
    pub(super) fallback: Option<Fallback>,
    pub(super) stop: CancellationToken,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Arc<Acceptor>>,
}

impl Http {
    /// Serves one connection until it becomes a session, ends, has answered its last request, or has to leave for
    /// another one.
    pub(super) async fn serve(self, stream: TcpStream, peer: SocketAddr, arrival: Arrival) {
        let logs = Arc::clone(&self.deployment.defaults.logs);
        let arrival = &arrival;
        tokio::select! {
            () = self.serve_guest(stream, peer, arrival) => {}
            () = arrival.shed() => log_limited!(
                logs,
                LogKind::Shed,
                %peer,
                "a connection without a request was cut off to make room for another one"
            ),
        }
    }

    async fn serve_guest(self, mut stream: TcpStream, peer: SocketAddr, arrival: &Arrival) {
        let Some((peer, secure)) = self.introduce(&mut stream, peer, arrival).await else {
            return;
        };
        // Here for plain HTTP and for HTTP/2 as well: their slow clients are told from dead ones by what they take.
        handshake::without_delay(&stream);
        self.deployment.defaults.terms.buffers.apply(&stream);
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            // Verifiers and resolvers of certificates may be the program's own.
            let accepted = caught(tls.accept(stream, self.deployment.handshake_timeout));
            let accepted = tokio::select! {
                accepted = accepted => accepted,
                () = self.stop.cancelled() => return,
            };
            match accepted {
                Ok(Ok((stream, secure))) => {
                    self.converse(stream, peer, Some(secure), arrival).await;
                }
                Err(panic) => {
                    let logs = &self.deployment.defaults.logs;
                    log_limited!(logs, LogKind::HandshakeFailed, peer = ?peer.remote_addr, error = %panic, "the configuration of TLS failed");
                }
                Ok(Err(error)) => {
                    let logs = &self.deployment.defaults.logs;
                    log_limited!(logs, LogKind::TlsFailed, peer = ?peer.remote_addr, %error, "a TLS handshake failed");
                }
            }
            return;
        }
        self.converse(stream, peer, secure, arrival).await;
    }

    async fn converse<I>(self, stream: I, peer: Peer, secure: Option<Secure>, arrival: &Arrival)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self {
            deployment,
            fallback,
            stop,
            ..
        } = self;
        // It ends with the server, or earlier for its own reason.
        let end = stop.child_token();
        let refusals = Refusals::new(deployment.max_refusals, end.clone());
        let shared = OnceLock::new();
        let service = service_fn(|mut request: Request<Incoming>| {
            if request.version() == Version::HTTP_2 {
                let outbox = shared.get_or_init(|| SharedOutbox::new(&deployment));
                request.extensions_mut().insert(outbox.clone());
            }
            let extensions = request.extensions_mut();
            extensions.insert(peer);
            if let Some(secure) = &secure {
                extensions.insert(secure.clone());
            }
            let (version, refusals) = (request.version(), refusals.clone());
            let (deployment, fallback) = (Arc::clone(&deployment), fallback.clone());
            let answer = answer(deployment, fallback, request, arrival.visit());
            async move {
                let mut response = answer.await?;
                refusals.count(version, &mut response);
                Ok::<_, Infallible>(response)
            }
        });
        let write_timeout = deployment.defaults.terms.write_timeout;
        let io = TokioIo::new(HttpStream::new(stream, write_timeout));
        if let Err(error) = converse(io, service, &deployment, &end).await {
            let of_hyper = error.downcast_ref::<hyper::Error>();
            if of_hyper.is_some_and(hyper::Error::is_parse_too_large) {
                let logs = &deployment.defaults.logs;
                log_limited!(logs, LogKind::BadRequest, peer = ?peer.remote_addr, status = 431, "the head of a request is far too large: send less, or raise `max_head_bytes` or `max_head_fields`");
                return;
            }
            tracing::debug!(peer = ?peer.remote_addr, %error, "an HTTP connection ended early");
        }
    }
}

async fn answer(
    deployment: Arc<Deployment>,
    fallback: Option<Fallback>,
    request: Request<Incoming>,
    visit: Result<Visit, Refusal>,
) -> Result<Response<Body>, Infallible> {
    let visit = match visit {
        Ok(visit) => visit,
        Err(refusal) => return Ok(refusal.into_response().map(full)),
    };
    let path = request.uri().path();
    if let Err(refusal) = deployment.head_limits.verify(&request) {
        let peer = request.extensions().get::<Peer>();
        deployment.log_refused(peer.and_then(|peer| peer.remote_addr), path, &refusal);
        return Ok(refusal.into_response().map(full));
    }
    let Some(Fallback(fallback)) = fallback.filter(|_| !deployment.serves(path)) else {
        return Ok(deployment.answer(request, Some(visit)).await.map(full));
    };
    let path = path.to_owned();
    let peer = request.extensions().get::<Peer>();
    let peer = peer.and_then(|peer| peer.remote_addr);
    let is_handshake = handshake::is_handshake(request.headers(), request.extensions());
    let answered = caught(fallback.oneshot(request)).await;
    let answered = answered.unwrap_or_else(|panic| Err(panic.into()));
    let response = answered.unwrap_or_else(|error| {
        let (logs, path) = (&deployment.defaults.logs, beginning(&path));
        log_limited!(logs, LogKind::FallbackFailed, ?peer, path, error = %Escaped(error), "the fallback service failed");
        let mut response = Response::new(full(Full::from("the server failed\n")));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    });
    // A client that took the wrong path to an endpoint is told so, whatever the pages' 404 looks like.
    if is_handshake && response.status() == StatusCode::NOT_FOUND {
        let refusal = deployment.not_found(&path, true, peer);
        return Ok(refusal.into_response().map(full));
    }
    // Its body may take long.
    Ok(response.map(|body| {
        Visited {
            body,
            _visit: visit,
        }
        .boxed_unsync()
    }))
}

fn full(body: Full<Bytes>) -> Body {
    body.map_err(|never| match never {}).boxed_unsync()
}

impl fmt::Debug for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fallback")
    }
}
