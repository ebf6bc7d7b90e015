//! Limits of a session that were changed while it lives: kept here, because its connection has to be told.

use std::sync::atomic::Ordering;

use super::super::limits::{IdleTimeout, Overrides};
use super::{Outbox, RESIZED, RETIMED, RUNNING, wake};

/// What a connection has to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) idle_timeout: bool,
    pub(crate) limits: bool,
}

impl Outbox {
    /// What `own` finds among the limits that this session has of its own.
    pub(in super::super) fn overridden<T>(
        &self,
        own: impl FnOnce(&Overrides) -> Option<T>,
    ) -> Option<T> {
        self.lock().overrides.as_deref().and_then(own)
    }

    /// Sets the idle timeout, and wakes a connection that waits: its timer may be set too late.
    pub(in super::super) fn retime(&self, timeout: IdleTimeout) {
        let mut queue = self.lock();
        queue.overrides.get_or_insert_default().idle_timeout = Some(timeout);
        self.signal(RETIMED);
        let wakes = self.parked.load(Ordering::Relaxed) != RUNNING;
        let waker = wakes.then(|| queue.waker.take()).flatten();
        drop(queue);
        wake(waker);
    }

    /// Sets the size of messages. A connection that waits looks at it before it reads the next one.
    pub(in super::super) fn resize(&self, set: impl FnOnce(&mut Overrides)) {
        let mut queue = self.lock();
        set(queue.overrides.get_or_insert_default());
        self.signal(RESIZED);
    }

    /// What was changed since the last call.
    pub(crate) fn take_changes(&self) -> Changes {
        let _queue = self.lock();
        let signals = self.signals.load(Ordering::Relaxed);
        self.unsignal(RETIMED | RESIZED);
        Changes {
            idle_timeout: signals & RETIMED != 0,
            limits: signals & RESIZED != 0,
        }
    }
}
