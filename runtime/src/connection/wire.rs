mod closing;

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::deadlines::{Deadlines, Due};
use super::input::{Backlog, Inbox, with_read_buffer};
use crate::error::Error;
use crate::handshake::{Stream, Terms};
use crate::message::Message;
use crate::protocol::{ControlPayload, Decoder, Event, Opcode, Role, encode_frame};
use crate::session::{
    Batch, CloseCode, CloseReason, CloseRequest, Frame, Initiator, Segments, SendError, Session,
    Turn,
};

/// The socket of a connection between its inbox and its outbox.
#[derive(Debug)]
pub(super) struct Wire {
    session: Session,
    stream: Stream,
    decoder: Decoder,
    backlog: Backlog,
    inbox: Inbox,
    batch: Batch,
    /// The socket took no more at the last write.
    blocked: bool,
    unflushed: bool,
    /// The answer to the latest ping, while the socket takes nothing: older ones need no answer then
    /// (RFC 6455 §5.5.3).
    pong: Option<ControlPayload>,
    heartbeat: Option<&'static str>,
    /// A heartbeat found the outbox full. Nothing is read before it is answered, so that a burst of them is no
    /// reason to call a peer slow that reads.
    echo_due: bool,
    deadlines: Deadlines,
    stage: Stage,
    too_big: Option<Error>,
    aborted: bool,
}

#[derive(Debug)]
enum Stage {
    Open,
    /// Our Close frame goes first and waits for the peer's.
    Closing(CloseRequest),
    /// The peer said goodbye, or broke a rule: our Close frame is the last thing to be written.
    Answering(CloseReason),
    /// Over, for this reason. While `lingering`, what the peer still sends is read and dropped: closing a
    /// socket with unread bytes resets it, and the reset overtakes our Close frame.
    Ended {
        reason: CloseReason,
        lingering: bool,
    },
}

impl Wire {
    pub(super) fn new(session: Session, stream: Stream, received: &Bytes, terms: &Terms) -> Self {
        let decoder = Decoder::new(Role::Server, terms.limits);
        Self {
            session,
            stream,
            decoder: match &terms.deflate {
                Some(agreement) => decoder.with_deflate(agreement),
                None => decoder,
            },
            backlog: Backlog::new(received),
            inbox: Inbox::default(),
            batch: Batch::default(),
            blocked: false,
            unflushed: false,
            pong: None,
            heartbeat: terms.heartbeat,
            echo_due: false,
            deadlines: Deadlines::new(terms),
            stage: Stage::Open,
            too_big: None,
            aborted: false,
        }
    }

    /// The next message for a handler, or `None` when the connection is over.
    pub(super) async fn next(&mut self) -> Option<Message> {
        poll_fn(|cx| {
            loop {
                if !self.inbox.is_empty() && self.session.outbox().is_closing() {
                    // A handler closed or failed: no message follows.
                    self.inbox.clear();
                }
                // Handlers run through the inbox first, so that all their replies go out in one write.
                if let Some(message) = self.inbox.pop() {
                    return Poll::Ready(Some(message));
                }
                if self.ended().is_some() {
                    return Poll::Ready(None);
                }
                ready!(self.poll(cx));
            }
        })
        .await
    }

    /// Waits until the connection is over and no message waits.
    pub(super) async fn finish(&mut self) {
        while self.next().await.is_some() {}
    }

    /// Does what can be done now: writes what is queued, reads ahead, keeps the deadlines. Ready when a message
    /// has come or the connection has ended, else pending with every waker in place.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.session.outbox().turn(&mut self.batch) {
                Turn::Continue => {}
                Turn::Close(request) => self.close(request),
                Turn::Abort => {
                    self.abort();
                    return Poll::Ready(());
                }
            }
            let progress = match self.stage {
                Stage::Ended {
                    lingering: false, ..
                } => false,
                Stage::Ended {
                    lingering: true, ..
                } => {
                    let progress = self.poll_linger(cx).is_ready();
                    if !self.is_lingering() {
                        return Poll::Ready(());
                    }
                    progress
                }
                _ => {
                    let waiting = !self.inbox.is_empty();
                    let progress = self.poll_io(cx);
                    if self.ended().is_some() || (!waiting && !self.inbox.is_empty()) {
                        return Poll::Ready(());
                    }
                    progress
                }
            };
            if !progress && self.session.outbox().wait(cx.waker()) {
                return Poll::Pending;
            }
        }
    }

    /// Why the connection ended, once it has.
    pub(super) fn ended(&self) -> Option<&CloseReason> {
        match &self.stage {
            Stage::Ended { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The error behind a 1009, which the endpoint is told of as well.
    pub(super) fn take_too_big(&mut self) -> Option<Error> {
        self.too_big.take()
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted
    }

    /// One round of writing, reading and deadlines; `true` when another one may find more to do.
    fn poll_io(&mut self, cx: &mut Context<'_>) -> bool {
        let written = self.poll_write(cx);
        if let Poll::Ready(Err(error)) = &written {
            self.vanished(error);
            return true;
        }
        if matches!(self.stage, Stage::Answering(_)) {
            if written.is_ready() && Pin::new(&mut self.stream).poll_shutdown(cx).is_ready() {
                self.answered();
                return true;
            }
        } else if self.poll_read(cx).is_ready() {
            return true;
        }
        match self.deadlines.poll(cx) {
            Poll::Ready(due) => {
                self.on_due(due);
                true
            }
            Poll::Pending => false,
        }
    }

    /// Ready when everything is written.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if !self.blocked
                && let Some(pong) = self.pong.take()
            {
                self.control(Opcode::Pong, &pong);
            }
            if self.batch.is_empty() {
                break;
            }
            let mut slices = [IoSlice::new(&[]); Segments::SLICES];
            let used = self.batch.segments().slices(&mut slices);
            let stream = Pin::new(&mut self.stream);
            match stream.poll_write_vectored(cx, &slices[..used]) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(bytes)) => {
                    if self.blocked {
                        // A peer that takes bytes again is alive, and has not been pinged while it took none.
                        self.blocked = false;
                        self.deadlines.heard();
                    }
                    self.unflushed = true;
                    self.session.outbox().written(&mut self.batch, bytes);
                    if !matches!(self.stage, Stage::Open) {
                        // The peer's time to answer begins when it can have seen the Close frame.
                        self.deadlines.closing();
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.blocked = true;
                    return Poll::Pending;
                }
            }
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Ready when something was received, or the peer is gone.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.echo_due {
            self.echo();
        }
        if self.inbox.is_full() || self.echo_due {
            // A peer that takes no bytes either may be gone: its time runs on.
            if !self.blocked {
                self.deadlines.deaf();
            }
            return Poll::Pending;
        }
        if !self.backlog.is_empty() {
            let mut backlog = std::mem::take(&mut self.backlog);
            backlog.decode(|bytes| self.decode(bytes));
            self.backlog = backlog;
            return Poll::Ready(());
        }
        with_read_buffer(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if buffer.filled().is_empty() => {
                    self.vanished(&io::ErrorKind::UnexpectedEof.into());
                }
                Ok(()) => {
                    self.deadlines.heard();
                    let received = buffer.filled_mut();
                    let left = self.decode(received);
                    if left > 0 {
                        self.backlog = Backlog::new(&received[received.len() - left..]);
                    }
                }
                Err(error) => self.vanished(&error),
            }
            Poll::Ready(())
        })
    }

    /// Decodes `input` until it is used up or there is no room for more, and returns how many bytes are left.
    fn decode(&mut self, mut input: &mut [u8]) -> usize {
        while !self.inbox.is_full() && !self.echo_due {
            match self.decoder.decode(&mut input) {
                Ok(Some(event)) => self.on_event(event),
                Ok(None) => break,
                Err(error) => {
                    self.fail(error);
                    return 0;
                }
            }
        }
        self.deadlines.mid_message(self.decoder.is_mid_message());
        input.len()
    }

    fn on_event(&mut self, event: Event<'_>) {
        if matches!(event, Event::Text(_) | Event::Binary(_)) {
            // The next message has all its time, even if a part of it is here already.
            self.deadlines.mid_message(false);
        }
        let message = match event {
            Event::Text(text) if self.heartbeat == Some(&*text) => return self.echo(),
            Event::Text(text) => Message::Text(text.into_owned()),
            Event::Binary(bytes) => Message::Binary(bytes.into_owned().into()),
            Event::Pong(payload) => Message::Pong(Bytes::copy_from_slice(&payload)),
            Event::Ping(payload) => return self.on_ping(payload),
            Event::Close(frame) => return self.on_close(frame),
        };
        // What comes after our own goodbye is for nobody.
        if matches!(self.stage, Stage::Open) {
            self.inbox.push(message);
        }
    }

    /// Sends the heartbeat back; like any other message, it has to find room.
    fn echo(&mut self) {
        let heartbeat = self.heartbeat.unwrap_or_default();
        self.echo_due = Frame::new(heartbeat).is_ok_and(|frame| {
            let sent = self.session.outbox().try_send(&frame);
            matches!(sent, Err(SendError::Full))
        });
    }

    fn on_ping(&mut self, payload: ControlPayload) {
        if !matches!(self.stage, Stage::Open) {
            return;
        }
        if self.blocked {
            self.pong = Some(payload);
        } else {
            self.control(Opcode::Pong, &payload);
        }
    }

    fn on_due(&mut self, due: Due) {
        match due {
            // Behind a socket that takes nothing a ping would be one more thing to wait.
            Due::Ping if self.blocked => {}
            Due::Ping => {
                self.session.outbox().rest();
                self.control(Opcode::Ping, &[]);
            }
            Due::Pong => self.end_early(Initiator::Runtime, "no answer to a ping"),
            Due::Message => {
                let reason = "a message was begun and not finished in time";
                let request = CloseRequest::runtime(CloseCode::POLICY, reason);
                self.session.outbox().close(request);
            }
            Due::Close => self.cut_off(),
        }
    }

    fn control(&mut self, opcode: Opcode, payload: &[u8]) {
        self.session.outbox().control(&mut self.batch, |out| {
            encode_frame(out, opcode, true, None, payload);
        });
    }
}
