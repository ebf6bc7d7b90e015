use std::collections::{HashMap, HashSet};

use smallvec::SmallVec;

use crate::cluster::place::Place;
use crate::cluster::wire::{Announced, NodeId, SharedKey};
use crate::push::Key;
use crate::session::SessionId;

/// More places than any program has endpoints are a mistake, or worse.
const MAX_PLACES: usize = 4096;

/// Every session of the cluster by its key.
#[derive(Debug, Default)]
pub(super) struct Table {
    keys: HashMap<Key, SmallVec<[Entry; 1]>>,
    places: Vec<Place>,
    numbers: HashMap<Place, u32>,
}

/// A session. There may be a million: what it shares with others is only a number here.
#[derive(Clone, Copy, Debug)]
struct Entry {
    session: SessionId,
    stamp: u64,
    node: NodeId,
    place: u32,
}

/// A session that was found by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cluster) struct Found {
    pub(in crate::cluster) node: NodeId,
    pub(in crate::cluster) session: SessionId,
    pub(in crate::cluster) stamp: u64,
    pub(in crate::cluster) place: Place,
}

impl Table {
    /// Adds a session, or moves it in time; `true` when it is the first one of its key.
    pub(super) fn insert(&mut self, found: Found, key: &Key) -> bool {
        let Found {
            node,
            session,
            stamp,
            place,
        } = found;
        let Some(place) = self.number(place) else {
            return false;
        };
        let entry = Entry {
            session,
            stamp,
            node,
            place,
        };
        if let Some(entries) = self.keys.get_mut(key) {
            match entries.iter_mut().find(|other| other.is(node, session)) {
                Some(known) => *known = entry,
                None => entries.push(entry),
            }
            return false;
        }
        self.keys.insert(key.clone(), SmallVec::from_buf([entry]));
        true
    }

    /// Removes a session; `true` when it was the last one of its key. `None` when it was not there.
    pub(super) fn remove(&mut self, node: NodeId, key: &Key, session: SessionId) -> Option<bool> {
        let entries = self.keys.get_mut(key)?;
        let at = entries.iter().position(|entry| entry.is(node, session))?;
        entries.remove(at);
        let is_last = entries.is_empty();
        if is_last {
            self.keys.remove(key);
        }
        Some(is_last)
    }

    /// Removes all sessions of a node but these, and returns the keys that nobody has any more.
    pub(super) fn remove_all_but(&mut self, node: NodeId, kept: &HashSet<SessionId>) -> Vec<Key> {
        let mut vanished = Vec::new();
        self.keys.retain(|key, entries| {
            entries.retain(|entry| entry.node != node || kept.contains(&entry.session));
            if entries.is_empty() {
                vanished.push(key.clone());
            }
            !entries.is_empty()
        });
        vanished
    }

    /// The sessions of a key, the newest first.
    pub(super) fn find(&self, key: &Key) -> Vec<Found> {
        let Some(entries) = self.keys.get(key) else {
            return Vec::new();
        };
        let mut found: Vec<_> = entries.iter().map(|entry| self.found(entry)).collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.age()));
        found
    }

    /// Whether another node has a session of this key.
    pub(super) fn is_elsewhere(&self, me: NodeId, key: &Key) -> bool {
        let entries = self.keys.get(key);
        entries.is_some_and(|entries| entries.iter().any(|entry| entry.node != me))
    }

    pub(super) fn contains(&self, key: &Key) -> bool {
        self.keys.contains_key(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.keys()
    }

    pub(super) fn sessions(&self) -> impl Iterator<Item = (&Key, Found)> {
        self.keys.iter().flat_map(move |(key, entries)| {
            entries.iter().map(move |entry| (key, self.found(entry)))
        })
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The highest stamp that a session of this key has.
    pub(super) fn latest(&self, key: &Key) -> Option<u64> {
        let entries = self.keys.get(key)?;
        entries.iter().map(|entry| entry.stamp).max()
    }

    /// All sessions of a node, as other nodes are told of them.
    pub(super) fn announced(&self, node: NodeId) -> Vec<Announced> {
        let all = self.keys.iter().filter_map(|(key, entries)| {
            let key = SharedKey::new(key)?;
            let of_node = entries.iter().filter(move |entry| entry.node == node);
            Some(of_node.map(move |entry| {
                let found = self.found(entry);
                Announced::new(key.clone(), found.session, found.stamp, found.place)
            }))
        });
        all.flatten().collect()
    }

    /// How many bytes one more session takes, at most: its key is short, and the table has just grown.
    #[cfg(test)]
    pub(super) const BYTES_PER_SESSION: usize =
        2 * (size_of::<(Key, SmallVec<[Entry; 1]>)>() + 1) * 8 / 7;

    fn found(&self, entry: &Entry) -> Found {
        Found {
            node: entry.node,
            session: entry.session,
            stamp: entry.stamp,
            place: self.places[entry.place as usize],
        }
    }

    fn number(&mut self, place: Place) -> Option<u32> {
        if let Some(number) = self.numbers.get(&place) {
            return Some(*number);
        }
        let number = u32::try_from(self.places.len()).ok()?;
        if self.places.len() >= MAX_PLACES {
            return None;
        }
        self.places.push(place);
        self.numbers.insert(place, number);
        Some(number)
    }
}

impl Entry {
    fn is(&self, node: NodeId, session: SessionId) -> bool {
        self.node == node && self.session == session
    }
}

impl Found {
    /// Which of two is the newer, the same on all nodes.
    pub(in crate::cluster) fn age(&self) -> (u64, SessionId) {
        (self.stamp, self.session)
    }
}
