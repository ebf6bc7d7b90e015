use std::collections::{HashMap, HashSet};

use smallvec::SmallVec;

use crate::cluster::wire::NodeId;
use crate::push::RoomName;

/// Which nodes have members of which room. How many they are each node knows for itself.
#[derive(Debug, Default)]
pub(super) struct Rooms(HashMap<RoomName, SmallVec<[NodeId; 2]>>);

impl Rooms {
    pub(super) fn insert(&mut self, node: NodeId, room: RoomName) {
        let nodes = self.0.entry(room).or_default();
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }

    pub(super) fn remove(&mut self, node: NodeId, room: &RoomName) {
        if let Some(nodes) = self.0.get_mut(room) {
            nodes.retain(|other| *other != node);
            if nodes.is_empty() {
                self.0.remove(room);
            }
        }
    }

    /// A node has members in these rooms, and in no others.
    pub(super) fn replace(&mut self, node: NodeId, rooms: HashSet<RoomName>) {
        self.0.retain(|room, nodes| {
            nodes.retain(|other| *other != node || rooms.contains(room));
            !nodes.is_empty()
        });
        for room in rooms {
            self.insert(node, room);
        }
    }

    /// The nodes that have members of a room.
    pub(super) fn nodes(&self, room: &RoomName) -> &[NodeId] {
        self.0.get(room).map_or(&[], SmallVec::as_slice)
    }

    /// The rooms of which a node has members.
    pub(super) fn of(&self, node: NodeId) -> impl Iterator<Item = &RoomName> {
        let has = move |(_, nodes): &(&RoomName, &SmallVec<[NodeId; 2]>)| nodes.contains(&node);
        self.0.iter().filter(has).map(|(room, _)| room)
    }

    /// How many rooms have members anywhere.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
