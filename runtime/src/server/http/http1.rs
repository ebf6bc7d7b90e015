use std::convert::Infallible;
use std::pin::pin;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::{Body, Deployment};
use crate::box_error::BoxError;

/// Speaks HTTP/1.1 until the connection is upgraded or over.
pub(super) async fn converse<I, S>(
    io: TokioIo<I>,
    service: S,
    deployment: &Deployment,
    stop: &CancellationToken,
) -> Result<(), BoxError>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
{
    let head = deployment.head_limits;
    let mut http = http1::Builder::new();
    // Without a timer hyper would wait for ever for the head of a request.
    http.timer(TokioTimer::new())
        .header_read_timeout(deployment.handshake_timeout)
        .max_buf_size(head.request_buffer())
        .max_headers(head.parsed_fields());
    let mut connection = pin!(http.serve_connection(io, service).with_upgrades());
    tokio::select! {
        served = connection.as_mut() => served?,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await?;
        }
    }
    Ok(())
}
