//! How a session sends one message in several parts.

use std::pin::pin;

use tokio::io::AsyncRead;

use super::outbox::Owner;
use super::{Frame, MessageWriter, SendError, Session};
use crate::message::{IntoMessage, Message, MessageKind};

impl Session {
    /// Sends one part of a message: the first of them begins it, and the one with `is_last` ends it.
    ///
    /// Each part is a frame (RFC 6455 §5.4); text is cut between characters, as a `&str` is. They are not compressed. All
    /// parts until the last belong to one message, whoever sends them, so let one task do it.
    /// [`message_writer`](Self::message_writer) is for bytes that come as they may, and cannot be mixed up.
    ///
    /// **Until the end of the message, other messages wait.** Those of [`send`](Self::send),
    /// [`try_send`](Self::try_send), handlers and pushes are queued behind it, within the bounds of the outbox; another
    /// message in parts waits with its first part; pings and pongs go out in between. When the session closes before,
    /// what waits is dropped with the message. So a task that has begun a message finishes it before it waits for
    /// anything that is behind it: for a `flush`, or for room that others have taken.
    ///
    /// A message that is not gone on with, because a handler returned early or a task waits, ends the session with 1011
    /// after [`unfinished_timeout`](crate::Builder::unfinished_timeout), and what waited behind it is lost. A push that
    /// was [`Delivered`](crate::Delivered) into this queue is therefore sent or lost within a bounded time.
    ///
    /// At most 64 KiB of the parts, and half of the outbox, are queued at a time, or one larger part; then this waits
    /// until the peer has read.
    ///
    /// Java: `RemoteEndpoint.Basic.sendText(String, boolean)`, `sendBinary(ByteBuffer, boolean)`.
    ///
    /// # Errors
    ///
    /// [`SendError::MixedKinds`] for text in a binary message or the other way round: the part is not sent, and the
    /// message can go on. Those of [`send`](Self::send), after which this part is not queued.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready queues nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wspring::{SendError, Session};
    /// # async fn greet(session: &Session) -> Result<(), SendError> {
    /// session.send_partial("Hello, ", false).await?;
    /// session.send_partial("world", true).await
    /// # }
    /// ```
    pub fn send_partial(
        &self,
        part: impl IntoMessage,
        is_last: bool,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        let part = part.into_message().map_err(SendError::Encode);
        let part = part.and_then(|part| {
            let kind = part.kind();
            let payload = match part {
                Message::Text(text) => text.into_bytes().into(),
                Message::Binary(bytes) | Message::Pong(bytes) => bytes,
            };
            Ok((kind, Frame::part(kind, payload, is_last)?))
        });
        async move {
            let (kind, mut part) = part?;
            let outbox = self.outbox();
            outbox.send_part(&mut part, kind, Owner::Session).await
        }
    }

    /// A writer of one text or binary message: an [`AsyncWrite`](tokio::io::AsyncWrite) whose end is the end of the
    /// message. The message begins when there is something to be sent.
    ///
    /// A pong is one frame: writing to its writer fails with [`SendError::Encode`].
    ///
    /// Java: `RemoteEndpoint.Basic.getSendStream()` for binary, `getSendWriter()` for text.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::io::AsyncWriteExt as _;
    /// # use wspring::{BoxError, MessageKind, Session};
    /// # async fn send(session: &Session) -> Result<(), BoxError> {
    /// let mut writer = session.message_writer(MessageKind::Binary);
    /// writer.write_all(b"a header").await?;
    /// writer.write_all(&[0; 100_000]).await?;
    /// writer.finish().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn message_writer(&self, kind: MessageKind) -> MessageWriter {
        MessageWriter::new(self.clone(), kind)
    }

    /// Sends all that `reader` gives as one message, in parts, and returns how many bytes that was.
    ///
    /// It reads on when the peer has taken what was read before: it holds about 24 KiB, and the outbox up to 64 KiB of
    /// the message, however long it is. While `reader` has nothing, what it gave before is sent; if it has nothing for
    /// longer than [`unfinished_timeout`](crate::Builder::unfinished_timeout), the session is closed with 1011. Nothing at
    /// all is an empty message. Others wait for its end as [`send_partial`](Self::send_partial) says.
    ///
    /// Java: a copy to `RemoteEndpoint.Basic.getSendStream()` or `getSendWriter()`.
    ///
    /// # Errors
    ///
    /// [`SendError::Read`] when `reader` fails, [`SendError::InvalidText`] when a text is not UTF-8, and those of
    /// [`send`](Self::send). If a part went out before, the session is closed with 1011: see [`MessageWriter`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready sends nothing, or closes the session with 1011 in the same way.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wspring::{BoxError, MessageKind, Session};
    /// # use tokio::net::TcpStream;
    /// # async fn send(session: &Session) -> Result<(), BoxError> {
    /// let source = TcpStream::connect("127.0.0.1:7000").await?;
    /// let bytes = session.send_stream(MessageKind::Binary, source).await?;
    /// println!("{bytes} bytes");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_stream(
        &self,
        kind: MessageKind,
        reader: impl AsyncRead + Send,
    ) -> Result<u64, SendError> {
        let mut writer = self.message_writer(kind);
        writer.touch();
        let mut reader = pin!(reader);
        let copied = tokio::io::copy(&mut reader, &mut writer).await;
        let copied = copied.map_err(|error| match error.downcast::<SendError>() {
            Ok(error) => error,
            Err(error) => SendError::Read(error),
        })?;
        writer.finish().await?;
        Ok(copied)
    }
}
