use std::sync::Arc;

use smallvec::SmallVec;

use crate::registry::roster::{Roster, Snapshot};
use crate::registry::{Announce, Registry};
use crate::session::{RoomName, Session};

/// Those who are in one room of this process.
#[derive(Debug, Default)]
pub(super) struct Occupants {
    roster: Roster,
    /// How many of them are at each server that is a node of a cluster: other nodes know of the room while there are some.
    /// Mostly it is one server or none.
    nodes: SmallVec<[(Arc<dyn Announce>, usize); 1]>,
}

impl Occupants {
    /// A room whose first occupant this is.
    pub(super) fn first(room: &RoomName, session: Session) -> Self {
        let mut first = Self::default();
        first.insert(room, session);
        first
    }

    /// Puts a session in. The caller holds the lock of the room, so that other nodes are told in this order.
    pub(super) fn insert(&mut self, room: &RoomName, session: Session) {
        if let Some(node) = node_of(&session) {
            match self
                .nodes
                .iter_mut()
                .find(|(other, _)| Arc::ptr_eq(other, &node))
            {
                Some((_, count)) => *count += 1,
                None => {
                    node.occupied(room);
                    self.nodes.push((node, 1));
                }
            }
        }
        self.roster.insert(session);
    }

    /// Takes a session out that is in.
    pub(super) fn take(&mut self, room: &RoomName, session: &Session) {
        if self.roster.take(session).is_none() {
            return;
        }
        let Some(node) = node_of(session) else { return };
        let is_same = |(other, _): &(Arc<dyn Announce>, usize)| Arc::ptr_eq(other, &node);
        if let Some(at) = self.nodes.iter().position(is_same) {
            self.nodes[at].1 -= 1;
            if self.nodes[at].1 == 0 {
                self.nodes.swap_remove(at);
                node.vacated(room);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.roster.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.roster.is_empty()
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        self.roster.snapshot()
    }

    /// How many are at the server with this registry, which is a node.
    pub(super) fn len_at(&self, registry: &Registry) -> usize {
        let Some(node) = registry.node() else {
            return 0;
        };
        let mut nodes = self.nodes.iter();
        let found = nodes.find(|(other, _)| Arc::ptr_eq(other, node));
        found.map_or(0, |(_, count)| *count)
    }

    /// Whether all of them are at that server.
    pub(super) fn are_all_at(&self, registry: &Registry) -> bool {
        self.len_at(registry) == self.len()
    }
}

/// The node that tells other nodes of a session, if its server is one.
fn node_of(session: &Session) -> Option<Arc<dyn Announce>> {
    let registry = Registry::of(session)?;
    registry.node().cloned()
}
