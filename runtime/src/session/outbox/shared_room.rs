use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::session::budget::STEP;

/// The room that the outboxes of all sessions of one HTTP/2 connection have together.
///
/// Beside it, each of them has [`OWN`](Self::OWN) bytes that no other session can take, so that a session whose peer reads
/// gets its messages although its neighbors have filled the room.
#[derive(Debug)]
pub(crate) struct SharedRoom {
    limit: usize,
    /// In bytes, as far as the outboxes have reported it: an outbox with less than a step reports nothing.
    used: AtomicUsize,
    freed: Notify,
}

impl SharedRoom {
    /// Bytes that an outbox has for itself.
    pub(crate) const OWN: usize = STEP;

    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            used: AtomicUsize::new(0),
            freed: Notify::new(),
        }
    }

    /// Whether an outbox that holds `queued` bytes may take `size` more. Outboxes of several threads that ask at the same
    /// moment may all be told that they may.
    pub(super) fn has_room(&self, queued: usize, size: usize) -> bool {
        queued + size < Self::OWN || self.used.load(Ordering::Relaxed) + size <= self.limit
    }

    /// Takes over that an outbox has reported another number of steps.
    pub(super) fn report(&self, before: u32, after: u32) {
        let (before, after) = (before as usize * STEP, after as usize * STEP);
        if after > before {
            self.used.fetch_add(after - before, Ordering::Relaxed);
        } else if after < before {
            self.used.fetch_sub(before - after, Ordering::Relaxed);
            self.freed.notify_waiters();
        }
    }

    /// Completes when an outbox gives room back, from this call on.
    pub(super) fn freed(&self) -> Notified<'_> {
        self.freed.notified()
    }

    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}
