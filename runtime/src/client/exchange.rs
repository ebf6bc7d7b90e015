//! The HTTP side of a handshake: hyper writes the request, reads the answer, and gives the stream back.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::{Error, ErrorKind};
use crate::handshake::HeadLimits;

/// The body of an answer is kept up to this many bytes.
const MAX_BODY: usize = 8 * 1024;

/// How long a server may take to send as much of a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(1);

/// What a server answered.
pub(super) enum Answer<T: AsyncRead + AsyncWrite + Unpin> {
    /// 101: the stream, and what came right behind the answer.
    Switched(Response<Bytes>, T, Bytes),
    /// Anything else, whose body may be on its way.
    Other(Box<Unread<T>>),
}

/// An answer whose body has not been read.
pub(super) struct Unread<T: AsyncRead + AsyncWrite + Unpin> {
    answer: Response<Incoming>,
    driver: Driver<T>,
}

/// A connection that hyper drives while somebody waits for its answer.
struct Driver<T: AsyncRead + AsyncWrite + Unpin> {
    connection: http1::Connection<TokioIo<T>, Empty<Bytes>>,
    is_done: bool,
}

/// Sends `request` on `stream`, and waits for the answer.
pub(super) async fn exchange<T>(
    stream: T,
    request: Request<Empty<Bytes>>,
    limits: HeadLimits,
) -> Result<Answer<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut http = http1::Builder::new();
    let http = http
        .max_buf_size(limits.answer_buffer())
        .max_header_size(limits.bytes)
        .max_headers(limits.parsed_fields());
    let failed = |error| failed(error, limits);
    let handshake = http.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(failed)?;
    let mut driver = Driver {
        connection,
        is_done: false,
    };
    let mut answer = pin!(sender.send_request(request));
    let answer = poll_fn(|cx| {
        let driven = driver.poll(cx);
        match answer.as_mut().poll(cx) {
            // It counts also where the connection fails behind it.
            Poll::Ready(Ok(answer)) => Poll::Ready(Ok(answer)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(driven.err().unwrap_or(error))),
            Poll::Pending => match driven {
                Err(error) => Poll::Ready(Err(error)),
                Ok(()) => Poll::Pending,
            },
        }
    });
    let answer = answer.await.map_err(failed)?;
    let fields = answer.headers().len();
    if fields > limits.fields {
        return Err(too_large(&format!("has {fields} header fields"), limits));
    }
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        let parts = driver.connection.into_parts();
        let answer = answer.map(|_| Bytes::new());
        // Even empty, hyper's buffer would keep its 8 KiB alive.
        let received = Bytes::copy_from_slice(&parts.read_buf);
        return Ok(Answer::Switched(answer, parts.io.into_inner(), received));
    }
    Ok(Answer::Other(Box::new(Unread { answer, driver })))
}

impl<T: AsyncRead + AsyncWrite + Unpin> Unread<T> {
    /// The answer, with as much of its body as is kept and as comes soon: what the server says counts also where its body
    /// has no end.
    pub(super) async fn read(self: Box<Self>) -> Response<Bytes> {
        let Self { answer, mut driver } = *self;
        let (head, body) = answer.into_parts();
        let mut read = Vec::new();
        let _ = tokio::time::timeout(BODY_TIMEOUT, driver.read(body, &mut read)).await;
        Response::from_parts(head, read.into())
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Driver<T> {
    /// Does what can be done now.
    fn poll(&mut self, cx: &mut Context<'_>) -> hyper::Result<()> {
        if !self.is_done
            && let Poll::Ready(done) = self.connection.poll_without_shutdown(cx)
        {
            self.is_done = true;
            return done;
        }
        Ok(())
    }

    /// As much of a body as is kept and as comes: what breaks off is still worth showing.
    async fn read(&mut self, mut body: Incoming, read: &mut Vec<u8>) {
        while read.len() < MAX_BODY {
            let frame = poll_fn(|cx| {
                // What is wrong with the connection is wrong with the body as well.
                let _ = self.poll(cx);
                Pin::new(&mut body).poll_frame(cx)
            });
            let Some(Ok(frame)) = frame.await else { break };
            if let Some(data) = frame.data_ref() {
                let room = MAX_BODY - read.len();
                read.extend_from_slice(&data[..data.len().min(room)]);
            }
        }
    }
}

fn failed(error: hyper::Error, limits: HeadLimits) -> Error {
    if error.is_parse_too_large() {
        too_large("is larger", limits)
    } else if error.is_parse() {
        Error::caused(ErrorKind::Protocol, "the answer is not HTTP/1.1", error)
    } else {
        Error::caused(
            ErrorKind::Io,
            "the connection broke during the handshake",
            error,
        )
    }
}

fn too_large(wrong: &str, limits: HeadLimits) -> Error {
    let HeadLimits { bytes, fields } = limits;
    let text = format!(
        "the head of the server's answer {wrong}, and this client takes {bytes} bytes and {fields} fields: \
         raise `Client::max_head_bytes` or `Client::max_head_fields`, or let the server send less"
    );
    Error::new(ErrorKind::Protocol, text)
}
