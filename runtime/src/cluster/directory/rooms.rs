use std::collections::{HashMap, HashSet};

use smallvec::SmallVec;

use crate::cluster::wire::NodeId;
use crate::session::RoomName;

/// Which nodes have members of which room. How many they are each node knows for itself.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    /// The nodes of each room, in order.
    nodes: HashMap<RoomName, SmallVec<[NodeId; 2]>>,
    /// The rooms of each node.
    rooms: HashMap<NodeId, HashSet<RoomName>>,
}

impl Rooms {
    pub(super) fn insert(&mut self, node: NodeId, room: RoomName) {
        let nodes = self.nodes.entry(room.clone()).or_default();
        if let Err(at) = nodes.binary_search(&node) {
            nodes.insert(at, node);
        }
        self.rooms.entry(node).or_default().insert(room);
    }

    pub(super) fn remove(&mut self, node: NodeId, room: &RoomName) {
        if let Some(nodes) = self.nodes.get_mut(room) {
            if let Ok(at) = nodes.binary_search(&node) {
                nodes.remove(at);
            }
            if nodes.is_empty() {
                self.nodes.remove(room);
            }
        }
        if let Some(rooms) = self.rooms.get_mut(&node) {
            rooms.remove(room);
            if rooms.is_empty() {
                self.rooms.remove(&node);
            }
        }
    }

    /// A node has members in these rooms, and in no others.
    pub(super) fn replace(&mut self, node: NodeId, rooms: HashSet<RoomName>) {
        let gone: Vec<_> = self
            .of(node)
            .filter(|room| !rooms.contains(*room))
            .cloned()
            .collect();
        for room in gone {
            self.remove(node, &room);
        }
        for room in rooms {
            self.insert(node, room);
        }
    }

    /// The nodes that have members of a room, in order.
    pub(super) fn nodes(&self, room: &RoomName) -> &[NodeId] {
        self.nodes.get(room).map_or(&[], SmallVec::as_slice)
    }

    /// The rooms of which a node has members.
    pub(super) fn of(&self, node: NodeId) -> impl Iterator<Item = &RoomName> {
        self.rooms.get(&node).into_iter().flatten()
    }

    /// How many rooms have members anywhere.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }
}
