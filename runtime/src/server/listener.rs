use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt as _};

use super::Server;
use super::deployment::Deployment;
use super::workers::Pool;
use crate::error::{BoxError, Error};

/// A request's head of this many bytes is always taken; browsers send 1 to 4 KiB and more with big cookies. hyper
/// counts by what it reads at once, so it may take up to twice as much.
const MAX_HEAD: usize = 32 * 1024;

/// How many connections may wait until they are accepted, where the system allows as many: when a server comes back, all
/// its clients do at once, and who finds no room tries again only a second later.
const BACKLOG: u32 = 4096;

/// How long the listener rests when the system has no more file descriptors.
const REST: Duration = Duration::from_millis(100);

/// The peer of an HTTP connection, as a request extension.
#[derive(Clone, Copy, Debug)]
pub(super) struct RemoteAddr(pub(super) SocketAddr);

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

/// Listens on the first of `addresses` that is free.
pub(super) fn listen(addresses: &[SocketAddr]) -> io::Result<TcpListener> {
    let mut failed = io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no address");
    for address in addresses {
        match listen_on(*address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Windows it would let other programs take the port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts until the server is told to stop, then drains.
pub(super) async fn serve(server: Server) -> Result<(), Error> {
    let Server {
        listener,
        deployment,
        fallback,
        stop,
        workers,
        ..
    } = server;
    let mut pool = Pool::start(workers, &deployment.sessions)?;
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let deployment = Arc::clone(&deployment);
                let (fallback, stop) = (fallback.clone(), stop.clone());
                let http = |stream| serve_http(stream, peer, deployment, fallback, stop);
                match pool.next() {
                    None => {
                        connections.spawn(http(stream));
                    }
                    Some(worker) => match adopt(stream, worker) {
                        Ok(stream) => {
                            connections.spawn_on(http(stream), worker);
                        }
                        Err(error) => {
                            tracing::error!(%peer, %error, "a connection is lost: its thread cannot take it");
                        }
                    },
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors or memory: trying again at once would only spin.
                tracing::error!(%error, "cannot accept connections at the moment");
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    let requests = async {
        // Requests that take longer are dropped with the set.
        let all = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(deployment.drain_timeout, all).await;
    };
    tokio::join!(requests, deployment.drain());
    // A handshake that was under way when the drain began may have become a session since.
    deployment.drain().await;
    Ok(())
}

/// Makes the socket known to the runtime that will wait for it.
fn adopt(stream: TcpStream, worker: &Handle) -> io::Result<TcpStream> {
    let stream = stream.into_std()?;
    let _runtime = worker.enter();
    TcpStream::from_std(stream)
}

/// Serves one HTTP connection until it becomes a session, ends, or has answered its last request.
async fn serve_http(
    stream: TcpStream,
    peer: SocketAddr,
    deployment: Arc<Deployment>,
    fallback: Option<Fallback>,
    stop: CancellationToken,
) {
    let mut http = http1::Builder::new();
    // Without a timer hyper would wait for ever for the head of a request.
    http.timer(TokioTimer::new())
        .header_read_timeout(deployment.handshake_timeout)
        .max_buf_size(MAX_HEAD);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(RemoteAddr(peer));
        answer(Arc::clone(&deployment), fallback.clone(), request)
    });
    let mut connection = pin!(
        http.serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%peer, %error, "an HTTP connection ended early");
    }
}

async fn answer(
    deployment: Arc<Deployment>,
    fallback: Option<Fallback>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path();
    let Some(Fallback(fallback)) = fallback.filter(|_| !deployment.serves(path)) else {
        return Ok(deployment.answer(request).await.map(full));
    };
    let path = path.to_owned();
    let is_handshake = request.headers().contains_key(header::UPGRADE);
    let response = fallback.oneshot(request).await.unwrap_or_else(|error| {
        tracing::error!(path, %error, "the fallback service failed");
        let mut response = Response::new(full(Full::from("the server failed\n")));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    });
    // A client that took the wrong path to an endpoint is told so, whatever the pages' 404 looks like.
    if is_handshake && response.status() == StatusCode::NOT_FOUND {
        let refusal = deployment.not_found(&path, true);
        return Ok(refusal.into_response().map(full));
    }
    Ok(response)
}

fn full(body: Full<Bytes>) -> Body {
    body.map_err(|never| match never {}).boxed_unsync()
}

/// The peer was gone before it was accepted: nothing is wrong with the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

impl fmt::Debug for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fallback")
    }
}
