//! What a session reports to the memory budget of its server, and how it is shed.

use super::queue::{Queue, Stage};
use super::{Outbox, OutboxLimits, SHED};
use crate::session::budget::{self, Budget, Reported};

impl Outbox {
    /// How many bytes this session has reported.
    pub(crate) fn reported(&self) -> usize {
        self.lock().reported.bytes()
    }

    /// Takes over how many bytes were read ahead of the session's handlers.
    #[cold]
    pub(crate) fn report_read_ahead(&self, bytes: usize) {
        let mut queue = self.lock();
        if let Some(budget) = self.budget() {
            budget.report(&mut queue.reported.read_ahead, bytes);
        }
    }

    /// Makes the connection end at once, with 1013 and without a farewell: its peer reads nothing. Returns how much memory
    /// that frees; none if it was told already.
    pub(crate) fn shed(&self) -> usize {
        let mut queue = self.lock();
        let freed = queue.reported.bytes();
        if freed == 0 || queue.shed {
            return 0;
        }
        queue.shed = true;
        self.signal(SHED);
        let waker = queue.waker.take();
        drop(queue);
        super::wake(waker);
        freed
    }

    /// Whether the session was told to end, and has not yet.
    pub(crate) fn is_being_shed(&self) -> bool {
        self.lock().shed
    }

    /// Reports what is queued, if that is due.
    #[inline]
    pub(super) fn report_queued(&self, queue: &mut Queue) {
        // Mostly nothing was reported, and what is queued is too little for it.
        if queue.reported.queued != 0 || queue.bytes >= budget::STEP {
            self.report_held(queue);
        }
    }

    /// Reports what is queued or held back, if that is due.
    #[inline(never)]
    pub(super) fn report_held(&self, queue: &mut Queue) {
        if budget::is_due(queue.reported.queued, queue.memory()) {
            self.report_change(queue);
        }
    }

    /// The session holds nothing any more.
    pub(super) fn report_end(&self, queue: &mut Queue) {
        queue.shed = false;
        if queue.reported.bytes() > 0 {
            self.limits.forget(&mut queue.reported);
        }
    }

    #[cold]
    fn report_change(&self, queue: &mut Queue) {
        // A session that has ended still counts what was never written, but holds none of it.
        if !matches!(queue.stage, Stage::Ended) {
            let bytes = queue.memory();
            self.limits.report(&mut queue.reported, bytes);
        }
    }

    fn budget(&self) -> Option<&Budget> {
        self.limits.budget.as_deref()
    }
}

impl OutboxLimits {
    /// Tells all that bound the outbox how many bytes it holds now.
    fn report(&self, reported: &mut Reported, bytes: usize) {
        let before = reported.queued;
        if let Some(budget) = &self.budget {
            budget.report(&mut reported.queued, bytes);
        } else if self.shared_room.is_some() {
            reported.queued = budget::steps(bytes);
        }
        if let Some(room) = &self.shared_room {
            room.report(before, reported.queued);
        }
    }

    /// Tells all of them that the session holds nothing any more.
    fn forget(&self, reported: &mut Reported) {
        self.report(reported, 0);
        if let Some(budget) = &self.budget {
            budget.report(&mut reported.read_ahead, 0);
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        // A session that never began may have something queued.
        let queue = self.queue.get_mut();
        let queue = queue.unwrap_or_else(std::sync::PoisonError::into_inner);
        self.limits.forget(&mut queue.reported);
    }
}
