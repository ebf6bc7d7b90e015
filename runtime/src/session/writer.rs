use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;

use super::outbox::Owner;
use super::{CloseCode, CloseRequest, Frame, SendError, Session};
use crate::message::MessageKind;

/// What is written is gathered into parts of up to this many bytes.
const PART: usize = 16 * 1024;

/// A part has room for a character of UTF-8, however small the outbox is.
const SMALLEST_PART: usize = 4;

/// One message that is written piece by piece, as an [`AsyncWrite`]. Java: `RemoteEndpoint.Basic.getSendStream()` for
/// binary, `getSendWriter()` for text.
///
/// [`Session::message_writer`] makes it. What is written is gathered into parts of up to 16 KiB, which go out as the
/// frames of one message (RFC 6455 §5.4); [`flush`](tokio::io::AsyncWriteExt::flush) sends a smaller part at once, and a
/// message that fits into one goes out as one frame. The parts of a message in several are not compressed. In a text
/// message characters may be cut between two writes, and are put together again.
///
/// The message begins with its first part. From then on other messages of the session wait for its end, as
/// [`Session::send_partial`] says, and another writer waits with its first part. At most 64 KiB of the parts, and half of
/// the outbox, are queued at a time; then writing waits until the peer has read.
///
/// # The end of the message
///
/// [`finish`](Self::finish) ends it, and so does [`shutdown`](tokio::io::AsyncWriteExt::shutdown). When nothing was
/// ever written there is no message; after a `write`, of no bytes even, there is one.
///
/// **A writer that is dropped before** has sent nothing if no part went out yet: there is no message, and the session
/// stays open. If one did, the session is closed with 1011. The message cannot be taken back, to end it would pass a
/// piece for the whole, and nothing else can be sent before its end (RFC 6455 §5.4). A writer that is kept and not used
/// ends the session in the same way after [`unfinished_timeout`](crate::Builder::unfinished_timeout).
///
/// # Errors
///
/// They are [`io::Error`]s around a [`SendError`], which [`io::Error::downcast`] gives back:
///
/// * [`SendError::Closed`] when the session has ended or ends meanwhile,
/// * [`SendError::InvalidText`] for text that is not UTF-8: nothing of that write was taken, so that other text may
///   follow,
/// * [`SendError::Timeout`] after [`Session::send_timeout`]: what was taken is kept, and writing may be tried again.
///
/// # Cancel safety
///
/// Dropping the future of a write, flush or shutdown loses nothing that was taken: the next one goes on.
///
/// # Examples
///
/// ```
/// use tokio::io::AsyncWriteExt as _;
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Report;
///
/// #[server_endpoint("/report")]
/// impl Report {
///     #[on_message]
///     async fn lines(&self, session: &Session, lines: u32) -> Result<(), wspring::BoxError> {
///         let mut writer = session.message_writer(MessageKind::Text);
///         for line in 0..lines {
///             writer.write_all(format!("line {line}\n").as_bytes()).await?;
///         }
///         writer.finish().await?;
///         Ok(())
///     }
/// }
/// ```
#[must_use = "a message that is not finished is not sent, or ends the session"]
pub struct MessageWriter {
    session: Session,
    kind: MessageKind,
    progress: Progress,
    gathered: Vec<u8>,
    /// So many of the gathered bytes can go out: in a text message, all but those of an unfinished character.
    whole: usize,
    /// A part that is to be queued next.
    part: Option<Frame>,
    /// A part that waits for room.
    sending: Option<Sending>,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Untouched,
    /// Something was written, if only no bytes.
    Written,
    /// A part is queued.
    Begun,
    Finished,
}

/// It gives the part back, so that it can be tried again.
type Sending = Pin<Box<dyn Future<Output = (Frame, Result<(), SendError>)> + Send + Sync>>;

impl MessageWriter {
    pub(super) fn new(session: Session, kind: MessageKind) -> Self {
        Self {
            session,
            kind,
            progress: Progress::Untouched,
            gathered: Vec::new(),
            whole: 0,
            part: None,
            sending: None,
        }
    }

    /// Ends the message, and is ready when its last part is queued.
    ///
    /// [`Session::flush`] then waits until it is written.
    ///
    /// # Errors
    ///
    /// Those of a [`SendError`] that are listed [above](Self#errors); the writer is dropped then, with what that means.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the writer.
    pub async fn finish(mut self) -> Result<(), SendError> {
        poll_fn(|cx| self.poll_finish(cx)).await
    }

    /// From here on there is a message, if only an empty one.
    pub(super) fn touch(&mut self) {
        if self.progress == Progress::Untouched {
            self.progress = Progress::Written;
        }
    }

    fn poll_take(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Frame::opcode_of_parts(self.kind)?;
        ready!(self.poll_part(cx))?;
        if self.progress == Progress::Finished {
            let text = "the message is finished: `Session::message_writer` begins another one";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, text)));
        }
        self.touch();
        let largest = PART.min(self.session.outbox().largest()).max(SMALLEST_PART);
        if self.gathered.len() >= largest {
            ready!(self.poll_flush_gathered(cx))?;
        }
        let room = largest.saturating_sub(self.gathered.len());
        let taken = bytes.len().min(room);
        self.gather(&bytes[..taken])?;
        Poll::Ready(Ok(taken))
    }

    /// Queues what is gathered as a part that is not the last.
    fn poll_flush_gathered(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        ready!(self.poll_part(cx))?;
        if self.whole > 0 {
            self.cut(false)?;
            ready!(self.poll_part(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        ready!(self.poll_part(cx))?;
        match self.progress {
            Progress::Finished => return Poll::Ready(Ok(())),
            Progress::Untouched => {
                self.progress = Progress::Finished;
                return Poll::Ready(Ok(()));
            }
            Progress::Written | Progress::Begun => {}
        }
        if self.whole < self.gathered.len() {
            return Poll::Ready(Err(SendError::InvalidText));
        }
        self.cut(true)?;
        self.poll_part(cx)
    }

    /// Queues the part that is to be queued next, if there is one.
    fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        if self.sending.is_none() {
            let Some(mut part) = self.part.take() else {
                return Poll::Ready(Ok(()));
            };
            let (session, kind) = (&self.session, self.kind);
            let owner = Owner::Writer {
                has_begun: self.progress == Progress::Begun,
            };
            match session.outbox().try_send_part(&mut part, kind, owner) {
                Err(SendError::Full) => {}
                sent => return Poll::Ready(self.settle(part, sent)),
            }
            let session = session.clone();
            self.sending = Some(Box::pin(async move {
                let sent = session.outbox().send_part(&mut part, kind, owner).await;
                (part, sent)
            }));
        }
        let Some(sending) = &mut self.sending else {
            return Poll::Ready(Ok(()));
        };
        let (part, sent) = ready!(sending.as_mut().poll(cx));
        self.sending = None;
        Poll::Ready(self.settle(part, sent))
    }

    fn settle(&mut self, part: Frame, sent: Result<(), SendError>) -> Result<(), SendError> {
        match &sent {
            Ok(()) if part.fin() => self.progress = Progress::Finished,
            Ok(()) => self.progress = Progress::Begun,
            Err(_) => self.part = Some(part),
        }
        sent
    }

    /// Takes `bytes`, all of them or none.
    fn gather(&mut self, bytes: &[u8]) -> Result<(), SendError> {
        let before = self.gathered.len();
        self.gathered.extend_from_slice(bytes);
        if self.kind != MessageKind::Text {
            self.whole = self.gathered.len();
            return Ok(());
        }
        let unchecked = self.gathered.get(self.whole..).unwrap_or_default();
        match simdutf8::compat::from_utf8(unchecked) {
            Ok(text) => self.whole += text.len(),
            // The rest of the character may follow.
            Err(error) if error.error_len().is_none() => self.whole += error.valid_up_to(),
            Err(_) => {
                self.gathered.truncate(before);
                return Err(SendError::InvalidText);
            }
        }
        Ok(())
    }

    /// Makes a part of what can go out.
    fn cut(&mut self, is_last: bool) -> Result<(), SendError> {
        let unfinished = self.gathered.split_off(self.whole);
        let payload = std::mem::replace(&mut self.gathered, unfinished);
        self.whole = 0;
        self.part = Some(Frame::part(self.kind, payload.into(), is_last)?);
        Ok(())
    }
}

impl AsyncWrite for MessageWriter {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_take(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.get_mut().poll_flush_gathered(cx))?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.get_mut().poll_finish(cx))?;
        Poll::Ready(Ok(()))
    }
}

impl Drop for MessageWriter {
    fn drop(&mut self) {
        if self.progress == Progress::Begun {
            let reason = "a message was begun and not finished";
            let request = CloseRequest::runtime(CloseCode::INTERNAL_ERROR, reason);
            self.session.outbox().close(request);
        }
    }
}

impl fmt::Debug for MessageWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageWriter")
            .field("session", &self.session)
            .field("kind", &self.kind)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}
