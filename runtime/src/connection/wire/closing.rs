//! How a connection ends: every way goes through here, and leads to one [`CloseReason`].

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::{Ahead, Stage, Wire};
use crate::handshake::Stream;
use crate::log_limits::{LogKind, log_limited};
use crate::protocol::{CloseFrame, ProtocolError};
use crate::session::{Batch, CloseCode, CloseReason, CloseRequest, Initiator};

impl Wire {
    /// Waits until the peer has seen the end too, or its time is over.
    pub(in crate::connection) async fn linger(&mut self) {
        poll_fn(|cx| {
            while self.is_lingering() && !self.aborted {
                ready!(self.poll(cx, Ahead::No));
            }
            Poll::Ready(())
        })
        .await;
    }

    pub(super) fn on_close(&mut self, frame: Option<CloseFrame>) {
        self.session.outbox().stop(&mut self.batch);
        let reason = match &self.stage {
            Stage::Closing(request) => CloseRequest::clone(request).into_reason(true),
            Stage::Open => {
                let (code, reason) = match frame {
                    Some(frame) => (Some(frame.code), frame.reason),
                    None => (None, String::new()),
                };
                self.say_goodbye(code, &reason);
                CloseReason {
                    code: code.map_or(CloseCode::NO_STATUS, CloseCode::new),
                    reason: reason.into(),
                    initiator: Initiator::Peer,
                    clean: true,
                }
            }
            Stage::Answering(_) | Stage::Ended { .. } => return,
        };
        self.stage = Stage::Answering(Box::new(reason));
    }

    /// Begins to close, at the wish of the application or the runtime.
    pub(super) fn close(&mut self, request: CloseRequest) {
        if !matches!(self.stage, Stage::Open) {
            return;
        }
        self.say_goodbye(Some(request.code.as_u16()), &request.reason);
        self.inbox = None;
        self.stage = Stage::Closing(Box::new(request));
    }

    /// The peer broke a rule (RFC 6455 §7.1.7).
    pub(super) fn fail(&mut self, error: ProtocolError) {
        let peer = self.session.remote_addr();
        tracing::debug!(session = %self.session.id(), ?peer, %error, "the peer broke the protocol");
        let code = CloseCode::new(error.close_code());
        let reason = error.to_string();
        self.session.outbox().stop(&mut self.batch);
        let reason = match &self.stage {
            // Ours is said already, and it came first.
            Stage::Closing(request) => CloseRequest::clone(request).into_reason(false),
            Stage::Answering(_) | Stage::Ended { .. } => return,
            Stage::Open => {
                if code == CloseCode::TOO_BIG {
                    let path = self.session.uri().path();
                    log_limited!(self.session.site().logs, LogKind::TooBig, ?peer, path, %error, "a message was too big: see `max_message_size`");
                }
                self.say_goodbye(Some(code.as_u16()), &reason);
                CloseReason {
                    code,
                    reason: reason.into(),
                    initiator: Initiator::Runtime,
                    clean: false,
                }
            }
        };
        self.stage = Stage::Answering(Box::new(reason));
    }

    /// The last frame has been written.
    pub(super) fn answered(&mut self) {
        if let Stage::Answering(reason) = &self.stage {
            let reason = reason.clone();
            self.end(*reason, true);
        }
    }

    /// The connection broke.
    pub(super) fn vanished(&mut self, error: &io::Error) {
        tracing::debug!(session = %self.session.id(), peer = ?self.session.remote_addr(), %error, "the connection broke");
        self.end_early(Initiator::Peer, "");
    }

    /// The peer did not answer our goodbye in time, or did not take it.
    pub(super) fn cut_off(&mut self) {
        self.end_early(Initiator::Runtime, "");
    }

    pub(super) fn abort(&mut self) {
        self.aborted = true;
        self.cut_off();
    }

    /// The server needs the memory that this connection holds: its peer reads nothing, so a Close frame would not reach it.
    pub(super) fn shed(&mut self) {
        self.inbox = None;
        match &self.stage {
            Stage::Open => {
                let reason = "the server is short of memory, and messages are read too slowly";
                let reason = CloseReason {
                    code: CloseCode::TRY_AGAIN_LATER,
                    reason: reason.into(),
                    initiator: Initiator::Runtime,
                    clean: false,
                };
                self.end(reason, false);
            }
            _ => self.cut_off(),
        }
    }

    /// Ends without the rest of the closing handshake: for the reason that began it, or else with 1006.
    pub(super) fn end_early(&mut self, initiator: Initiator, reason: &'static str) {
        let reason = match &self.stage {
            Stage::Open => CloseReason {
                code: CloseCode::ABNORMAL,
                reason: reason.into(),
                initiator,
                clean: false,
            },
            Stage::Closing(request) => CloseRequest::clone(request).into_reason(false),
            Stage::Answering(reason) => CloseReason {
                clean: false,
                ..CloseReason::clone(reason)
            },
            Stage::Ended { reason, .. } => CloseReason::clone(reason),
        };
        self.end(reason, false);
    }

    /// Reads on after the end, until the peer has closed too or its time is over.
    pub(super) fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let read = self.input.poll_read(cx, Pin::new(&mut self.stream));
        let gone = read.map(|read| !matches!(read, Ok(1..)));
        self.input.clear();
        let over = match gone {
            Poll::Ready(gone) => gone,
            Poll::Pending => {
                ready!(self.deadlines.poll(cx));
                !self.is_farewell_on_its_way()
            }
        };
        if let Stage::Ended { lingering, .. } = &mut self.stage {
            *lingering = !over;
        }
        Poll::Ready(())
    }

    pub(in crate::connection) fn is_lingering(&self) -> bool {
        matches!(
            self.stage,
            Stage::Ended {
                lingering: true,
                ..
            }
        )
    }

    /// Gives the socket up, because the connection is over and counts no more though a handler of it runs on: a file
    /// that is still open would be one that no limit knows of.
    pub(in crate::connection) fn let_go(&mut self) {
        self.stream = Stream::Gone;
    }

    fn end(&mut self, reason: CloseReason, lingering: bool) {
        self.session.outbox().settle(&mut self.batch);
        self.session.outbox().end();
        self.batch = Batch::default();
        self.input.clear();
        self.feed = None;
        self.stage = Stage::Ended {
            reason: Box::new(reason),
            lingering,
        };
    }

    /// Queues our Close frame; the peer has a limited time from now on.
    fn say_goodbye(&mut self, code: Option<u16>, reason: &str) {
        let outbox = self.session.outbox();
        outbox.goodbye(&mut self.batch, code, reason);
        // Nothing comes behind it, not even an answer to a ping, and no handler gets what the peer sends still.
        self.pong = None;
        self.feed = None;
        self.deadlines.closing();
    }
}
