//! What a session has queued and not yet written: bounded in bytes and messages, filled from any task,
//! emptied by the connection's own.

#[cfg(test)]
mod tests;

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use tokio::sync::Notify;

use super::segments::Segments;
use super::{CloseCode, CloseRequest, Frame, SendError};
use crate::protocol::Deflater;

/// How much a session may have queued.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutboxLimits {
    pub(crate) bytes: usize,
    pub(crate) messages: usize,
    pub(crate) slow_consumer: SlowConsumer,
}

/// What happens when a push ([`send_info`](crate::send_info)) finds an outbox full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SlowConsumer {
    /// The session is closed with 1013; the Close frame goes behind what was queued before.
    #[default]
    Close,
    /// The message is dropped for this session, which stays open.
    Drop,
}

#[derive(Debug)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
    /// Woken whenever room appeared, bytes were written or the session ended.
    progress: Notify,
    limits: OutboxLimits,
}

#[derive(Debug, Default)]
struct Queue {
    /// What the connection has not taken yet.
    untaken: Segments,
    /// What is not written yet, taken or not.
    bytes: usize,
    messages: usize,
    /// Bytes since the session began, for `flush`.
    total_queued: u64,
    total_written: u64,
    /// Under this lock, because with a context the order of compression must be that of the wire.
    deflater: Option<Box<Deflater>>,
    /// Something was queued since the last [`rest`](Outbox::rest).
    busy: bool,
    stage: Stage,
    aborted: bool,
    waker: Option<Waker>,
}

#[derive(Debug, Default)]
enum Stage {
    /// The handshake is accepted, and the connection has not begun.
    #[default]
    Pending,
    Open,
    /// Nothing more is queued; the connection has yet to be told why.
    Closing(CloseRequest),
    /// The connection knows.
    Ending,
    Ended,
}

/// What a connection took out of its outbox and is writing.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    segments: Segments,
}

/// What a connection learns from its outbox each time it runs.
#[derive(Debug)]
pub(crate) enum Turn {
    Continue,
    /// Write what is queued, then this.
    Close(CloseRequest),
    /// End at once: the drain's time is over.
    Abort,
}

impl Outbox {
    /// An outbox that compresses, if there is a `deflater`.
    pub(crate) fn new(limits: OutboxLimits, deflater: Option<Deflater>) -> Self {
        let queue = Queue {
            deflater: deflater.map(Box::new),
            ..Queue::default()
        };
        Self {
            queue: Mutex::new(queue),
            progress: Notify::new(),
            limits,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.lock().stage, Stage::Open)
    }

    /// Whether this side has begun to close, and the connection has not been told.
    pub(crate) fn is_closing(&self) -> bool {
        matches!(self.lock().stage, Stage::Closing(_))
    }

    pub(crate) fn try_send(&self, frame: &Frame) -> Result<(), SendError> {
        let waker = self.append(&mut self.lock(), frame)?;
        wake(waker);
        Ok(())
    }

    pub(super) async fn send(&self, frame: &Frame) -> Result<(), SendError> {
        loop {
            match self.try_send(frame) {
                Err(SendError::Full) => {}
                done => return done,
            }
            let mut progress = pin!(self.progress.notified());
            progress.as_mut().enable();
            // Room may have appeared before the wait was announced.
            match self.try_send(frame) {
                Err(SendError::Full) => progress.await,
                done => return done,
            }
        }
    }

    /// Queues a push, and does what was chosen for sessions whose outbox is full.
    pub(crate) fn push(&self, frame: &Frame) -> Result<(), SendError> {
        let mut queue = self.lock();
        let pushed = self.append(&mut queue, frame);
        if matches!(pushed, Err(SendError::Full))
            && self.limits.slow_consumer == SlowConsumer::Close
        {
            let reason = "the outbox is full: messages are read too slowly";
            let request = CloseRequest::runtime(CloseCode::TRY_AGAIN_LATER, reason);
            let waker = queue.close(request);
            drop(queue);
            self.progress.notify_waiters();
            wake(waker);
            return Err(SendError::Full);
        }
        drop(queue);
        wake(pushed?);
        Ok(())
    }

    pub(super) async fn flush(&self) -> Result<(), SendError> {
        let target = self.lock().total_queued;
        loop {
            let mut progress = pin!(self.progress.notified());
            progress.as_mut().enable();
            {
                let queue = self.lock();
                if queue.total_written >= target {
                    return Ok(());
                }
                if matches!(queue.stage, Stage::Ended) {
                    return Err(SendError::Closed);
                }
            }
            progress.await;
        }
    }

    /// Ends the session with a Close frame behind what is queued; only the first close counts.
    pub(crate) fn close(&self, request: CloseRequest) {
        let waker = self.lock().close(request);
        self.progress.notify_waiters();
        wake(waker);
    }

    /// Ends the session without any farewell.
    pub(crate) fn abort(&self) {
        let mut queue = self.lock();
        queue.aborted = true;
        let waker = queue.waker.take();
        drop(queue);
        wake(waker);
    }

    /// Lets messages in: the connection begins.
    pub(crate) fn open(&self) {
        let mut queue = self.lock();
        if matches!(queue.stage, Stage::Pending) {
            queue.stage = Stage::Open;
        }
    }

    /// Moves what is queued to `batch` and says what else is to be done. For the connection only.
    pub(crate) fn turn(&self, batch: &mut Batch) -> Turn {
        let mut queue = self.lock();
        queue.waker = None;
        if queue.aborted {
            return Turn::Abort;
        }
        queue.hand_over(batch);
        match std::mem::replace(&mut queue.stage, Stage::Ending) {
            Stage::Closing(request) => Turn::Close(request),
            stage => {
                queue.stage = stage;
                Turn::Continue
            }
        }
    }

    /// Asks for a wake-up when there is something to do; `false` when there is something already.
    /// For the connection only.
    pub(crate) fn wait(&self, waker: &Waker) -> bool {
        let mut queue = self.lock();
        if queue.aborted || !queue.untaken.is_empty() || matches!(queue.stage, Stage::Closing(_)) {
            return false;
        }
        match &mut queue.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        true
    }

    /// Accounts for `bytes` of `batch` that were written. For the connection only.
    pub(crate) fn written(&self, batch: &mut Batch, bytes: usize) {
        let messages = batch.segments.advance(bytes);
        let mut queue = self.lock();
        queue.bytes -= bytes;
        queue.messages -= messages;
        queue.total_written += bytes as u64;
        drop(queue);
        self.progress.notify_waiters();
    }

    /// Appends a frame of the runtime itself to `batch`, whatever the bounds are. For the connection only.
    pub(crate) fn control(&self, batch: &mut Batch, encode: impl FnOnce(&mut Vec<u8>)) {
        let mut queue = self.lock();
        // Behind what was queued before: `flush` counts the bytes in the order of the wire.
        queue.hand_over(batch);
        let added = batch.segments.push_with(encode);
        queue.bytes += added;
        queue.total_queued += added as u64;
    }

    /// Gives the memory of the compressor's context back if nothing was queued since the last call: the next message
    /// then refers to nothing before it. For the connection only.
    pub(crate) fn rest(&self) {
        let mut queue = self.lock();
        if !std::mem::take(&mut queue.busy)
            && let Some(deflater) = &mut queue.deflater
        {
            deflater.forget();
        }
    }

    /// Takes no more messages, because a Close frame comes next, and moves what is queued to `batch`: nothing may
    /// follow the Close frame (RFC 6455 §5.5.1). For the connection only.
    pub(crate) fn stop(&self, batch: &mut Batch) {
        let mut queue = self.lock();
        queue.hand_over(batch);
        if matches!(queue.stage, Stage::Open | Stage::Closing(_)) {
            queue.stage = Stage::Ending;
        }
        drop(queue);
        self.progress.notify_waiters();
    }

    /// Lets go of everything, because the connection is over. For the connection only.
    pub(crate) fn end(&self) {
        let mut queue = self.lock();
        queue.stage = Stage::Ended;
        queue.untaken = Segments::default();
        queue.deflater = None;
        queue.waker = None;
        drop(queue);
        self.progress.notify_waiters();
    }

    fn append(&self, queue: &mut Queue, frame: &Frame) -> Result<Option<Waker>, SendError> {
        if !matches!(queue.stage, Stage::Open) {
            return Err(SendError::Closed);
        }
        let size = frame.len();
        if size > self.limits.bytes {
            return Err(SendError::TooLarge {
                size,
                limit: self.limits.bytes,
            });
        }
        // A message of the full size fits an empty outbox, whatever its header adds.
        let has_room = queue.messages == 0
            || (queue.messages < self.limits.messages && queue.bytes + size <= self.limits.bytes);
        if !has_room {
            return Err(SendError::Full);
        }
        queue.append(frame);
        Ok(queue.waker.take())
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing that runs under the lock panics half-way through a change.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn append(&mut self, frame: &Frame) {
        let added = self.untaken.push(frame, self.deflater.as_deref_mut());
        self.busy = true;
        self.bytes += added;
        self.total_queued += added as u64;
        self.messages += 1;
    }

    fn hand_over(&mut self, batch: &mut Batch) {
        batch.segments.append(&mut self.untaken);
    }

    fn close(&mut self, request: CloseRequest) -> Option<Waker> {
        if !matches!(self.stage, Stage::Open) {
            return None;
        }
        self.stage = Stage::Closing(request);
        self.waker.take()
    }
}

impl Batch {
    /// What is to be written.
    pub(crate) fn segments(&mut self) -> &mut Segments {
        &mut self.segments
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
