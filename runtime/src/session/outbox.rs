//! What a session has queued and not yet written: bounded in bytes and messages, filled from any task,
//! emptied by the connection's own.

mod batch;
mod queue;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use tokio::sync::Notify;

use self::queue::{Queue, Stage};
use super::{CloseCode, CloseRequest, Frame, FrameEncoder, SendError};
use crate::protocol::Deflater;

pub(crate) use self::batch::{Batch, Turn};

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
    /// What the connection has to look at: written under the lock, read without it.
    signals: AtomicU8,
    /// What the connection is to be woken for. It sets this under the lock, and clears it without: who still reads
    /// the old value wakes it once for nothing.
    parked: AtomicU8,
    limits: Arc<OutboxLimits>,
}

/// The connection runs, and is to be woken for nothing.
const RUNNING: u8 = 0;
/// The connection waits for anything.
const WAITING: u8 = 1;
/// The connection waits for its socket, which takes nothing: messages only queue up.
const BLOCKED: u8 = 2;

/// There are messages to be written.
const QUEUED: u8 = 1;
/// This side wants to close.
const CLOSING: u8 = 2;
/// The session is to end at once.
const ABORTED: u8 = 4;

impl Outbox {
    /// An outbox that compresses, if there is a `deflater`.
    pub(crate) fn new(limits: Arc<OutboxLimits>, deflater: Option<Deflater>) -> Self {
        Self {
            queue: Mutex::new(Queue::new(FrameEncoder::new(deflater))),
            signals: AtomicU8::new(0),
            parked: AtomicU8::new(RUNNING),
            limits,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.lock().stage, Stage::Open)
    }

    pub(crate) fn try_send(&self, frame: &Frame) -> Result<(), SendError> {
        let waker = self.append(&mut self.lock(), frame)?;
        wake(waker);
        Ok(())
    }

    pub(crate) async fn send(&self, frame: &Frame) -> Result<(), SendError> {
        loop {
            let progress;
            let notified = {
                let mut queue = self.lock();
                match self.append(&mut queue, frame) {
                    Err(SendError::Full) => {}
                    done => {
                        drop(queue);
                        return done.map(wake);
                    }
                }
                progress = queue.progress();
                progress.notified()
            };
            notified.await;
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
            let waker = self.begin_close(&mut queue, request);
            let watchers = queue.watchers.take();
            drop(queue);
            notify(watchers);
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
            let progress;
            let notified = {
                let mut queue = self.lock();
                if queue.total_written() >= target {
                    return Ok(());
                }
                if matches!(queue.stage, Stage::Ended) {
                    return Err(SendError::Closed);
                }
                progress = queue.progress();
                progress.notified()
            };
            notified.await;
        }
    }

    /// Ends the session with a Close frame behind what is queued; only the first close counts.
    pub(crate) fn close(&self, request: CloseRequest) {
        let mut queue = self.lock();
        let waker = self.begin_close(&mut queue, request);
        let watchers = queue.watchers.take();
        drop(queue);
        notify(watchers);
        wake(waker);
    }

    /// Ends the session without any farewell.
    pub(crate) fn abort(&self) {
        let mut queue = self.lock();
        self.signal(ABORTED);
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

    /// The waker of a connection that waits, if `frame` was queued.
    #[inline]
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
        self.signal(QUEUED);
        let wakes = self.parked.load(Ordering::Relaxed) == WAITING;
        Ok(wakes.then(|| queue.waker.take()).flatten())
    }

    fn begin_close(&self, queue: &mut Queue, request: CloseRequest) -> Option<Waker> {
        if !matches!(queue.stage, Stage::Open) {
            return None;
        }
        queue.stage = Stage::Closing(Box::new(request));
        self.signal(CLOSING);
        let wakes = self.parked.load(Ordering::Relaxed) != RUNNING;
        wakes.then(|| queue.waker.take()).flatten()
    }

    /// Sets a signal. Only who holds the lock may, so that no other is lost.
    fn signal(&self, signal: u8) {
        let signals = self.signals.load(Ordering::Relaxed);
        self.signals.store(signals | signal, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing that runs under the lock panics half-way through a change.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

fn notify(watchers: Option<Arc<Notify>>) {
    if let Some(watchers) = watchers {
        watchers.notify_waiters();
    }
}
