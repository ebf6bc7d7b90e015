//! The clock of the cluster: the order in which its nodes saw sessions come, whatever the time of day is on each of them.
//!
//! A stamp decides which of two sessions is the newer: it is this clock's time, but later than any stamp
//! that the node knows for the key. The clock jumps to whichever node is ahead, so that nodes which have
//! heard each other agree. A session whose `on_open` has not returned has the stamp 0: every other one is newer, and
//! none is closed because of it.

use std::time::Duration;

use tokio::time::Instant;

use super::Directory;
use super::own::OPENING;
use crate::cluster::wire::Change;

/// What the clock shows at most, in microseconds; who says more is not believed.
const MAX: u64 = 1 << 62;

/// By so much clocks that are the same may differ: for so long a packet may be on its way.
const JITTER: Duration = Duration::from_millis(10);

/// A clock that runs with the time, and jumps to that of another node which is ahead. So nodes that have heard of each
/// other show the same, but for the time that a packet takes, also after they have been cut off from each other.
#[derive(Debug)]
pub(super) struct ClusterClock {
    begun: Instant,
    /// How far it is ahead of the time since then, in microseconds.
    ahead: u64,
    /// This node knows its cluster: what it has said of its own sessions was said by the clock of the others.
    is_settled: bool,
}

impl ClusterClock {
    pub(super) fn new(begun: Instant) -> Self {
        Self {
            begun,
            ahead: 0,
            is_settled: false,
        }
    }

    /// What it shows, in microseconds.
    pub(super) fn at(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.begun).as_micros();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        self.ahead.saturating_add(passed).min(MAX)
    }

    pub(super) fn settle(&mut self) {
        self.is_settled = true;
    }
}

impl Directory {
    /// Another node's clock shows this. A node that does not know its cluster yet had a clock of its own until now: how old
    /// its sessions are it knows, and so it says what the others' clocks showed when they came.
    pub(super) fn observe(&mut self, clock: u64, now: Instant) {
        let behind = clock.min(MAX).saturating_sub(self.clock.at(now));
        if behind == 0 {
            return;
        }
        self.clock.ahead = self.clock.ahead.saturating_add(behind);
        if self.clock.is_settled || u128::from(behind) < JITTER.as_micros() {
            return;
        }
        self.table.shift(self.me, OPENING, behind);
        for announced in self.table.announced(self.me) {
            self.will_say(Change::Joined(announced));
        }
    }
}
