//! The byte stream below an upgraded connection: the TCP stream itself where it can be had, so that no boxed
//! layer stands between a connection and its socket.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
#[cfg(feature = "tls")]
use std::task::Waker;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
#[cfg(feature = "tls")]
use tokio_rustls::{TlsStream, server};

use super::{Acknowledged, HttpStream, Upgrading};
use crate::box_error::BoxError;
use crate::protocol::encode_close;
use crate::session::CloseCode;
use crate::site::SocketBuffers;

/// How much a stream that is not the TCP stream itself takes in one write. A stream of HTTP/2 copies whatever it gets,
/// and takes it before the peer has room for it.
const CHUNK: usize = 16 * 1024;

#[derive(Debug)]
pub(crate) enum Stream {
    Tcp(TcpStream),
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream<TcpStream>>),
    /// A stream of an HTTP/2 connection, or of another server in which the endpoints are mounted.
    Http(Box<TokioIo<Upgraded>>),
    /// It was given up, and holds no socket any more.
    Gone,
}

/// Waits for the answer to be written, and takes the stream out of the upgrade together with the bytes that the
/// peer sent right behind its request.
pub(crate) async fn take_back(
    upgrading: Upgrading,
    buffers: SocketBuffers,
) -> Result<(Stream, Bytes), BoxError> {
    let upgraded = upgrading.upgraded().await?;
    let prepare = |tcp: &TcpStream| {
        without_delay(tcp);
        buffers.apply(tcp);
    };
    let upgraded = match downcast(upgraded, prepare) {
        Ok((tcp, received)) => return Ok((Stream::Tcp(tcp), received)),
        Err(upgraded) => upgraded,
    };
    #[cfg(feature = "tls")]
    let prepare = |tls: &server::TlsStream<TcpStream>| prepare(tls.get_ref().0);
    #[cfg(feature = "tls")]
    let upgraded = match downcast(upgraded, prepare) {
        Ok((tls, received)) => return Ok((Stream::Tls(Box::new(tls.into())), received)),
        Err(upgraded) => upgraded,
    };
    let http = Stream::Http(Box::new(TokioIo::new(upgraded)));
    Ok((http, Bytes::new()))
}

/// Returns what the HTTP connection ran on, if that is a `T`, and what was read of it behind the request. Our own server
/// has prepared the socket when it accepted it; that of another one is prepared now.
fn downcast<T>(upgraded: Upgraded, prepare: impl FnOnce(&T)) -> Result<(T, Bytes), Upgraded>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (stream, received) = match take::<HttpStream<T>>(upgraded) {
        Ok((stream, received)) => (stream.into_inner(), received),
        Err(upgraded) => {
            // Another server, in which the endpoints are mounted, has no deadline for what it writes.
            let (stream, received) = take::<T>(upgraded)?;
            prepare(&stream);
            (stream, received)
        }
    };
    // Even empty, hyper's buffer would keep its 8 KiB alive.
    Ok((stream, Bytes::copy_from_slice(&received)))
}

fn take<T>(upgraded: Upgraded) -> Result<(T, Bytes), Upgraded>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // Without the feature `http2` our own server runs HTTP/1.1 alone; others find out the version first.
    match upgraded.downcast::<TokioIo<T>>() {
        Ok(parts) => Ok((parts.io.into_inner(), parts.read_buf)),
        Err(upgraded) => {
            let parts = auto::upgrade::downcast::<TokioIo<T>>(upgraded)?;
            Ok((parts.io.into_inner(), parts.read_buf))
        }
    }
}

/// A message is small and waits for nobody: without this the kernel holds it back for the peer's ACK.
pub(crate) fn without_delay(tcp: &TcpStream) {
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was not set");
    }
}

impl Stream {
    /// The address of the peer, where the TCP stream is known.
    pub(crate) fn peer_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(stream) => stream.peer_addr().ok(),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.get_ref().0.peer_addr().ok(),
            Self::Http(_) | Self::Gone => None,
        }
    }

    /// Closes a connection that was upgraded and is not to become a session, with 1008.
    pub(crate) async fn turn_away(mut self, reason: &str) {
        let mut frame = Vec::new();
        encode_close(&mut frame, None, Some(CloseCode::POLICY.as_u16()), reason);
        // It is small enough for the buffer of a socket on which nothing else was written.
        let _ = self.write_all(&frame).await;
        let _ = self.shutdown().await;
    }

    /// How far the peer has acknowledged what was written, where the kernel says so.
    pub(crate) fn acknowledged(&self) -> Option<Acknowledged> {
        match self {
            Self::Tcp(stream) => Acknowledged::of(stream),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Acknowledged::of(stream.get_ref().0),
            Self::Http(_) | Self::Gone => None,
        }
    }
}

#[cfg(feature = "tls")]
impl Drop for Stream {
    /// TLS says goodbye, as far as the socket takes it at once: without `close_notify` a peer cannot tell the end from an
    /// attack (RFC 8446 §6.1).
    fn drop(&mut self) {
        if let Self::Tls(stream) = self {
            let _ = Pin::new(stream).poll_shutdown(&mut Context::from_waker(Waker::noop()));
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Http(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Http(stream) => {
                let chunk = buf.get(..CHUNK).unwrap_or(buf);
                Pin::new(stream).poll_write(cx, chunk)
            }
            Self::Gone => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Http(stream) if stream.is_write_vectored() => {
                Pin::new(stream).poll_write_vectored(cx, bufs)
            }
            http @ Self::Http(_) => {
                let first = bufs.iter().find(|buf| !buf.is_empty());
                Pin::new(http).poll_write(cx, first.map_or(&[], |buf| buf))
            }
            Self::Gone => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Http(stream) => Pin::new(stream).poll_flush(cx),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Http(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }
}
