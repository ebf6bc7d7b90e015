//! The memory budget of a server: how large it is, and the end of the sessions that are beyond it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, get_current_pid};
use tokio::runtime::Handle;

use crate::log_limits::{LogKind, log_limited};
use crate::registry::Registry;
use crate::session::{Budget, Session};

/// The part of the memory of the machine, or of the container, that sessions may hold.
const SHARE: u64 = 2;

/// How long sessions that are shed have to let go of their memory before others are looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// How much the sessions of a server may hold in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MemoryBudget {
    /// Half of the memory that there is.
    #[default]
    Auto,
    Off,
    Bytes(usize),
}

impl MemoryBudget {
    /// The budget of the server whose sessions are these.
    pub(super) fn begin(self, registry: &Arc<Registry>) -> Option<Arc<Budget>> {
        let limit = match self {
            Self::Auto => memory_of_machine()? / SHARE,
            Self::Off => return None,
            Self::Bytes(bytes) => bytes as u64,
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let registry = Arc::downgrade(registry);
        Some(Arc::new_cyclic(|budget: &Weak<Budget>| {
            let budget = Weak::clone(budget);
            Budget::new(limit, move || begin(&budget, &registry))
        }))
    }

    /// What is wrong with it.
    pub(super) fn problem(self) -> Option<String> {
        match self {
            Self::Bytes(bytes) => crate::bounds::size("memory_budget", bytes),
            Self::Auto | Self::Off => None,
        }
    }
}

/// An excess that is seen to; dropping it lets the next one be reported. So one that a task of a short-lived runtime was to
/// see to, such as one in which a thread of the program pushes, is not forgotten with that runtime.
struct Excess(Weak<Budget>);

impl Drop for Excess {
    fn drop(&mut self) {
        if let Some(budget) = self.0.upgrade() {
            budget.seen_to();
        }
    }
}

/// Sees to an excess, in a task of its own.
fn begin(budget: &Weak<Budget>, registry: &Weak<Registry>) {
    let excess = Excess(Weak::clone(budget));
    // A thread outside may have queued a message: the next report comes from inside.
    if let Ok(runtime) = Handle::try_current() {
        drop(runtime.spawn(shed(excess, Weak::clone(registry))));
    }
}

async fn shed(excess: Excess, registry: Weak<Registry>) {
    let Excess(budget) = &excess;
    loop {
        let (Some(held), Some(sessions)) = (budget.upgrade(), registry.upgrade()) else {
            return;
        };
        let is_over = held.used() > held.limit();
        if is_over && is_process_larger_than(held.limit()) {
            shed_once(&held, &sessions);
        }
        drop((held, sessions));
        // Also when there is nothing to be done: what is looked at is not free.
        tokio::time::sleep(PAUSE).await;
        let Some(held) = budget.upgrade() else { return };
        if !is_over || held.used() <= held.limit() {
            return;
        }
    }
}

/// Ends the sessions that hold the most, until the others are a tenth below the budget.
fn shed_once(budget: &Budget, registry: &Registry) {
    let mut sessions: Vec<(usize, Session)> = Vec::new();
    let mut leaving = 0;
    for session in registry.all() {
        match session.outbox().reported() {
            0 => {}
            bytes if session.outbox().is_being_shed() => leaving += bytes,
            bytes => sessions.push((bytes, session)),
        }
    }
    sessions.sort_unstable_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    let goal = budget.limit() - budget.limit() / 10;
    let mut used = budget.used().saturating_sub(leaving);
    for (_, session) in sessions {
        if used <= goal {
            break;
        }
        let bytes = session.outbox().shed();
        used = used.saturating_sub(bytes);
        let (logs, path) = (&session.site().logs, session.uri().path());
        log_limited!(logs, LogKind::ShortOfMemory, peer = ?session.remote_addr(), path, bytes, "the sessions hold more than `memory_budget`: one that reads too slowly is cut off");
    }
}

/// Whether the whole process is larger than this, as far as that is known. A payload of more than 4 KiB that many sessions
/// have queued is in memory once and counts for each of them; so a count alone says little while the process is small.
fn is_process_larger_than(limit: usize) -> bool {
    let resident = || {
        let pid = get_current_pid().ok()?;
        let mut system = System::new();
        let only = ProcessRefreshKind::nothing().with_memory();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, only);
        system.process(pid).map(sysinfo::Process::memory)
    };
    resident().is_none_or(|bytes| bytes > limit as u64)
}

/// The memory of the machine, or less if this process may have less.
fn memory_of_machine() -> Option<u64> {
    let mut system = System::new();
    system.refresh_memory();
    let machine = system.total_memory();
    let own = system.cgroup_limits().map(|limits| limits.total_memory);
    let least = own
        .filter(|own| *own > 0)
        .map_or(machine, |own| own.min(machine));
    (least > 0).then_some(least)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn the_machine_has_memory_and_this_process_has_some_of_it() {
        let machine = memory_of_machine().expect("it is known here");
        assert!(machine > 64 * 1024 * 1024, "{machine}");
        assert!(is_process_larger_than(1024 * 1024));
        assert!(!is_process_larger_than(usize::MAX));
    }

    #[test]
    fn an_excess_is_reported_again_when_the_runtime_that_was_to_see_to_it_is_gone() {
        let registry = Arc::new(Registry::new());
        let begun = Arc::new(AtomicUsize::new(0));
        let budget = Arc::new_cyclic(|budget: &Weak<Budget>| {
            let budget = Weak::clone(budget);
            let (begun, registry) = (Arc::clone(&begun), Arc::downgrade(&registry));
            Budget::new(1, move || {
                begun.fetch_add(1, Ordering::Relaxed);
                begin(&budget, &registry);
            })
        });
        for times in 1..=3 {
            let runtime = Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(async { budget.exceed() });
            drop(runtime);
            assert_eq!(begun.load(Ordering::Relaxed), times);
        }
    }
}
