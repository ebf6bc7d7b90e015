//! The memory that all sessions of one server may hold: their outboxes, and what was read ahead of their handlers.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Sessions report what they hold in steps of so many bytes, so that most messages cost nothing: less is not counted.
pub(crate) const STEP: usize = 16 * 1024;

/// What the sessions of a server hold together, and how much that may be.
pub(crate) struct Budget {
    limit: usize,
    /// In bytes, as far as it was reported.
    used: AtomicUsize,
    /// Somebody looks after it already.
    is_seen_to: AtomicBool,
    on_excess: Box<dyn Fn() + Send + Sync>,
}

/// What one session has reported, in steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reported {
    pub(super) queued: u32,
    pub(super) read_ahead: u32,
}

impl Budget {
    /// `on_excess` is called when the sessions hold more than `limit` bytes, and then not before [`seen_to`](Self::seen_to).
    /// It must not touch a session.
    pub(crate) fn new(limit: usize, on_excess: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            limit,
            used: AtomicUsize::new(0),
            is_seen_to: AtomicBool::new(false),
            on_excess: Box::new(on_excess),
        }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The next excess is to be reported.
    pub(crate) fn seen_to(&self) {
        self.is_seen_to.store(false, Ordering::Relaxed);
    }

    /// Has more than all in use, for a moment.
    #[cfg(test)]
    pub(crate) fn exceed(&self) {
        let mut reported = 0;
        self.report(&mut reported, self.limit + STEP);
        self.report(&mut reported, 0);
    }

    /// Takes over what a session holds now.
    pub(super) fn report(&self, reported: &mut u32, bytes: usize) {
        let steps = steps(bytes);
        let (before, after) = (*reported as usize * STEP, steps as usize * STEP);
        *reported = steps;
        if after <= before {
            self.used.fetch_sub(before - after, Ordering::Relaxed);
            return;
        }
        let added = after - before;
        let used = self.used.fetch_add(added, Ordering::Relaxed) + added;
        if used > self.limit && !self.is_seen_to.swap(true, Ordering::Relaxed) {
            (self.on_excess)();
        }
    }
}

impl Reported {
    pub(super) fn bytes(self) -> usize {
        (self.queued as usize + self.read_ahead as usize) * STEP
    }
}

/// Whether it is time to report what is held. What goes up and down by less than a step needs no report.
#[inline]
pub(super) fn is_due(reported: u32, bytes: usize) -> bool {
    let reported = reported as usize * STEP;
    bytes >= reported + STEP || (reported > 0 && (bytes < STEP || bytes + 2 * STEP <= reported))
}

/// Only whole steps count.
pub(crate) fn steps(bytes: usize) -> u32 {
    u32::try_from(bytes / STEP).unwrap_or(u32::MAX)
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("limit", &self.limit)
            .field("used", &self.used())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn whole_steps_count_and_come_back() {
        let budget = Budget::new(usize::MAX, || unreachable!("there is no excess"));
        let mut reported = 0;
        assert!(!is_due(reported, STEP - 1));
        for (bytes, steps) in [(STEP, 1), (10 * STEP + 1, 10), (3 * STEP - 1, 2), (0, 0)] {
            assert!(is_due(reported, bytes));
            budget.report(&mut reported, bytes);
            assert_eq!((reported, budget.used()), (steps, steps as usize * STEP));
        }
        budget.report(&mut reported, 5 * STEP);
        for bytes in [3 * STEP + 1, 6 * STEP - 1] {
            assert!(!is_due(reported, bytes));
        }
    }

    #[test]
    fn an_excess_is_told_once_until_it_was_seen_to() {
        let told = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&told);
        let budget = Budget::new(2 * STEP, move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let told = || told.load(Ordering::Relaxed);
        let (mut one, mut two) = (0, 0);
        budget.report(&mut one, 2 * STEP);
        assert_eq!(told(), 0);
        budget.report(&mut two, STEP);
        budget.report(&mut two, 2 * STEP);
        assert_eq!(told(), 1);
        budget.seen_to();
        budget.report(&mut one, STEP);
        assert_eq!(told(), 1, "it grows smaller");
        budget.report(&mut one, 2 * STEP);
        assert_eq!(told(), 2);
    }
}
