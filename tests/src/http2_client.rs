//! An HTTP/2 client of the crate hyper, for WebSockets over it (RFC 8441).

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http2::{self, SendRequest};
use hyper::ext::Protocol;
use hyper::upgrade::{self, Upgraded};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;

use crate::{Client, soon};

/// One HTTP/2 connection, on which requests and WebSockets are streams.
#[derive(Debug)]
pub struct Http2Client {
    requests: SendRequest<Empty<Bytes>>,
    connection: JoinHandle<hyper::Result<()>>,
}

/// The answer to a request over HTTP/2.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, up to its end.
    pub body: String,
}

impl Http2Client {
    /// Speaks HTTP/2 over a connection, with what it needs for a stream that is not read to fill up soon.
    ///
    /// # Panics
    ///
    /// When that does not work.
    pub async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.initial_stream_window_size(65_535)
            .initial_connection_window_size(1024 * 1024);
        let handshake = soon("HTTP/2", http.handshake(TokioIo::new(stream))).await;
        let (requests, connection) = handshake.unwrap_or_else(|error| panic!("no HTTP/2: {error}"));
        Self {
            requests,
            connection: tokio::spawn(connection),
        }
    }

    /// An extended CONNECT that opens a WebSocket at `path`, to be changed or sent.
    #[must_use]
    pub fn handshake(path: &str) -> Request<Empty<Bytes>> {
        Self::connect_to(path, "websocket")
    }

    /// An extended CONNECT for any protocol.
    ///
    /// # Panics
    ///
    /// When `path` is none.
    #[must_use]
    pub fn connect_to(path: &str, protocol: &'static str) -> Request<Empty<Bytes>> {
        Request::builder()
            .method(Method::CONNECT)
            .uri(format!("http://localhost{path}"))
            .extension(Protocol::from_static(protocol))
            .header("sec-websocket-version", "13")
            .body(Empty::new())
            .expect("a request")
    }

    /// Sends a request and reads the answer to its end, which the answer that opens a WebSocket does not have.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    pub async fn ask(&mut self, request: Request<Empty<Bytes>>) -> Answer {
        let answer = soon("an answer", self.requests.send_request(request)).await;
        let (head, body) = answer
            .unwrap_or_else(|error| panic!("no answer: {error}"))
            .into_parts();
        let body = soon("the body of an answer", body.collect()).await;
        let body = body.unwrap_or_else(|error| panic!("no body: {error}"));
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        }
    }

    /// Opens a WebSocket, and returns it with the headers of the answer.
    ///
    /// # Panics
    ///
    /// When the answer is not 200.
    pub async fn open_with(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> (Client<TokioIo<Upgraded>>, HeaderMap) {
        let answer = soon("an answer", self.requests.send_request(request)).await;
        let answer = answer.unwrap_or_else(|error| panic!("no answer: {error}"));
        assert_eq!(answer.status(), StatusCode::OK);
        let headers = answer.headers().clone();
        let upgraded = soon("the stream", upgrade::on(answer)).await;
        let upgraded = upgraded.unwrap_or_else(|error| panic!("no stream: {error}"));
        (Client::over(TokioIo::new(upgraded)).await, headers)
    }

    /// Opens a WebSocket at `path`.
    pub async fn open(&mut self, path: &str) -> Client<TokioIo<Upgraded>> {
        self.open_with(Self::handshake(path)).await.0
    }

    /// Waits for the server to end the connection.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub async fn ended(self) {
        // Whether with or without an error is the server's choice.
        let _ = soon("the end of the connection", self.connection).await;
    }
}
