mod closing;
mod due;
mod parts;
mod reading;
mod writing;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use tokio::time::Instant;

use super::deadlines::Deadlines;
use super::input::{Inbox, Input};
use super::rates::Rates;
use crate::error::{Error, ErrorKind};
use crate::handshake::Stream;
use crate::message::{Delivery, Feed, Forms};
use crate::protocol::{Agreement, ControlPayload, Decoder, Role};
use crate::session::{Batch, CloseCode, CloseReason, CloseRequest, Initiator, Session, Turn};
use crate::site::Terms;

/// How many messages and control frames are handled before what they caused is written, and others have their turn: few
/// enough that their pushes fit other sessions' outboxes. A message of each `PER_UNIT` bytes counts as one more, because
/// a few compressed bytes may become a large message.
const BURST: u8 = 32;

/// Together with [`BURST`], a turn is over after about as many bytes as are read at once.
const PER_UNIT: usize = 4096;

/// The socket of a connection between its inbox and its outbox.
#[derive(Debug)]
pub(super) struct Wire {
    session: Session,
    stream: Stream,
    decoder: Decoder,
    /// In which form the endpoint takes messages.
    forms: Forms,
    input: Input,
    /// There while messages wait.
    inbox: Option<Box<Inbox>>,
    /// Where the rest of the message goes that is read as a stream.
    feed: Option<Feed>,
    /// Messages and control frames that were handled since this was polled, and their bytes: see [`BURST`].
    handled: u8,
    batch: Batch,
    /// The socket took no more at the last write.
    blocked: bool,
    unflushed: bool,
    /// The answer to the latest ping, while the socket takes nothing: older ones need no answer then
    /// (RFC 6455 §5.5.3).
    pong: Option<Box<ControlPayload>>,
    /// A heartbeat found the outbox full. Nothing is read before it is answered, so that a burst of them is no
    /// reason to call a peer slow that reads.
    echo_due: bool,
    deadlines: Deadlines,
    /// There if the peer may send only so much in a second.
    rates: Option<Box<Rates>>,
    /// What was read ahead when it was reported last, in steps.
    read_ahead: u32,
    stage: Stage,
    aborted: bool,
}

/// Whether messages are decoded beyond the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// The next one is handled at once.
    No,
    /// A handler runs: what follows waits for it, up to the bounds of the inbox.
    Yes,
}

#[derive(Debug)]
enum Stage {
    Open,
    /// Our Close frame goes first and waits for the peer's.
    Closing(Box<CloseRequest>),
    /// The peer said goodbye, or broke a rule: our Close frame is the last thing to be written.
    Answering(Box<CloseReason>),
    /// Over, for this reason. While `lingering`, what the peer still sends is read and dropped: closing a
    /// socket with unread bytes resets it, and the reset overtakes our Close frame.
    Ended {
        reason: Box<CloseReason>,
        lingering: bool,
    },
}

impl Wire {
    pub(super) fn new(
        role: Role,
        session: Session,
        stream: Stream,
        received: &Bytes,
        terms: Arc<Terms>,
        deflate: Option<&Agreement>,
        forms: Forms,
    ) -> Self {
        let decoder = Decoder::new(role, terms.limits).in_parts(parts::in_parts(forms));
        Self {
            session,
            stream,
            decoder: match deflate {
                Some(agreement) => decoder.with_deflate(agreement),
                None => decoder,
            },
            rates: Rates::new(terms.rates),
            read_ahead: 0,
            deadlines: Deadlines::new(terms),
            input: Input::new(received),
            forms,
            inbox: None,
            feed: None,
            handled: 0,
            batch: Batch::default(),
            blocked: false,
            unflushed: false,
            pong: None,
            echo_due: false,
            stage: Stage::Open,
            aborted: false,
        }
    }

    /// Puts the next message for a handler into `place`; `false` when the connection is over.
    ///
    /// Messages are decoded one by one and handled before anything is written, so that all the replies to what was
    /// read at once go out in one write.
    pub(super) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        place: &mut Option<Delivery>,
    ) -> Poll<bool> {
        self.leave_stream();
        loop {
            let news = self.session.outbox().news();
            if news.is_changed() {
                self.adopt_limits();
            }
            if self.aborted || news.is_closing() {
                // A handler closed or failed, or the drain's time is over: no message follows.
                self.inbox = None;
            } else {
                if self.handled >= BURST && !(self.inbox.is_none() && self.input.is_empty()) {
                    // What was answered is written, and the other connections have their turn.
                    let _ = self.poll(cx, Ahead::No);
                    self.input.park();
                    return give_way(cx);
                }
                if self.take_waiting(place) || self.decode_next(place) {
                    self.count(place.as_ref());
                    return Poll::Ready(true);
                }
                if self.handled >= BURST && !self.input.is_empty() {
                    continue;
                }
            }
            if self.ended().is_some() {
                return Poll::Ready(false);
            }
            ready!(self.poll(cx, Ahead::No));
        }
    }

    /// Counts a message that is handled now.
    #[inline]
    fn count(&mut self, delivery: Option<&Delivery>) {
        let bytes = delivery.map_or(0, |delivery| delivery.message.len());
        let units = u8::try_from(bytes / PER_UNIT).unwrap_or(BURST);
        self.handled = self.handled.saturating_add(1).saturating_add(units);
    }

    /// Waits until the connection is over and no message waits.
    pub(super) async fn finish(&mut self) {
        let mut dropped = None;
        while poll_fn(|cx| self.poll_next(cx, &mut dropped)).await {}
    }

    /// Does what can be done now: writes what is queued, reads, keeps the deadlines. Ready when something has come
    /// that is to be decoded, or the connection has ended, else pending with every waker in place.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, ahead: Ahead) -> Poll<()> {
        self.handled = 0;
        let polled = self.poll_turns(cx, ahead);
        if polled.is_pending() {
            self.input.park();
            self.report_read_ahead();
        } else {
            self.session.outbox().settle(&mut self.batch);
        }
        polled
    }

    fn poll_turns(&mut self, cx: &mut Context<'_>, ahead: Ahead) -> Poll<()> {
        loop {
            match self.session.outbox().turn(&mut self.batch) {
                Turn::Continue => {}
                Turn::Change => {
                    self.adopt_limits();
                    continue;
                }
                Turn::Close(request) => self.close(request),
                Turn::Shed => {
                    self.shed();
                    return Poll::Ready(());
                }
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
                    let progress = self.poll_io(cx, ahead);
                    let decodable = ahead == Ahead::No && self.may_decode();
                    if decodable || self.ended().is_some() {
                        return Poll::Ready(());
                    }
                    if self.handled >= BURST {
                        // A handler runs, and the peer sends pings without an end: the other connections have their turn.
                        return give_way(cx);
                    }
                    progress
                }
            };
            if !progress && self.session.outbox().wait(&mut self.batch, cx.waker()) {
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

    /// The error behind a 1009 of ours, which the endpoint is told of as well.
    pub(super) fn too_big(&self) -> Option<Error> {
        let reason = self.ended()?;
        let is_ours = reason.code == CloseCode::TOO_BIG && reason.initiator == Initiator::Runtime;
        is_ours.then(|| Error::new(ErrorKind::TooBig, reason.reason.clone()))
    }

    /// What applies to the connection.
    pub(super) fn terms(&self) -> &Terms {
        self.deadlines.terms()
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted
    }

    /// One round of writing, reading and deadlines; `true` when another one may find more to do.
    fn poll_io(&mut self, cx: &mut Context<'_>, ahead: Ahead) -> bool {
        let written = self.poll_write(cx);
        if let Poll::Ready(Err(error)) = &written {
            self.vanished(error);
            return true;
        }
        if let Stage::Answering(reason) = &self.stage {
            // A client leaves it to the server to close TCP first (RFC 6455 §7.1.1).
            let waits = reason.clean && self.decoder.role() == Role::Client;
            if written.is_ready()
                && (waits || Pin::new(&mut self.stream).poll_shutdown(cx).is_ready())
            {
                self.answered();
                return true;
            }
        } else if self.poll_read(cx, ahead).is_ready() {
            // A peer that sends all the time puts no deadline off.
            if let Some(due) = self.deadlines.overdue() {
                self.on_due(due);
            }
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

    /// Takes over the limits that the session was given while it lives.
    #[cold]
    fn adopt_limits(&mut self) {
        let changes = self.session.outbox().take_changes();
        if changes.idle_timeout {
            self.deadlines.set_idle_timeout(self.session.idle_timeout());
        }
        if changes.login_end {
            self.deadlines.set_login_end(self.session.login_end());
        }
        if changes.limits {
            self.decoder.set_limits(self.session.limits());
        }
        if changes.held
            && let Some(timeout) = self.deadlines.terms().unfinished_timeout
        {
            self.deadlines.look_at_unfinished(Instant::now() + timeout);
        }
    }
}

/// Has the task run again when the others have had their turn, those too whose sockets have got something since: a task
/// that only wakes itself keeps them waiting for a long time, because tokio looks at sockets once in many turns.
fn give_way<T>(cx: &mut Context<'_>) -> Poll<T> {
    let again = pin!(tokio::task::yield_now()).poll(cx);
    if again.is_ready() {
        cx.waker().wake_by_ref();
    }
    Poll::Pending
}
