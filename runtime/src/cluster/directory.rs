//! Who is where: every session of the cluster by its key, and which nodes have members of which room, kept in step by
//! what the nodes tell each other.
//!
//! Each node alone decides about its own sessions and rooms. It numbers its changes, and says with every sign of life
//! which number was the last; a node that has missed one asks for all that the other has. So whatever is lost, late or
//! doubled on the way, a sign of life and its answer repair it.
//!
//! This is code without I/O: packets and the time go in, packets and [`Effect`]s come out.

mod changes;
mod own;
mod peer;
mod rooms;
mod table;
#[cfg(test)]
mod tests;
mod time;

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use self::peer::Peer;
use self::rooms::Rooms;
pub(super) use self::table::Found;
use self::table::Table;
use super::wire::{self, Audience, Change, NodeId, Packet};
use crate::push::Key;
use crate::session::SessionId;

/// How often a node gives a sign of life.
pub(super) const ALIVE: Duration = Duration::from_secs(1);

/// A node that was not heard for so long is asked whether it is there.
const SILENT: Duration = Duration::from_millis(2_500);

/// A node that was not heard for so long is dead.
const DEAD: Duration = Duration::from_secs(6);

/// After so long on a new connection every node that is there was heard.
const LISTENING: Duration = Duration::from_millis(1_500);

/// When a question to a node is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// For so long nothing counts that a node said before its goodbye.
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
    /// Who said goodbye, and when.
    departed: HashMap<NodeId, Instant>,
    /// The number of the last changes of this node.
    seq: u64,
    /// How often this node has told another one of all that it has.
    answers: u64,
    /// Changes of this node that the others have not been told of.
    pending: Vec<Change>,
    alive: Alive,
    link: Option<Link>,
    /// Whether somebody wants to know of events.
    is_watched: bool,
    events: Vec<Event>,
}

/// When this node gives its next sign of life.
#[derive(Debug)]
struct Alive {
    last: Option<Instant>,
    is_asked: bool,
    /// The others are asked to give one too.
    hello: bool,
}

/// The connection to the broker.
#[derive(Debug)]
struct Link {
    connection: u64,
    since: Instant,
    /// When this node last heard itself: what it does not hear itself say, others may have said unheard.
    echoed: Instant,
}

/// What has to be done now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Tell a node.
    Tell(NodeId, Bytes),
    /// Find out whether a node is there.
    Probe(NodeId),
    /// Close a session of this node: a newer one took its key.
    Close { key: Key, session: SessionId },
}

/// A key has its first session, or lost its last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Appeared(Key),
    Vanished(Key),
}

impl Directory {
    pub(super) fn new(me: NodeId, max_payload: usize) -> Self {
        Self {
            me,
            max_payload,
            table: Table::default(),
            rooms: Rooms::default(),
            peers: HashMap::new(),
            departed: HashMap::new(),
            seq: 0,
            answers: 0,
            pending: Vec::new(),
            alive: Alive {
                last: None,
                is_asked: false,
                hello: false,
            },
            link: None,
            is_watched: false,
            events: Vec::new(),
        }
    }

    /// Takes a packet that belongs to the directory.
    pub(super) fn receive(&mut self, from: NodeId, packet: Packet, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        if from == self.me {
            if let (Packet::Alive { .. }, Some(link)) = (packet, &mut self.link) {
                link.echoed = now;
            }
            return effects;
        }
        if matches!(packet, Packet::Goodbye) {
            if self.forget(from) {
                self.departed.insert(from, now);
            }
            return effects;
        }
        if self.departed.contains_key(&from) || !self.hear(from, now) {
            return effects;
        }
        let Some(peer) = self.peers.get_mut(&from) else {
            return effects;
        };
        match packet {
            Packet::Alive { seq, hello } => {
                peer.is_confirmed = true;
                peer.speaks_of(seq);
                self.alive.is_asked |= hello;
            }
            Packet::Changes { seq, changes } => {
                let due = peer.take_changes(seq, changes);
                self.apply(from, due, &mut effects);
            }
            Packet::All {
                seq,
                answer,
                page,
                pages,
                entries,
            } => {
                peer.asked = Some(now);
                if let Some(all) = peer.take_page((seq, answer), (page, pages), entries) {
                    let due = peer.due();
                    self.replace(from, all, &mut effects);
                    self.apply(from, due, &mut effects);
                }
            }
            Packet::AskAll => effects.extend(self.pages(from)),
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

    /// A node that was asked is there.
    pub(super) fn is_there(&mut self, node: NodeId, now: Instant) {
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.heard = now;
        }
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

    /// Whether another node has a session of this key.
    pub(super) fn is_elsewhere(&self, key: &Key) -> bool {
        self.table.is_elsewhere(self.me, key)
    }

    pub(super) fn contains(&self, key: &Key) -> bool {
        self.table.contains(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.table.keys()
    }

    /// Every session, with its key.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (&Key, Found)> {
        self.table.sessions()
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
        let may_have = |(node, peer): (&NodeId, &Peer)| {
            (!peer.is_current() || known.contains(node)).then_some(*node)
        };
        self.peers.iter().filter_map(may_have).collect()
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
            effects.push(Effect::Tell(node, self.write(&Packet::AskAll)));
        }
    }

    fn write(&self, packet: &Packet) -> Bytes {
        wire::write(self.me, packet, &[])
    }
}
