use std::convert::Infallible;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::super::settings::Http2Limits;
use super::{Body, Deployment};
use crate::box_error::BoxError;

/// How many bytes hyper takes for each stream. More can wait in the outbox, where it is counted.
const SEND_BUFFER: usize = 16 * 1024;

/// Speaks HTTP/1.1 or HTTP/2, whichever the first bytes of the client say, until the connection is upgraded or over.
pub(super) async fn converse<I, S>(
    io: TokioIo<I>,
    service: S,
    deployment: &Deployment,
    stop: &CancellationToken,
) -> Result<(), BoxError>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    let activity = Activity::default();
    let http = builder(&activity, deployment);
    let service = service_fn(|request: Request<Incoming>| {
        activity.begun(request.version());
        service.call(request)
    });
    let mut connection = pin!(http.serve_connection_with_upgrades(io, service));
    let mut stopping = false;
    let mut seen = 0;
    loop {
        tokio::select! {
            served = connection.as_mut() => return served,
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep(deployment.handshake_timeout) => {
                if activity.goes_on(&mut seen) {
                    continue;
                }
                if stopping {
                    return Err("the client did nothing in time".into());
                }
                // Over HTTP/2 the client is told with GOAWAY, and has the same time again to leave.
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

fn builder(activity: &Activity, deployment: &Deployment) -> auto::Builder<Streams> {
    let terms = &deployment.defaults.terms;
    let head = deployment.head_limits;
    let Http2Limits {
        streams, window, ..
    } = deployment.http2;
    let mut http = auto::Builder::new(activity.streams.clone());
    // Without a timer hyper would wait for ever for the head of a request.
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(deployment.handshake_timeout)
        .max_buf_size(head.request_buffer())
        .max_headers(head.parsed_fields());
    http.http2()
        .timer(TokioTimer::new())
        .enable_connect_protocol()
        .max_concurrent_streams(streams)
        .max_header_list_size(head.header_list_size())
        .initial_stream_window_size(window)
        // Room for all streams at once, or one session that reads nothing would hold up the others.
        .initial_connection_window_size(streams.saturating_mul(window))
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(terms.ping_interval)
        .keep_alive_timeout(terms.pong_timeout);
    http
}

/// What happens on a connection: one without a request has the time of a handshake. hyper has such a deadline for
/// HTTP/1.1 alone, and there only from the first byte on.
#[derive(Default)]
struct Activity {
    requests: AtomicUsize,
    is_http1: AtomicBool,
    streams: Streams,
}

/// Runs the streams of an HTTP/2 connection, and knows whether there are any.
#[derive(Clone, Default)]
struct Streams(TaskTracker);

impl Activity {
    fn begun(&self, version: Version) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.is_http1
            .store(version < Version::HTTP_2, Ordering::Relaxed);
    }

    /// Whether there is a stream, or was one since the last time; from the first request on, hyper itself looks after
    /// HTTP/1.1.
    fn goes_on(&self, seen: &mut usize) -> bool {
        let requests = self.requests.load(Ordering::Relaxed);
        let before = std::mem::replace(seen, requests);
        requests != before || self.is_http1.load(Ordering::Relaxed) || !self.streams.0.is_empty()
    }
}

impl<F> Executor<F> for Streams
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, stream: F) {
        self.0.spawn(stream);
    }
}
