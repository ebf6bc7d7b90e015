use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::cluster::wire::{Announced, Change};

/// How many packets are kept that came before an earlier one.
const MAX_AHEAD: usize = 256;

/// A cluster's node has no more sessions than fit so many packets.
const MAX_PAGES: u32 = 65_536;

/// What is known of another node.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) heard: Instant,
    /// Whether it was heard on the connection to the broker that there is now.
    pub(super) is_confirmed: bool,
    /// The number of its last changes that are in the table; `None` until it has told all that it has.
    applied: Option<u64>,
    /// The highest number that it has spoken of.
    latest: u64,
    /// Changes that came before those that they follow.
    ahead: BTreeMap<u64, Vec<Change>>,
    /// What came so far of all that it has.
    pages: Option<Pages>,
    pub(super) asked: Option<Instant>,
    pub(super) probed: Option<Instant>,
}

#[derive(Debug)]
struct Pages {
    seq: u64,
    pages: u32,
    came: BTreeMap<u32, Vec<Announced>>,
}

impl Peer {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            heard: now,
            is_confirmed: false,
            applied: None,
            latest: 0,
            ahead: BTreeMap::new(),
            pages: None,
            asked: None,
            probed: None,
        }
    }

    /// Whether everything that it has spoken of is in the table.
    pub(super) fn is_current(&self) -> bool {
        self.applied == Some(self.latest)
    }

    /// It has spoken of the changes of this number.
    pub(super) fn speaks_of(&mut self, seq: u64) {
        self.latest = self.latest.max(seq);
    }

    /// Takes changes that came, and returns those that are due now, in order.
    pub(super) fn take_changes(&mut self, seq: u64, changes: Vec<Change>) -> Vec<Change> {
        self.speaks_of(seq);
        if self.applied.is_some_and(|applied| seq <= applied) {
            return Vec::new();
        }
        if self.ahead.len() < MAX_AHEAD {
            self.ahead.insert(seq, changes);
        }
        self.due()
    }

    /// Takes a page of all that it has, and returns all of it when this was the last page that was missing.
    pub(super) fn take_page(
        &mut self,
        seq: u64,
        (page, pages): (u32, u32),
        sessions: Vec<Announced>,
    ) -> Option<Vec<Announced>> {
        self.speaks_of(seq);
        let is_old = self.applied.is_some_and(|applied| seq <= applied);
        if is_old || page >= pages || pages > MAX_PAGES {
            return None;
        }
        let fits = |of: &Pages| (of.seq, of.pages) == (seq, pages);
        match &self.pages {
            Some(of) if of.seq > seq => return None,
            Some(of) if fits(of) => {}
            Some(_) | None => {
                self.pages = Some(Pages {
                    seq,
                    pages,
                    came: BTreeMap::new(),
                });
            }
        }
        let of = self.pages.as_mut()?;
        of.came.insert(page, sessions);
        if u32::try_from(of.came.len()) != Ok(of.pages) {
            return None;
        }
        let of = self.pages.take()?;
        self.applied = Some(seq);
        self.asked = None;
        Some(of.came.into_values().flatten().collect())
    }

    /// The changes that follow those in the table, in order.
    pub(super) fn due(&mut self) -> Vec<Change> {
        let mut due = Vec::new();
        let Some(mut applied) = self.applied else {
            return due;
        };
        self.ahead = self.ahead.split_off(&applied.saturating_add(1));
        while let Some(changes) = self.ahead.remove(&applied.saturating_add(1)) {
            due.extend(changes);
            applied += 1;
        }
        self.applied = Some(applied);
        due
    }
}
