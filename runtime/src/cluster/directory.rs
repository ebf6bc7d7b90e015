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

    /// Takes a packet that belongs to the directory. `is_newest` says that its sender has said nothing later to all that
    /// came already.
    pub(super) fn receive(
        &mut self,
        from: NodeId,
        packet: Packet,
        is_newest: bool,
        now: Instant,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        if from == self.me {
            self.hear_myself(&packet, now);
            return effects;
        }
        if matches!(packet, Packet::Goodbye) {
            // One that comes late is not its last word.
            if is_newest && self.forget(from) {
                let departed = Departed {
                    since: now,
                    probed: None,
                };
                self.departed.insert(from, departed);
            }
            return effects;
        }
        if let Some(departed) = self.departed.get_mut(&from) {
            // It said this before it left, or it has never left.
            if departed
                .probed
                .is_none_or(|probed| now.duration_since(probed) >= AGAIN)
            {
                departed.probed = Some(now);
                effects.push(Effect::Probe(from));
            }
            return effects;
        }
        if !self.hear(from, now) {
            return effects;
        }
        if let Packet::Alive { clock, .. }
        | Packet::Changes { clock, .. }
        | Packet::All { clock, .. } = packet
        {
            self.observe(clock, now);
        }
        let Some(peer) = self.peers.get_mut(&from) else {
            return effects;
        };
        match packet {
            Packet::Alive { seq, hello, .. } => {
                peer.is_confirmed = true;
                peer.speaks_of(seq);
                self.alive.is_asked |= hello;
            }
            Packet::Changes { seq, changes, .. } => {
                let due = peer.take_changes(seq, changes);
                self.apply(from, due, &mut effects);
            }
            Packet::All {
                seq,
                answer,
                page,
                pages,
                entries,
                ..
            } => {
                peer.asked = Some(now);
                if let Some(all) = peer.take_page((seq, answer), (page, pages), entries) {
                    let due = peer.due();
                    self.replace(from, all, &mut effects);
                    self.apply(from, due, &mut effects);
                }
            }
            Packet::AskAll => effects.extend(self.pages(from, now)),
            Packet::Goodbye
            | Packet::Where { .. }
            | Packet::Here { .. }
            | Packet::Push { .. }
            | Packet::Ping
            | Packet::Broadcast { .. }
            | Packet::Count { .. }
            | Packet::Close { .. } => {}
        }
        self.catch_up(from, now, &mut effects);
        effects
    }

    /// What this node said to all has come back to it.
    fn hear_myself(&mut self, packet: &Packet, now: Instant) {
        match packet {
            Packet::Alive { beat, .. } => {
                if self.is_deaf(now) {
                    self.listen_again(now);
                }
                if let Some(link) = &mut self.link {
                    link.echoed = now;
                    if *beat > link.beat {
                        link.first_echo.get_or_insert(now);
                    }
                }
            }
            // Somebody else has said it, in the name of this node: the others hear at once that it is there.
            Packet::Goodbye if !self.has_left => self.alive.is_asked = true,
            _ => {}
        }
    }

    /// A node that was asked is there, although it may have been said to have left.
    pub(super) fn is_there(&mut self, node: NodeId, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.heard = now;
        } else if self.departed.remove(&node).is_some() && self.hear(node, now) {
            self.catch_up(node, now, &mut effects);
        }
        effects
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

    /// A node gave a sign of life; `false` when there are too many.
    fn hear(&mut self, node: NodeId, now: Instant) -> bool {
        if self.peers.len() >= MAX_PEERS && !self.peers.contains_key(&node) {
            return false;
        }
        let peer = self.peers.entry(node).or_insert_with(|| Peer::new(now));
        peer.heard = now;
        true
    }

    /// The broker says that nobody listens where this node does. Nothing follows from it while it is not known whether the
    /// node has its own connection back; `true` when the node is gone.
    pub(super) fn is_gone(&mut self, node: NodeId) -> bool {
        let is_gone = self.peers.get(&node).is_none_or(|peer| peer.is_confirmed);
        if is_gone {
            self.forget(node);
        }
        is_gone
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

    /// Asks a node for all that it has, if something of it is missing.
    fn catch_up(&mut self, node: NodeId, now: Instant, effects: &mut Vec<Effect>) {
        let Some(peer) = self.peers.get_mut(&node) else {
            return;
        };
        let waits = peer
            .asked
            .is_some_and(|asked| now.duration_since(asked) < AGAIN);
        if !peer.is_current() && !waits {
            peer.asked = Some(now);
            effects.push(Effect::Tell(node, Packet::AskAll));
        }
    }
}
