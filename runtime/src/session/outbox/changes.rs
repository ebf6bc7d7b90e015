//! Limits of a session that were changed while it lives: kept here, because its connection has to be told.

use std::sync::atomic::Ordering;

use super::super::expiry::Expiry;
use super::super::limits::{IdleTimeout, Overrides};
use super::{HELD, Outbox, RENEWED, RESIZED, RETIMED, RUNNING, wake};

/// What a connection has to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) idle_timeout: bool,
    pub(crate) limits: bool,
    pub(crate) login_end: bool,
    /// Messages are held back: see [`Outbox::overdue`].
    pub(crate) held: bool,
}

impl Outbox {
    /// What `own` finds among the limits that this session has of its own.
    pub(in super::super) fn overridden<T>(
        &self,
        own: impl FnOnce(&Overrides) -> Option<T>,
    ) -> Option<T> {
        self.lock().overrides.as_deref().and_then(own)
    }

    /// Sets the idle timeout.
    pub(in super::super) fn retime(&self, timeout: IdleTimeout) {
        self.set_time(RETIMED, |own| own.idle_timeout = Some(timeout));
    }

    /// Sets when the login ends.
    pub(in super::super) fn renew(&self, expiry: Expiry) {
        self.set_time(RENEWED, |own| own.expiry = Some(expiry));
    }

    /// Sets a time, and wakes a connection that waits: its timer may be set too late.
    fn set_time(&self, signal: u8, set: impl FnOnce(&mut Overrides)) {
        let mut queue = self.lock();
        set(queue.overrides.get_or_insert_default());
        self.signal(signal);
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
        self.unsignal(RETIMED | RESIZED | RENEWED | HELD);
        Changes {
            idle_timeout: signals & RETIMED != 0,
            limits: signals & RESIZED != 0,
            login_end: signals & RENEWED != 0,
            held: signals & HELD != 0,
        }
    }
}
