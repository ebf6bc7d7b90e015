//! How the directory takes what other nodes say, and what is said about them.

use tokio::time::Instant;

use super::{AGAIN, Departed, Directory, Effect, MAX_PEERS, Peer};
use crate::cluster::wire::{NodeId, Packet};

impl Directory {
    /// Takes a packet that belongs to the directory. `is_newest` says that its sender has said nothing later to all that
    /// came already.
    pub(in crate::cluster) fn receive(
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
            // A late goodbye is older than what the node has said since.
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

    /// Takes a packet of this node that has come back from the broker.
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
            // Another client said goodbye in the name of this node: it tells the others at once that it is there.
            Packet::Goodbye if !self.has_left => self.alive.is_asked = true,
            _ => {}
        }
    }

    /// A node that was asked is there, although it may have been said to have left.
    pub(in crate::cluster) fn is_there(&mut self, node: NodeId, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.heard = now;
        } else if self.departed.remove(&node).is_some() && self.hear(node, now) {
            self.catch_up(node, now, &mut effects);
        }
        effects
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

    /// Takes an answer of the broker that nobody listens where this node does; returns whether the node is gone.
    ///
    /// Nothing follows from it while it is not known whether the node has its own connection back. If only nodes can prove
    /// who they are (`is_proof`), the answer may be forged: the node is in doubt until its next sign of life, and gone when
    /// it gives none for as long as any other.
    pub(in crate::cluster) fn is_gone(&mut self, node: NodeId, is_proof: bool) -> bool {
        let Some(peer) = self.peers.get_mut(&node) else {
            return true;
        };
        if is_proof {
            peer.is_confirmed = false;
            return false;
        }
        let is_gone = peer.is_confirmed;
        if is_gone {
            self.forget(node);
        }
        is_gone
    }

    /// Asks a node for all that it has, if something of it is missing.
    pub(super) fn catch_up(&mut self, node: NodeId, now: Instant, effects: &mut Vec<Effect>) {
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
