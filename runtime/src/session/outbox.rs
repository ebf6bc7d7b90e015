//! What a session has queued and not yet written: bounded in bytes and messages, filled from any task,
//! emptied by the connection's own.
//!
//! # A message goes out
//!
//! 1. `IntoMessage` writes it once, however many sessions get it, into a `Frame`, before any lock
//!    is taken.
//! 2. The outbox takes the frame if it has room in bytes and in messages. `send` waits for room,
//!    `try_send` fails, and a push closes the session with 1013 or drops the message.
//! 3. If compression was agreed on, the outbox's `Deflater` compresses the message under the lock:
//!    with a context, the order must be that of the wire. Without one, the `Frame` keeps the result
//!    for all other outboxes (`CompressOnce`).
//! 4. `Segments` hold the bytes. A payload of up to 4 KiB is copied behind its header, so that many
//!    small messages are one piece of memory; a larger one is shared by all sessions that have it
//!    queued. `FrameEncoder` writes every frame of this side.
//! 5. The connection's task moves everything that is queued into its `Batch` (`Outbox::turn`) and
//!    writes it: one buffer with one `send`, up to 16 pieces with one vectored write. Frames of the
//!    runtime itself, such as pongs and Close, go into the batch directly, beyond the bounds.
//! 6. `Outbox::settle` frees the room before a handler can ask for it.
//!
//! The connection looks at its outbox through `signals`, an atomic that senders set under the lock,
//! and takes the lock only when there is something. Limits that a session changes while it lives
//! come the same way (`changes.rs`). A sender wakes the connection only if that has said that it
//! waits. Buffers of small messages are used again by the next one of the thread (`spare.rs`).

mod batch;
mod changes;
mod delayed;
mod held;
mod held_memory;
mod opening;
mod parts;
mod progress;
mod queue;
mod rooms;
mod shared_room;
#[cfg(test)]
mod tests;
mod unfinished;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use tokio::sync::Notify;

use self::queue::{Queue, Stage};
use super::budget::Budget;
use super::timeout::{SendTimeout, SharedTimeout};
use super::{CloseCode, CloseRequest, Frame, FrameEncoder, SendError};
use crate::protocol::{Deflater, Role};

pub(crate) use self::batch::{Batch, Turn};
pub(super) use self::parts::Owner;
pub(crate) use self::shared_room::SharedRoom;
pub(crate) use self::unfinished::Overdue;

/// How much a session may have queued.
#[derive(Clone, Debug)]
pub(crate) struct OutboxLimits {
    pub(crate) bytes: usize,
    pub(crate) messages: usize,
    pub(crate) slow_consumer: SlowConsumer,
    /// How long a send waits for room, unless its session says otherwise.
    pub(crate) send_timeout: SendTimeout,
    /// What all sessions of the server may hold.
    pub(crate) budget: Option<Arc<Budget>>,
    /// The room of all sessions of the HTTP/2 connection.
    pub(crate) shared_room: Option<Arc<SharedRoom>>,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        Self {
            bytes: 1024 * 1024,
            messages: 1024,
            slow_consumer: SlowConsumer::default(),
            send_timeout: SendTimeout::NEVER,
            budget: None,
            shared_room: None,
        }
    }
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
    send_timeout: SharedTimeout,
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
/// The session has another idle timeout.
const RETIMED: u8 = 8;
/// The session takes messages of another size.
const RESIZED: u8 = 16;
/// The login behind the session ends at another time.
const RENEWED: u8 = 32;
/// The session holds memory that the server needs.
const SHED: u8 = 64;
/// The session has begun to hold messages back, and nobody looks yet for how long.
const HELD: u8 = 128;

impl Outbox {
    /// A server's outbox, which compresses if there is a `deflater`.
    pub(crate) fn new(limits: Arc<OutboxLimits>, deflater: Option<Deflater>) -> Self {
        Self::of(Role::Server, limits, deflater)
    }

    /// The outbox of one side of a connection.
    pub(crate) fn of(role: Role, limits: Arc<OutboxLimits>, deflater: Option<Deflater>) -> Self {
        Self {
            queue: Mutex::new(Queue::new(FrameEncoder::new(role, deflater))),
            signals: AtomicU8::new(0),
            parked: AtomicU8::new(RUNNING),
            send_timeout: SharedTimeout::new(limits.send_timeout),
            limits,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.lock().stage, Stage::Open | Stage::Holding(_))
    }

    pub(crate) fn try_send(&self, frame: &Frame) -> Result<(), SendError> {
        let waker = self.append(&mut self.lock(), frame)?;
        wake(waker);
        Ok(())
    }

    pub(crate) fn send(&self, frame: &Frame) -> impl Future<Output = Result<(), SendError>> {
        self.send_within(frame, self.send_timeout())
    }

    pub(super) async fn send_within(
        &self,
        frame: &Frame,
        timeout: SendTimeout,
    ) -> Result<(), SendError> {
        let appended = self.until_room(timeout, |queue| wait_if_full(self.append(queue, frame)));
        appended.await.map(wake)
    }

    /// Queues a push, and does what was chosen for sessions whose outbox is full. In a session that its endpoint has not
    /// accepted yet, the push waits until it has.
    pub(crate) fn push(&self, frame: &Frame) -> Result<(), SendError> {
        let mut queue = self.lock();
        let pushed = if queue.accepted {
            self.append(&mut queue, frame)
        } else {
            self.keep_waiting(&mut queue, frame).map(|()| None)
        };
        if matches!(pushed, Err(SendError::Full))
            && self.limits.slow_consumer == SlowConsumer::Close
            && self.is_slow(&queue, frame.len())
        {
            let reason = "the outbox is full: messages are read too slowly";
            let request = CloseRequest::runtime(CloseCode::TRY_AGAIN_LATER, reason);
            self.begin_close(queue, request);
            return Err(SendError::Full);
        }
        drop(queue);
        wake(pushed?);
        Ok(())
    }

    /// The largest message, in bytes.
    pub(super) fn largest(&self) -> usize {
        self.limits.bytes
    }

    pub(super) fn send_timeout(&self) -> SendTimeout {
        self.send_timeout.load()
    }

    pub(super) fn set_send_timeout(&self, timeout: SendTimeout) {
        self.send_timeout.store(timeout);
    }

    /// Ends the session with a Close frame behind what is queued; only the first close counts.
    pub(crate) fn close(&self, request: CloseRequest) {
        self.begin_close(self.lock(), request);
    }

    /// Ends the session without any farewell.
    pub(crate) fn abort(&self) {
        let mut queue = self.lock();
        self.signal(ABORTED);
        let waker = queue.waker.take();
        drop(queue);
        wake(waker);
    }

    /// The waker of a connection that waits, if `frame` was queued.
    // Every message comes by, and a call costs as much as what it does.
    #[inline(always)]
    fn append(&self, queue: &mut Queue, frame: &Frame) -> Result<Option<Waker>, SendError> {
        if !matches!(queue.stage, Stage::Open) {
            return self.append_held(queue, frame);
        }
        self.check_room(frame.len(), queue.messages, queue.bytes)?;
        queue.append(frame);
        Ok(self.queued(queue))
    }

    /// Whether a message of `size` bytes may be queued beside so many others.
    #[inline]
    fn check_room(&self, size: usize, messages: usize, bytes: usize) -> Result<(), SendError> {
        self.check_size(size)?;
        if self.has_own_room(size, messages, bytes) && self.has_shared_room(size, bytes) {
            Ok(())
        } else {
            Err(SendError::Full)
        }
    }

    #[inline]
    fn has_own_room(&self, size: usize, messages: usize, bytes: usize) -> bool {
        // A message of the full size fits an empty outbox, whatever its header adds.
        messages == 0 || (messages < self.limits.messages && bytes + size <= self.limits.bytes)
    }

    /// Whether the session's connection has room for `size` bytes, if it bounds them.
    #[inline]
    fn has_shared_room(&self, size: usize, bytes: usize) -> bool {
        let room = self.limits.shared_room.as_ref();
        room.is_none_or(|room| room.has_room(bytes, size))
    }

    /// Whether a session that has no room for `size` bytes is to blame for it, and not its neighbors alone.
    fn is_slow(&self, queue: &Queue, size: usize) -> bool {
        let (messages, bytes) = (queue.held_messages(), queue.memory());
        self.limits.shared_room.is_none()
            || bytes >= SharedRoom::OWN
            || !self.has_own_room(size, messages, bytes)
    }

    #[inline]
    fn check_size(&self, size: usize) -> Result<(), SendError> {
        if size > self.limits.bytes {
            return Err(SendError::TooLarge {
                size,
                limit: self.limits.bytes,
            });
        }
        Ok(())
    }

    /// Says that something was queued; the waker is that of a connection that waits.
    #[inline]
    fn queued(&self, queue: &mut Queue) -> Option<Waker> {
        self.report_queued(queue);
        self.signal(QUEUED);
        let wakes = self.parked.load(Ordering::Relaxed) == WAITING;
        wakes.then(|| queue.waker.take()).flatten()
    }

    fn begin_close(&self, mut queue: MutexGuard<'_, Queue>, request: CloseRequest) {
        let lost = (queue.stop_holding(), queue.waiting.take());
        let mut waker = None;
        if matches!(queue.stage, Stage::Open) {
            queue.stage = Stage::Closing(Box::new(request));
            self.signal(CLOSING);
            if self.parked.load(Ordering::Relaxed) != RUNNING {
                waker = queue.waker.take();
            }
        }
        let watchers = queue.watchers.take();
        drop(queue);
        drop(lost);
        notify(watchers);
        wake(waker);
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

/// Pending, where a send has to wait for room.
fn wait_if_full<T>(appended: Result<T, SendError>) -> Poll<Result<T, SendError>> {
    match appended {
        Err(SendError::Full) => Poll::Pending,
        done => Poll::Ready(done),
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
