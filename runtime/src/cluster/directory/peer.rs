use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::cluster::wire::{Change, Entry};

/// How many packets are kept that came before an earlier one.
const MAX_AHEAD: usize = 256;

/// A cluster's node has no more sessions and rooms than fit so many packets.
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
    /// The number of the last changes in it, and which answer of the node it is: pages of two answers are not mixed.
    of: (u64, u64),
    pages: u32,
    came: BTreeMap<u32, Vec<Entry>>,
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
        (seq, answer): (u64, u64),
        (page, pages): (u32, u32),
        entries: Vec<Entry>,
    ) -> Option<Vec<Entry>> {
        self.speaks_of(seq);
        let is_old = self.applied.is_some_and(|applied| seq <= applied);
        if is_old || page >= pages || pages > MAX_PAGES {
            return None;
        }
        let fits = |begun: &Pages| (begun.of, begun.pages) == ((seq, answer), pages);
        match &self.pages {
            Some(begun) if begun.of > (seq, answer) => return None,
            Some(begun) if fits(begun) => {}
            Some(_) | None => {
                self.pages = Some(Pages {
                    of: (seq, answer),
                    pages,
                    came: BTreeMap::new(),
                });
            }
        }
        let begun = self.pages.as_mut()?;
        begun.came.insert(page, entries);
        if u32::try_from(begun.came.len()) != Ok(begun.pages) {
            return None;
        }
        let whole = self.pages.take()?;
        self.applied = Some(seq);
        self.asked = None;
        Some(whole.came.into_values().flatten().collect())
    }

    /// The changes that follow those in the table, in order.
    pub(super) fn due(&mut self) -> Vec<Change> {
        let mut due = Vec::new();
        let Some(mut applied) = self.applied else {
            return due;
        };
        self.ahead = self.ahead.split_off(&applied);
        self.ahead.remove(&applied);
        while let Some(next) = applied.checked_add(1)
            && let Some(changes) = self.ahead.remove(&next)
        {
            due.extend(changes);
            applied = next;
        }
        self.applied = Some(applied);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::place::Place;
    use crate::cluster::wire::{Announced, SharedKey};
    use crate::session::SessionId;
    use crate::site::{Key, OnDuplicate};

    /// Between two answers sessions may come and go without a number.
    #[test]
    fn pages_of_two_answers_are_not_mixed() {
        let place = Place {
            site: 1,
            endpoint: 2,
            policy: OnDuplicate::Newest,
        };
        let session = |key: &str| {
            let key = SharedKey::new(&Key::new(key)).unwrap();
            Entry::Session(Announced::new(key, SessionId::random(), 1, place))
        };
        let [a, b, c, d] = ["a", "b", "c", "d"].map(session);
        let mut peer = Peer::new(Instant::now());
        assert_eq!(peer.take_page((5, 1), (0, 2), vec![a]), None);
        assert_eq!(peer.take_page((5, 2), (1, 2), vec![d.clone()]), None);
        assert_eq!(peer.take_page((5, 1), (1, 2), vec![b]), None);
        let whole = peer.take_page((5, 2), (0, 2), vec![c.clone()]);
        assert_eq!(whole, Some(vec![c, d]));
        assert!(peer.is_current());
    }
}
