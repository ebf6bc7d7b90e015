//! The sessions of all nodes, by key and by node. No answer looks at more sessions than it is about: a key may have 10,000 sessions, of which a push means the newest.
//! `directory/tests/cost.rs` counts it.

#[cfg(test)]
pub(super) mod counted;
mod holders;
mod index;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroU32;
use std::ops::RangeBounds;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;

use self::holders::{Holders, Left};
use crate::cluster::place::Place;
use crate::cluster::wire::{Announced, NodeId, SharedKey};
use crate::session::SessionId;
use crate::site::Key;

/// More places than any program has endpoints are a mistake, or worse.
const MAX_PLACES: usize = 4096;

/// Every session of the cluster by its key.
///
/// What is done costs no more than the sessions that it is about: a key may have a hundred thousand sessions, and a node
/// a small part of all.
#[derive(Debug, Default)]
pub(super) struct Table {
    keys: HashTable<Row>,
    hasher: RandomState,
    /// The hashes of the keys of which a node has sessions.
    of_node: HashMap<NodeId, HashSet<u64>>,
    places: Vec<Place>,
    numbers: HashMap<Place, PlaceNumber>,
}

/// A key and the sessions that have it.
#[derive(Debug)]
struct Row {
    key: Key,
    holders: Holders,
}

/// A session. There may be a million: what it shares with others is only a number here.
#[derive(Clone, Copy, Debug)]
struct Entry {
    session: SessionId,
    stamp: u64,
    node: NodeId,
    place: PlaceNumber,
}

/// Where a place is in the list of places, counted from 1.
type PlaceNumber = NonZeroU32;

/// Which of two sessions is the newer, the same on all nodes.
pub(in crate::cluster) type Age = (u64, SessionId);

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
        let Some(place) = self.number(found.place) else {
            return false;
        };
        let entry = Entry {
            session: found.session,
            stamp: found.stamp,
            node: found.node,
            place,
        };
        let hash = self.hasher.hash_one(key);
        self.of_node.entry(found.node).or_default().insert(hash);
        let hasher = &self.hasher;
        let slot = self
            .keys
            .entry(hash, |row| row.key == *key, |row| hasher.hash_one(&row.key));
        match slot {
            Slot::Occupied(mut row) => {
                row.get_mut().holders.insert(entry);
                false
            }
            Slot::Vacant(slot) => {
                slot.insert(Row {
                    key: key.clone(),
                    holders: Holders::One(entry),
                });
                true
            }
        }
    }

    /// Removes a session; `true` when it was the last one of its key. `None` when it was not there.
    pub(super) fn remove(&mut self, node: NodeId, key: &Key, session: SessionId) -> Option<bool> {
        let hash = self.hasher.hash_one(key);
        let mut row = self.keys.find_entry(hash, |row| row.key == *key).ok()?;
        let left = row.get_mut().holders.remove(node, session)?;
        if left == Left::Nobody {
            row.remove();
        }
        if left != Left::This && !self.has_hash(node, hash) {
            self.forget_hash(node, hash);
        }
        Some(left == Left::Nobody)
    }

    /// Removes all sessions of a node but these, and returns the keys that nobody has any more.
    pub(super) fn remove_all_but(&mut self, node: NodeId, kept: &HashSet<SessionId>) -> Vec<Key> {
        let mut vanished = Vec::new();
        for hash in self.hashes(node) {
            let hasher = &self.hasher;
            let mut has_kept = false;
            // Mostly it is one row: two keys seldom have one hash.
            let rows = self.keys.iter_hash_mut(hash);
            for row in rows.filter(|row| hasher.hash_one(&row.key) == hash) {
                match row.holders.keep(node, kept) {
                    Left::Nobody => vanished.push(row.key.clone()),
                    Left::Others => {}
                    Left::This => has_kept = true,
                }
            }
            if !has_kept {
                self.forget_hash(node, hash);
            }
        }
        for key in &vanished {
            let hash = self.hasher.hash_one(key);
            if let Ok(row) = self.keys.find_entry(hash, |row| row.key == *key) {
                row.remove();
            }
        }
        vanished
    }

    /// Makes all sessions of a node whose stamp is above this one so much newer.
    pub(super) fn shift(&mut self, node: NodeId, above: u64, by: u64) {
        let mut entries = self.entries_of(node);
        entries.retain(|(_, found)| found.stamp > above);
        for (key, mut found) in entries {
            found.stamp = found.stamp.saturating_add(by);
            self.insert(found, &key);
        }
    }

    /// The sessions of a key, the newest first.
    pub(super) fn find(&self, key: &Key) -> Vec<Found> {
        let mut found = Vec::new();
        if let Some(holders) = self.holders(key) {
            holders.for_each(&mut |entry| found.push(self.found(entry)));
        }
        found.sort_by_key(|found| std::cmp::Reverse(found.age()));
        found
    }

    /// The newest session of a key of each node at each place.
    pub(super) fn find_newest(&self, key: &Key) -> Vec<Found> {
        let newest = self.holders(key).map(Holders::newest).unwrap_or_default();
        newest.iter().map(|entry| self.found(entry)).collect()
    }

    /// The sessions of a key of one node at one place whose age is among these.
    pub(super) fn find_at(
        &self,
        key: &Key,
        (node, place): (NodeId, Place),
        ages: impl RangeBounds<Age>,
    ) -> Vec<SessionId> {
        match (self.holders(key), self.numbers.get(&place)) {
            (Some(holders), Some(place)) => holders.at(node, *place, ages),
            _ => Vec::new(),
        }
    }

    pub(super) fn contains(&self, key: &Key) -> bool {
        self.holders(key).is_some()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().map(|row| &row.key)
    }

    /// Each key with the newest session of each node at each place.
    pub(super) fn newest(&self) -> impl Iterator<Item = (&Key, Found)> {
        self.keys.iter().flat_map(move |row| {
            let newest = row.holders.newest().into_iter();
            newest.map(move |entry| (&row.key, self.found(&entry)))
        })
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The highest stamp that a session of this key has.
    pub(super) fn latest(&self, key: &Key) -> Option<u64> {
        let newest = self.holders(key)?.newest();
        newest.iter().map(|entry| entry.stamp).max()
    }

    /// All sessions of a node, as other nodes are told of them.
    pub(super) fn announced(&self, node: NodeId) -> Vec<Announced> {
        let announced = self
            .entries_of(node)
            .into_iter()
            .filter_map(|(key, found)| {
                let key = SharedKey::new(&key)?;
                Some(Announced::new(key, found.session, found.stamp, found.place))
            });
        announced.collect()
    }

    /// How many bytes one more session takes, at most: its key is short and nobody else has it, and the tables have just
    /// grown.
    #[cfg(test)]
    pub(super) const BYTES_PER_SESSION: usize =
        2 * (size_of::<Row>() + 1 + size_of::<u64>() + 1) * 8 / 7;

    fn entries_of(&self, node: NodeId) -> Vec<(Key, Found)> {
        let mut entries = Vec::new();
        for hash in self.hashes(node) {
            let rows = self.keys.iter_hash(hash);
            for row in rows.filter(|row| self.hasher.hash_one(&row.key) == hash) {
                row.holders.for_each_of(node, &mut |entry| {
                    entries.push((row.key.clone(), self.found(entry)));
                });
            }
        }
        entries
    }

    fn holders(&self, key: &Key) -> Option<&Holders> {
        let hash = self.hasher.hash_one(key);
        let row = self.keys.find(hash, |row| row.key == *key)?;
        Some(&row.holders)
    }

    fn hashes(&self, node: NodeId) -> Vec<u64> {
        let hashes = self.of_node.get(&node);
        hashes.map_or_else(Vec::new, |hashes| hashes.iter().copied().collect())
    }

    /// Whether the node has a session of a key with this hash.
    fn has_hash(&self, node: NodeId, hash: u64) -> bool {
        let has = |row: &Row| self.hasher.hash_one(&row.key) == hash && row.holders.has(node);
        self.keys.find(hash, has).is_some()
    }

    fn forget_hash(&mut self, node: NodeId, hash: u64) {
        if let Some(hashes) = self.of_node.get_mut(&node) {
            hashes.remove(&hash);
            if hashes.is_empty() {
                self.of_node.remove(&node);
            }
        }
    }

    fn found(&self, entry: &Entry) -> Found {
        #[cfg(test)]
        counted::look();
        Found {
            node: entry.node,
            session: entry.session,
            stamp: entry.stamp,
            place: self.places[entry.place.get() as usize - 1],
        }
    }

    fn number(&mut self, place: Place) -> Option<PlaceNumber> {
        if let Some(number) = self.numbers.get(&place) {
            return Some(*number);
        }
        if self.places.len() >= MAX_PLACES {
            return None;
        }
        let number = PlaceNumber::new(u32::try_from(self.places.len()).ok()? + 1)?;
        self.places.push(place);
        self.numbers.insert(place, number);
        Some(number)
    }
}

impl Entry {
    fn is(&self, node: NodeId, session: SessionId) -> bool {
        #[cfg(test)]
        counted::look();
        self.node == node && self.session == session
    }

    fn age(&self) -> Age {
        #[cfg(test)]
        counted::look();
        (self.stamp, self.session)
    }
}

impl Found {
    pub(in crate::cluster) fn age(&self) -> Age {
        (self.stamp, self.session)
    }
}
