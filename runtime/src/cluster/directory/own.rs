//! What a node says of itself.

use tokio::time::Instant;

use super::{ALIVE, Alive, Directory, Effect, Event};
use crate::cluster::place::Place;
use crate::cluster::wire::{
    Announced, Change, Entry, HEADROOM, MAX_CHANGE, NodeId, Packet, SharedKey,
};
use crate::session::{RoomName, SessionId};
use crate::site::{Key, OnDuplicate};

/// The stamp of a session that its endpoint has not accepted: every other one is newer.
pub(super) const OPENING: u64 = 0;

/// So many changes wait until they are said.
pub(super) const MAX_PENDING: usize = 16_384;

impl Directory {
    /// A session of this node can be reached, and is older than any other until it [joins](Self::join).
    pub(in crate::cluster) fn open(&mut self, key: &SharedKey, session: SessionId, place: Place) {
        let announced = Announced::new(key.clone(), session, OPENING, place);
        self.will_say(Change::Joined(announced.clone()));
        self.insert(self.me, announced, &mut Vec::new());
    }

    /// The endpoint of a session of this node has accepted it: of those that are known it is the newest. `false` when there
    /// is no place for it, because another node has accepted a session at the same place, which refuses a second one.
    pub(in crate::cluster) fn join(
        &mut self,
        key: &SharedKey,
        session: SessionId,
        place: Place,
        now: Instant,
    ) -> bool {
        let clock = self.clock.at(now);
        let after = |latest: u64| latest.saturating_add(1).max(clock);
        let stamp = self.table.latest(key.key()).map_or(clock, after);
        let is_taken =
            place.policy == OnDuplicate::Reject && self.is_taken(key.key(), place, OPENING + 1);
        let announced = Announced::new(key.clone(), session, stamp, place);
        self.will_say(Change::Joined(announced.clone()));
        self.insert(self.me, announced, &mut Vec::new());
        !is_taken
    }

    /// Whether another node has a session of this key at the same place, with this stamp at least.
    pub(in crate::cluster) fn is_taken(&self, key: &Key, place: Place, stamp: u64) -> bool {
        let newest = self.table.find_newest(key);
        let mut others = newest.iter().filter(|found| found.node != self.me);
        others.any(|found| found.place == place && found.stamp >= stamp)
    }

    /// A session of this node is gone.
    pub(in crate::cluster) fn leave(&mut self, key: &SharedKey, session: SessionId) {
        let Some(is_last) = self.table.remove(self.me, key.key(), session) else {
            return;
        };
        self.will_say(Change::Left {
            key: key.clone(),
            session: session.to_bits(),
        });
        if is_last {
            self.tell(Event::Vanished(key.key().clone()));
        }
    }

    /// A room has its first member at this node.
    pub(in crate::cluster) fn occupy(&mut self, room: &RoomName) {
        self.will_say(Change::Occupied(room.clone()));
        self.rooms.insert(self.me, room.clone());
    }

    /// A room has no members at this node any more.
    pub(in crate::cluster) fn vacate(&mut self, room: &RoomName) {
        self.will_say(Change::Vacated(room.clone()));
        self.rooms.remove(self.me, room);
    }

    /// The next packet for all, if there is anything to say.
    pub(in crate::cluster) fn next(&mut self, now: Instant) -> Option<Packet> {
        if self.has_left {
            return None;
        }
        let clock = self.clock.at(now);
        if !self.pending.is_empty() {
            let most = self.per_packet().min(self.pending.len());
            let changes = self.pending.drain(..most).collect();
            self.seq += 1;
            let seq = self.seq;
            return Some(Packet::Changes {
                seq,
                clock,
                changes,
            });
        }
        let is_due = self
            .alive
            .last
            .is_none_or(|last| now.duration_since(last) >= ALIVE);
        let link = self.link.as_ref()?;
        if !(is_due || self.alive.is_asked) {
            return None;
        }
        // Until this node has heard itself, nobody may have heard that it asks.
        let hello = self.alive.hello || link.first_echo.is_none();
        let beat = self.alive.beat + 1;
        self.alive = Alive {
            last: Some(now),
            beat,
            is_asked: false,
            hello: false,
        };
        let seq = self.seq;
        Some(Packet::Alive {
            seq,
            clock,
            beat,
            hello,
        })
    }

    /// The number of the changes that were said last.
    pub(in crate::cluster) fn last_said(&self) -> u64 {
        self.seq
    }

    /// The number that the last changes which wait now will have when they are said.
    pub(in crate::cluster) fn last_pending(&self) -> u64 {
        self.seq + self.pending.len().div_ceil(self.per_packet()) as u64
    }

    /// Keeps a change until it is said. Where nobody can be told for long, none is kept: who has missed a number asks for all
    /// that this node has.
    pub(super) fn will_say(&mut self, change: Change) {
        if self.pending.len() >= MAX_PENDING {
            self.pending.clear();
            self.seq += 1;
        }
        self.pending.push(change);
    }

    /// All that this node has, for another one.
    pub(super) fn pages(&mut self, to: NodeId, now: Instant) -> Vec<Effect> {
        let clock = self.clock.at(now);
        // Changes that nobody was told of have no number yet, but are in what is told here: no two answers are alike.
        self.answers += 1;
        let answer = self.answers;
        let sessions = self.table.announced(self.me).into_iter();
        let rooms = self.rooms.of(self.me).cloned();
        let entries = sessions.map(Entry::Session).chain(rooms.map(Entry::Room));
        let entries: Vec<_> = entries.collect();
        let pages = entries.chunks(self.per_packet());
        let pages: Vec<_> = match pages.len() {
            0 => vec![Vec::new()],
            _ => pages.map(<[Entry]>::to_vec).collect(),
        };
        let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let tell = (0..count).zip(pages).map(|(page, entries)| {
            let packet = Packet::All {
                seq: self.seq,
                clock,
                answer,
                page,
                pages: count,
                entries,
            };
            Effect::Tell(to, packet)
        });
        tell.collect()
    }

    /// How many changes fit one packet for certain.
    fn per_packet(&self) -> usize {
        (self.max_payload.saturating_sub(HEADROOM) / MAX_CHANGE).clamp(1, 1024)
    }
}
