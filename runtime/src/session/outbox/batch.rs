//! The connection's side of an outbox.

use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;

use tokio::sync::Notify;

use super::super::segments::Segments;
use super::super::{CloseRequest, FrameEncoder};
use super::queue::{Queue, Stage};
use super::{
    ABORTED, BLOCKED, CLOSING, HELD, Outbox, QUEUED, RENEWED, RESIZED, RETIMED, RUNNING, SHED,
    WAITING, notify,
};
use crate::protocol::Opcode;

/// What a connection took out of its outbox and is writing.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(super) segments: Segments,
    /// Bytes that were written, and messages which that finished, of which the outbox does not know yet.
    pub(super) written: usize,
    pub(super) finished: usize,
}

/// What was said to a connection since its last turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct News(u8);

/// The session has other limits than the connection knows, or other deadlines.
const CHANGED: u8 = RETIMED | RESIZED | RENEWED | HELD;

/// What a connection learns from its outbox each time it runs.
#[derive(Debug)]
pub(crate) enum Turn {
    Continue,
    /// Look at the limits again, then ask again.
    Change,
    /// Write what is queued, then this.
    Close(CloseRequest),
    /// End at once: the drain's time is over.
    Abort,
    /// End at once: the server needs the memory.
    Shed,
}

impl Queue {
    pub(super) fn hand_over(&mut self, batch: &mut Batch) {
        batch.segments.append(&mut self.untaken);
    }

    /// Accounts for what was written of `batch`, and returns who waits for that.
    pub(super) fn settle(&mut self, batch: &mut Batch) -> Option<Arc<Notify>> {
        let written = std::mem::take(&mut batch.written);
        if written == 0 {
            return None;
        }
        self.bytes -= written;
        self.messages -= std::mem::take(&mut batch.finished);
        self.watchers.take()
    }
}

impl Outbox {
    /// What the connection has to know before it handles the next message.
    #[inline]
    pub(crate) fn news(&self) -> News {
        News(self.signals.load(Ordering::Acquire))
    }

    /// Whether the connection's task does not wait.
    pub(crate) fn is_running(&self) -> bool {
        self.parked.load(Ordering::Relaxed) == RUNNING
    }

    /// Moves what is queued to `batch`, if it is empty, and says what else is to be done.
    ///
    /// Behind a socket that takes nothing, messages stay in the queue: gathered there, they need no more memory than
    /// their bytes.
    pub(crate) fn turn(&self, batch: &mut Batch) -> Turn {
        self.parked.store(RUNNING, Ordering::Relaxed);
        let signals = self.signals.load(Ordering::Acquire) & batch.signals();
        if signals == 0 && batch.written == 0 {
            return Turn::Continue;
        }
        if signals & ABORTED != 0 {
            return Turn::Abort;
        }
        if signals & SHED != 0 {
            let _queue = self.lock();
            self.unsignal(SHED);
            return Turn::Shed;
        }
        if signals & CHANGED != 0 {
            return Turn::Change;
        }
        let mut queue = self.lock();
        if batch.is_empty() {
            queue.hand_over(batch);
            self.unsignal(QUEUED | CLOSING);
        } else {
            self.unsignal(CLOSING);
        }
        let watchers = queue.settle(batch);
        self.report_queued(&mut queue);
        let turn = if matches!(queue.stage, Stage::Closing(_))
            && let Stage::Closing(request) = std::mem::replace(&mut queue.stage, Stage::Ending)
        {
            Turn::Close(*request)
        } else {
            Turn::Continue
        };
        drop(queue);
        notify(watchers);
        turn
    }

    /// Asks for a wake-up when there is something to do; `false` when there is something already.
    pub(crate) fn wait(&self, batch: &mut Batch, waker: &Waker) -> bool {
        let mut queue = self.lock();
        let watchers = queue.settle(batch);
        self.report_queued(&mut queue);
        let idle = self.signals.load(Ordering::Relaxed) & batch.signals() == 0;
        if idle {
            let parked = if batch.is_empty() { WAITING } else { BLOCKED };
            self.parked.store(parked, Ordering::Relaxed);
            match &mut queue.waker {
                Some(known) => known.clone_from(waker),
                none => *none = Some(waker.clone()),
            }
        }
        drop(queue);
        notify(watchers);
        idle
    }

    /// Accounts for what was written of `batch`, before a handler can ask for room.
    pub(crate) fn settle(&self, batch: &mut Batch) {
        if batch.written > 0 {
            let mut queue = self.lock();
            let watchers = queue.settle(batch);
            self.report_queued(&mut queue);
            drop(queue);
            notify(watchers);
        }
    }

    /// Appends a ping or pong of the runtime itself to `batch`, whatever the bounds are.
    pub(crate) fn control(&self, batch: &mut Batch, opcode: Opcode, payload: &[u8]) {
        self.append_to(batch, |encoder, out| {
            encoder.encode_control(out, opcode, payload);
        });
    }

    /// Appends a Close frame to `batch`, whatever the bounds are.
    pub(crate) fn goodbye(&self, batch: &mut Batch, code: Option<u16>, reason: &str) {
        self.append_to(batch, |encoder, out| {
            encoder.encode_close(out, code, reason);
        });
    }

    /// Gives the memory of the compressor's context back if nothing was queued since the last call: the next message
    /// then refers to nothing before it.
    pub(crate) fn rest(&self) {
        let mut queue = self.lock();
        if !std::mem::take(&mut queue.busy) {
            queue.encoder.forget();
        }
    }

    /// Takes no more messages, because a Close frame comes next, and moves what is queued to `batch`: nothing may
    /// follow the Close frame (RFC 6455 §5.5.1).
    pub(crate) fn stop(&self, batch: &mut Batch) {
        let mut queue = self.lock();
        let lost = (queue.stop_holding(), queue.waiting.take());
        queue.hand_over(batch);
        if matches!(queue.stage, Stage::Open | Stage::Closing(_)) {
            queue.stage = Stage::Ending;
        }
        self.unsignal(QUEUED | CLOSING);
        let watchers = queue.watchers.take();
        drop(queue);
        drop(lost);
        notify(watchers);
    }

    /// Lets go of everything, because the connection is over.
    pub(crate) fn end(&self) {
        let mut queue = self.lock();
        // Payloads may be of a type with its own `Drop`, which may use the session.
        let lost = (
            queue.stop_holding(),
            queue.waiting.take(),
            std::mem::take(&mut queue.untaken),
        );
        queue.stage = Stage::Ended;
        queue.encoder = FrameEncoder::default();
        queue.waker = None;
        self.report_end(&mut queue);
        self.unsignal(QUEUED | CLOSING);
        let watchers = queue.watchers.take();
        drop(queue);
        drop(lost);
        notify(watchers);
    }

    fn append_to(&self, batch: &mut Batch, encode: impl FnOnce(&mut FrameEncoder, &mut Vec<u8>)) {
        let mut queue = self.lock();
        // Behind what was queued before: `flush` counts the bytes in the order of the wire.
        queue.hand_over(batch);
        self.unsignal(QUEUED);
        let encoder = &mut queue.encoder;
        let added = batch.segments.push_with(|out| encode(encoder, out));
        queue.bytes += added;
        queue.total_queued += added as u64;
    }

    /// Clears signals. Only who holds the lock may.
    pub(super) fn unsignal(&self, signals: u8) {
        let before = self.signals.load(Ordering::Relaxed);
        self.signals.store(before & !signals, Ordering::Relaxed);
    }
}

impl News {
    /// This side has begun to close.
    pub(crate) fn is_closing(self) -> bool {
        self.0 & CLOSING != 0
    }

    /// The session was given other limits.
    pub(crate) fn is_changed(self) -> bool {
        self.0 & CHANGED != 0
    }
}

impl Batch {
    /// Returns all that is to be written, if it lies in one piece.
    #[inline]
    pub(crate) fn gathered(&self) -> Option<&[u8]> {
        self.segments.gathered()
    }

    /// Points `slices` at what is to be written next and returns how many it used.
    pub(crate) fn slices<'b>(&'b self, slices: &mut [IoSlice<'b>; Segments::SLICES]) -> usize {
        self.segments.slices(slices)
    }

    /// Drops the first `bytes` bytes, which were written, and returns how many messages that finished.
    pub(crate) fn advance(&mut self, bytes: usize) -> usize {
        let finished = self.segments.advance(bytes);
        self.written += bytes;
        self.finished += finished;
        finished
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The signals that matter while this is not written.
    fn signals(&self) -> u8 {
        if self.is_empty() {
            QUEUED | CLOSING | ABORTED | SHED | CHANGED
        } else {
            CLOSING | ABORTED | SHED | CHANGED
        }
    }
}
