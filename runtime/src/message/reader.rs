use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, ReadBuf};

use super::pipe::Pipe;
use super::{Message, MessageKind};

/// One message as a stream, as the payload of an `#[on_message]` handler. Java: the parameters `Reader` and
/// `InputStream` of `@OnMessage`, `Decoder.TextStream`, `Decoder.BinaryStream`.
///
/// `MessageReader<Binary>` takes binary messages and `MessageReader<Text>` text messages, whose bytes are UTF-8.
/// The handler runs as soon as the first part of the message is there, and the connection reads on beside it. It
/// is read with [`AsyncRead`]; the methods for that are in tokio's `AsyncReadExt` (feature `io-util`).
///
/// ```
/// use tokio::io::AsyncReadExt as _;
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Upload;
///
/// #[server_endpoint("/upload")]
/// impl Upload {
///     #[on_message]
///     async fn upload(&self, mut message: MessageReader<Binary>) -> std::io::Result<String> {
///         let mut buffer = [0; 4096];
///         let mut bytes = 0;
///         loop {
///             match message.read(&mut buffer).await? {
///                 0 => return Ok(format!("{bytes} bytes")),
///                 count => bytes += count,
///             }
///         }
///     }
/// }
/// ```
///
/// The message may have any size: `max_message_size` does not apply, `message_timeout` is the time from one
/// part to the next, and `max_fragments` is how many fragments may bring nothing between two parts. A handler that
/// keeps what it reads sets a limit itself (`message.take(limit)`). At most about 128 KiB wait for the reader; then the
/// socket is not read, and the peer has to wait.
///
/// A message belongs to its handler. When the handler returns before the end of the message, the rest is received and
/// dropped; a reader that is kept gives an error then, of the kind [`BrokenPipe`](io::ErrorKind::BrokenPipe).
///
/// # Errors
///
/// When the session ends in the middle of the message, what came of it is read, and then an error of the kind
/// [`ConnectionAborted`](io::ErrorKind::ConnectionAborted); `#[on_close]` says why.
///
/// # Cancel safety
///
/// A read that is dropped before it is ready takes nothing.
pub struct MessageReader<K> {
    /// What came first; it is read first.
    first: Bytes,
    rest: Option<Pipe>,
    kind: PhantomData<fn() -> K>,
}

/// The kinds of message that a [`MessageReader`] reads.
pub trait Streamed {
    /// Which kind.
    const KIND: MessageKind;
}

/// Text messages, in [`MessageReader<Text>`](MessageReader). Java: `Reader`.
#[derive(Debug)]
pub enum Text {}

/// Binary messages, in [`MessageReader<Binary>`](MessageReader). Java: `InputStream`.
#[derive(Debug)]
pub enum Binary {}

impl Streamed for Text {
    const KIND: MessageKind = MessageKind::Text;
}

impl Streamed for Binary {
    const KIND: MessageKind = MessageKind::Binary;
}

impl<K> MessageReader<K> {
    /// A reader of what came first, and of what follows.
    pub(crate) fn new(first: Message, rest: Option<Pipe>) -> Self {
        Self {
            first: first.into_bytes(),
            rest,
            kind: PhantomData,
        }
    }
}

impl<K> AsyncRead for MessageReader<K> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.is_empty() {
            return match &self.rest {
                Some(rest) => rest.poll_read(cx, buffer),
                None => Poll::Ready(Ok(())),
            };
        }
        let count = self.first.len().min(buffer.remaining());
        buffer.put_slice(&self.first[..count]);
        self.first.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl<K> fmt::Debug for MessageReader<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageReader").finish_non_exhaustive()
    }
}
