//! What time brings, and what follows from silence.

use tokio::time::Instant;

use super::peer::Peer;
use super::{AGAIN, DEAD, DEPARTED, Directory, Effect, LISTENING, Link, SILENT};

impl Directory {
    /// Does what time brings. `connection` is that to the broker.
    pub(in crate::cluster) fn tick(
        &mut self,
        connection: Option<u64>,
        now: Instant,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.departed
            .retain(|_, departed| now.duration_since(departed.since) < DEPARTED);
        let Some(connection) = connection else {
            // Nothing is heard of the others, which says nothing about them.
            self.link = None;
            return effects;
        };
        if self.link.as_ref().map(|link| link.connection) != Some(connection) {
            self.begin(connection, now);
        }
        if self.is_deaf(now) {
            self.listen_again(now);
            return effects;
        }
        let mut dead = Vec::new();
        for (node, peer) in &mut self.peers {
            let silent = now.duration_since(peer.heard);
            let is_asked = |asked: Option<Instant>| {
                asked.is_some_and(|asked| now.duration_since(asked) < AGAIN)
            };
            if silent >= DEAD {
                dead.push(*node);
            } else if silent >= SILENT && !is_asked(peer.probed) {
                peer.probed = Some(now);
                effects.push(Effect::Probe(*node));
            }
        }
        for node in dead {
            self.forget(node);
        }
        let nodes: Vec<_> = self.peers.keys().copied().collect();
        for node in nodes {
            self.catch_up(node, now, &mut effects);
        }
        if self.is_synced(Some(connection), now) {
            self.clock.settle();
        }
        effects
    }

    /// Whether a key that is not here is nowhere.
    pub(in crate::cluster) fn is_synced(&self, connection: Option<u64>, now: Instant) -> bool {
        let Some(link) = &self.link else { return false };
        let current = |peer: &Peer| {
            peer.is_confirmed && peer.is_current() && now.duration_since(peer.heard) < SILENT
        };
        connection == Some(link.connection)
            && link
                .first_echo
                .is_some_and(|first| now.duration_since(first) >= LISTENING)
            && !self.is_deaf(now)
            && self.peers.values().all(current)
    }

    /// This node has heard nothing for some time, and the others may have come, gone and lost their connections meanwhile. It
    /// concludes nothing from their silence.
    pub(super) fn listen_again(&mut self, now: Instant) {
        if let Some(link) = &mut self.link
            && link.first_echo.take().is_some()
        {
            link.beat = self.alive.beat;
        }
        for peer in self.peers.values_mut() {
            peer.is_confirmed = false;
            peer.heard = now;
        }
    }

    /// A new connection to the broker: nothing is certain until every node was heard on it.
    fn begin(&mut self, connection: u64, now: Instant) {
        self.link = Some(Link {
            connection,
            beat: self.alive.beat,
            first_echo: None,
            echoed: now,
        });
        self.listen_again(now);
        self.alive.is_asked = true;
        self.alive.hello = true;
    }

    /// Whether this node has not heard itself lately.
    pub(in crate::cluster) fn is_deaf(&self, now: Instant) -> bool {
        let echoed = self.link.as_ref().map(|link| link.echoed);
        echoed.is_none_or(|echoed| now.duration_since(echoed) >= SILENT)
    }
}
