use std::collections::HashSet;
use std::ops::RangeBounds;

use super::index::Index;
use super::{Age, Entry, PlaceNumber};
use crate::cluster::wire::NodeId;
use crate::session::SessionId;

/// More sessions than so many have an index.
const FEW: usize = 16;

/// The sessions of a key. Mostly there is one, which needs no memory of its own then.
#[derive(Debug)]
pub(super) enum Holders {
    One(Entry),
    Many(Box<Many>),
}

#[derive(Debug)]
pub(super) enum Many {
    /// Looked through one by one.
    Few(Vec<Entry>),
    Indexed(Index),
}

/// What is left of the sessions of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    Nobody,
    Others,
    /// The node that was asked for still has some.
    This,
}

impl Holders {
    /// Adds a session, or moves it in time.
    pub(super) fn insert(&mut self, entry: Entry) {
        match self {
            Self::One(one) if one.is(entry.node, entry.session) => *one = entry,
            Self::One(one) => *self = Self::Many(Box::new(Many::Few(vec![*one, entry]))),
            Self::Many(many) => many.insert(entry),
        }
    }

    /// Removes a session; `None` when it was not there.
    pub(super) fn remove(&mut self, node: NodeId, session: SessionId) -> Option<Left> {
        match self {
            Self::One(one) => one.is(node, session).then_some(Left::Nobody),
            Self::Many(many) => {
                many.remove(node, session)?;
                Some(self.left_of(node))
            }
        }
    }

    /// Removes all sessions of a node but these.
    pub(super) fn keep(&mut self, node: NodeId, kept: &HashSet<SessionId>) -> Left {
        match self {
            Self::One(one) if one.node != node => Left::Others,
            Self::One(one) if kept.contains(&one.session) => Left::This,
            Self::One(_) => Left::Nobody,
            Self::Many(many) => {
                many.keep(node, kept);
                self.left_of(node)
            }
        }
    }

    /// Whether a node has one of them.
    pub(super) fn has(&self, node: NodeId) -> bool {
        match self {
            Self::One(one) => one.node == node,
            Self::Many(many) => match &**many {
                Many::Few(few) => few.iter().any(|entry| entry.node == node),
                Many::Indexed(index) => index.has(node),
            },
        }
    }

    /// The newest one of each node at each place.
    pub(super) fn newest(&self) -> Vec<Entry> {
        let few = match self {
            Self::One(one) => return vec![*one],
            Self::Many(many) => match &**many {
                Many::Few(few) => few,
                Many::Indexed(index) => return index.newest(),
            },
        };
        let mut newest: Vec<Entry> = Vec::new();
        for entry in few {
            let is_beside =
                |other: &&mut Entry| (other.node, other.place) == (entry.node, entry.place);
            match newest.iter_mut().find(is_beside) {
                Some(other) if other.age() < entry.age() => *other = *entry,
                Some(_) => {}
                None => newest.push(*entry),
            }
        }
        newest
    }

    /// Those of a node at a place whose age is among these.
    pub(super) fn at(
        &self,
        node: NodeId,
        place: PlaceNumber,
        ages: impl RangeBounds<Age>,
    ) -> Vec<SessionId> {
        if let Self::Many(many) = self
            && let Many::Indexed(index) = &**many
        {
            return index.at(node, place, ages);
        }
        let mut found = Vec::new();
        self.for_each(&mut |entry| {
            if (entry.node, entry.place) == (node, place) && ages.contains(&entry.age()) {
                found.push(entry.session);
            }
        });
        found
    }

    pub(super) fn for_each(&self, act: &mut impl FnMut(&Entry)) {
        match self {
            Self::One(one) => act(one),
            Self::Many(many) => match &**many {
                Many::Few(few) => few.iter().for_each(act),
                Many::Indexed(index) => index.for_each(act),
            },
        }
    }

    /// Calls `act` with those of a node.
    pub(super) fn for_each_of(&self, node: NodeId, act: &mut impl FnMut(&Entry)) {
        if let Self::Many(many) = self
            && let Many::Indexed(index) = &**many
        {
            return index.for_each_of(node, act);
        }
        self.for_each(&mut |entry| {
            if entry.node == node {
                act(entry);
            }
        });
    }

    fn left_of(&self, node: NodeId) -> Left {
        match self {
            Self::Many(many) if many.is_empty() => Left::Nobody,
            _ if self.has(node) => Left::This,
            _ => Left::Others,
        }
    }
}

impl Many {
    fn insert(&mut self, entry: Entry) {
        match self {
            Self::Few(few) => {
                let is_same = |other: &Entry| other.is(entry.node, entry.session);
                match few.iter().position(is_same) {
                    Some(at) => few[at] = entry,
                    None if few.len() < FEW => few.push(entry),
                    None => {
                        let mut index = Index::default();
                        for other in few.iter().chain([&entry]) {
                            index.insert(*other);
                        }
                        *self = Self::Indexed(index);
                    }
                }
            }
            Self::Indexed(index) => index.insert(entry),
        }
    }

    fn remove(&mut self, node: NodeId, session: SessionId) -> Option<()> {
        match self {
            Self::Few(few) => {
                let at = few.iter().position(|entry| entry.is(node, session))?;
                few.swap_remove(at);
                Some(())
            }
            Self::Indexed(index) => index.remove(node, session),
        }
    }

    fn keep(&mut self, node: NodeId, kept: &HashSet<SessionId>) {
        match self {
            Self::Few(few) => {
                few.retain(|entry| entry.node != node || kept.contains(&entry.session));
            }
            Self::Indexed(index) => index.keep(node, kept),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Few(few) => few.is_empty(),
            Self::Indexed(index) => index.is_empty(),
        }
    }
}
