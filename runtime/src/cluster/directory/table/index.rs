use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::RangeBounds;

use super::{Age, Entry, PlaceNumber};
use crate::cluster::wire::NodeId;
use crate::session::SessionId;

/// The sessions of a key that has many of them. One is added, removed and found without a look at the others.
#[derive(Debug, Default)]
pub(super) struct Index {
    sessions: HashMap<(NodeId, SessionId), (PlaceNumber, u64)>,
    /// None of them is empty.
    groups: BTreeMap<(NodeId, PlaceNumber), BTreeSet<Age>>,
}

impl Index {
    /// Adds a session, or moves it in time.
    pub(super) fn insert(&mut self, entry: Entry) {
        let Entry {
            session,
            stamp,
            node,
            place,
        } = entry;
        self.remove(node, session);
        self.sessions.insert((node, session), (place, stamp));
        let group = self.groups.entry((node, place)).or_default();
        group.insert(entry.age());
    }

    pub(super) fn remove(&mut self, node: NodeId, session: SessionId) -> Option<()> {
        let (place, stamp) = self.sessions.remove(&(node, session))?;
        let group = self.groups.get_mut(&(node, place))?;
        group.remove(&(stamp, session));
        if group.is_empty() {
            self.groups.remove(&(node, place));
        }
        Some(())
    }

    /// Removes all sessions of a node but these.
    pub(super) fn keep(&mut self, node: NodeId, kept: &HashSet<SessionId>) {
        let mut gone = Vec::new();
        self.for_each_of(node, &mut |entry| {
            if !kept.contains(&entry.session) {
                gone.push(entry.session);
            }
        });
        for session in gone {
            self.remove(node, session);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    pub(super) fn has(&self, node: NodeId) -> bool {
        self.groups_of(node).next().is_some()
    }

    /// The newest session of each node at each place.
    pub(super) fn newest(&self) -> Vec<Entry> {
        let newest = self.groups.iter().filter_map(|(of, group)| {
            let newest = group.last()?;
            Some(entry(*of, *newest))
        });
        newest.collect()
    }

    /// The sessions of a node at a place whose age is among these.
    pub(super) fn at(
        &self,
        node: NodeId,
        place: PlaceNumber,
        ages: impl RangeBounds<Age>,
    ) -> Vec<SessionId> {
        let group = self.groups.get(&(node, place)).into_iter();
        let ages = group.flat_map(|group| group.range((ages.start_bound(), ages.end_bound())));
        ages.map(|(_, session)| *session).collect()
    }

    pub(super) fn for_each(&self, mut act: impl FnMut(&Entry)) {
        for (of, group) in &self.groups {
            group.iter().for_each(|age| act(&entry(*of, *age)));
        }
    }

    pub(super) fn for_each_of(&self, node: NodeId, act: &mut impl FnMut(&Entry)) {
        for (of, group) in self.groups_of(node) {
            group.iter().for_each(|age| act(&entry(*of, *age)));
        }
    }

    fn groups_of(
        &self,
        node: NodeId,
    ) -> impl Iterator<Item = (&(NodeId, PlaceNumber), &BTreeSet<Age>)> {
        self.groups
            .range((node, PlaceNumber::MIN)..=(node, PlaceNumber::MAX))
    }
}

fn entry((node, place): (NodeId, PlaceNumber), (stamp, session): Age) -> Entry {
    #[cfg(test)]
    super::counted::look();
    Entry {
        session,
        stamp,
        node,
        place,
    }
}
