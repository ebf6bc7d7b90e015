//! How what is queued reaches the socket: all that is ready in one write.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;

use super::{Stage, Wire};
use crate::protocol::Opcode;
use crate::session::Segments;

impl Wire {
    /// Ready when everything is written.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if !self.blocked
                && let Some(pong) = self.pong.take()
            {
                self.control(Opcode::Pong, &pong);
            }
            if self.batch.is_empty() {
                break;
            }
            let written = match self.batch.gathered() {
                // Nearly always; a plain write is the cheaper call.
                Some(bytes) => Pin::new(&mut self.stream).poll_write(cx, bytes),
                None => self.poll_write_several(cx),
            };
            match written {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(bytes)) => {
                    self.unblocked();
                    self.unflushed = true;
                    let finished = self.batch.advance(bytes) > 0;
                    if finished {
                        self.deadlines.active();
                    }
                    self.deadlines.taken(bytes, finished);
                    if !matches!(self.stage, Stage::Open) {
                        // The peer's time to answer begins when it can have seen the Close frame.
                        self.deadlines.closing();
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.block();
                    return Poll::Pending;
                }
            }
        }
        if self.unflushed {
            // TLS and HTTP/2 have taken the bytes, and may not be rid of them yet.
            let flushed = Pin::new(&mut self.stream).poll_flush(cx);
            if flushed.is_pending() {
                self.block();
            }
            ready!(flushed)?;
            self.unflushed = false;
            self.unblocked();
        }
        Poll::Ready(Ok(()))
    }

    /// Writes small frames and the large payloads beside them in one call.
    #[inline(never)]
    fn poll_write_several(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut slices = [IoSlice::new(&[]); Segments::SLICES];
        let used = self.batch.slices(&mut slices);
        let stream = Pin::new(&mut self.stream);
        match &slices[..used] {
            [one] => stream.poll_write(cx, one),
            several => stream.poll_write_vectored(cx, several),
        }
    }

    /// The socket takes nothing more.
    fn block(&mut self) {
        self.blocked = true;
        self.deadlines.stuck();
    }

    /// A peer that takes bytes again is alive, and has not been pinged while it took none.
    #[inline]
    fn unblocked(&mut self) {
        if self.blocked {
            self.on_unblocked();
        }
    }

    #[cold]
    fn on_unblocked(&mut self) {
        self.blocked = false;
        self.deadlines.heard();
        self.deadlines.unstuck();
    }

    pub(super) fn control(&mut self, opcode: Opcode, payload: &[u8]) {
        let outbox = self.session.outbox();
        outbox.control(&mut self.batch, opcode, payload);
    }
}
