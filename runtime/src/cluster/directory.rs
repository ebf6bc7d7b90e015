//! Who is where: every session of the cluster by its key, and which nodes have members of which room, kept in step by
//! what the nodes tell each other.
//!
//! Each node alone decides about its own sessions and rooms. It numbers its changes, and says with every sign of life
//! which number was the last; a node that has missed one asks for all that the other has. So whatever is lost, late or
//! doubled on the way, a sign of life and its answer repair it.
//!
//! This is code without I/O: packets and the time go in, packets and [`Effect`]s come out.
//!
//! `is_synced` is the other half of the promise: only then is a key that is not in the directory offline;
//! otherwise all nodes are asked (`Packet::Where`). A node trusts what it hears of others only while it
//! hears itself.

mod changes;
mod clock;
mod hearing;
mod own;
mod peer;
mod rooms;
mod table;
#[cfg(test)]
mod tests;
mod time;

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use self::clock::ClusterClock;
use self::peer::Peer;
use self::rooms::Rooms;
pub(super) use self::table::Found;
use self::table::Table;
use super::wire::{Audience, Change, NodeId, Packet};
use crate::session::SessionId;
use crate::site::Key;

/// How often a node gives a sign of life.
pub(super) const ALIVE: Duration = Duration::from_secs(1);

/// A node that was not heard for so long is asked whether it is there.
const SILENT: Duration = Duration::from_millis(2_500);

/// A node that was not heard for so long is dead.
const DEAD: Duration = Duration::from_secs(6);

/// So long after this node has heard itself on a new connection, every node that is there was heard: one whose connection
/// was lost too tries again at least once a second.
const LISTENING: Duration = Duration::from_secs(3);

/// When a question to a node is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// For so long a node that has said goodbye is asked whether it is there before its signs of life count.
const DEPARTED: Duration = Duration::from_secs(30);

/// More nodes than a cluster has are a mistake, or worse.
const MAX_PEERS: usize = 1024;

/// What one node knows of all.
#[derive(Debug)]
pub(super) struct Directory {
    me: NodeId,
    max_payload: usize,
    table: Table,
    rooms: Rooms,
    peers: HashMap<NodeId, Peer>,
    /// Who said goodbye.
    departed: HashMap<NodeId, Departed>,
    clock: ClusterClock,
    /// The number of the last changes of this node.
    seq: u64,
    /// How often this node has told another one of all that it has.
    answers: u64,
    /// Changes of this node that the others have not been told of.
    pending: Vec<Change>,
    alive: Alive,
    link: Option<Link>,
    /// This node has said goodbye, and says nothing more.
    has_left: bool,
    /// Whether somebody wants to know of events.
    is_watched: bool,
    events: Vec<Event>,
}

/// When this node gives its next sign of life.
#[derive(Debug)]
struct Alive {
    last: Option<Instant>,
    /// How many it has given.
    beat: u64,
    is_asked: bool,
    /// The others are asked to give one too.
    hello: bool,
}

/// A node that has said goodbye.
#[derive(Debug)]
struct Departed {
    since: Instant,
    /// When it was asked whether it is there all the same.
    probed: Option<Instant>,
}

/// The connection to the broker.
#[derive(Debug)]
struct Link {
    connection: u64,
    /// The sign of life of this node that was the last before this connection.
    beat: u64,
    /// When this node first heard itself on it. The others have heard the same, which asks them to speak.
    first_echo: Option<Instant>,
    /// When this node last heard itself: what it does not hear itself say, others may have said unheard.
    echoed: Instant,
}

/// What has to be done now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Tell a node.
    Tell(NodeId, Packet),
    /// Find out whether a node is there.
    Probe(NodeId),
    /// Close a session of this node: a session of another node has its key.
    Close { key: Key, session: SessionId },
}

/// A key has its first session, or lost its last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Appeared(Key),
    Vanished(Key),
}

impl Directory {
    pub(super) fn new(me: NodeId, max_payload: usize, begun: Instant) -> Self {
        Self {
            me,
            max_payload,
            table: Table::default(),
            rooms: Rooms::default(),
            peers: HashMap::new(),
            departed: HashMap::new(),
            clock: ClusterClock::new(begun),
            seq: 0,
            answers: 0,
            pending: Vec::new(),
            alive: Alive {
                last: None,
                beat: 0,
                is_asked: false,
                hello: false,
            },
            link: None,
            has_left: false,
            is_watched: false,
            events: Vec::new(),
        }
    }

    /// This node gives a sign of life that asks the others for theirs.
    pub(super) fn ask_who_is_there(&mut self) {
        self.alive.is_asked = true;
        self.alive.hello = true;
    }

    /// This node leaves the cluster: its goodbye is its last word.
    pub(super) fn leave_cluster(&mut self) {
        self.has_left = true;
    }

    /// Whether this node has left its cluster.
    pub(super) fn has_left(&self) -> bool {
        self.has_left
    }

    /// Whether events are kept until they are [taken](Self::take_events).
    pub(super) fn watch(&mut self, is_watched: bool) {
        self.is_watched = is_watched;
    }

    /// The events since the last time, in their order.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The sessions of a key, the newest first.
    pub(super) fn find(&self, key: &Key) -> Vec<Found> {
        self.table.find(key)
    }

    /// The newest session of a key of each node at each place.
    pub(super) fn find_newest(&self, key: &Key) -> Vec<Found> {
        self.table.find_newest(key)
    }

    pub(super) fn contains(&self, key: &Key) -> bool {
        self.table.contains(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.table.keys()
    }

    /// Each key with the newest session of each node at each place.
    pub(super) fn newest(&self) -> impl Iterator<Item = (&Key, Found)> {
        self.table.newest()
    }

    /// How many keys are online.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// How many other nodes there are.
    pub(super) fn peers(&self) -> usize {
        self.peers.len()
    }

    /// The other nodes.
    pub(super) fn others(&self) -> impl Iterator<Item = NodeId> {
        self.peers.keys().copied()
    }

    /// The other nodes that have some of these sessions, or may have some: what is missing of a node may be just that.
    pub(super) fn nodes_of(&self, audience: &Audience) -> Vec<NodeId> {
        let Audience::Room(room) = audience else {
            return self.others().collect();
        };
        let known = self.rooms.nodes(room);
        let has = known.iter().copied().filter(|node| *node != self.me);
        // Its nodes are in order, so that each of the others is found among them without a look at all.
        let may_have = |(node, peer): (&NodeId, &Peer)| {
            (!peer.is_current() && known.binary_search(node).is_err()).then_some(*node)
        };
        has.chain(self.peers.iter().filter_map(may_have)).collect()
    }
}
