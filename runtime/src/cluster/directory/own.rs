//! What a node says of itself.

use bytes::Bytes;
use tokio::time::Instant;

use super::{ALIVE, Alive, Directory, Effect, Event};
use crate::cluster::place::Place;
use crate::cluster::wire::{
    Announced, Change, Entry, HEADROOM, MAX_CHANGE, NodeId, Packet, SharedKey,
};
use crate::push::RoomName;
use crate::session::SessionId;

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

    /// The endpoint of a session of this node has accepted it. `clock` is the time of day in microseconds; a session that comes after
    /// another one is the newer, whatever the clocks of the two nodes say.
    pub(in crate::cluster) fn join(
        &mut self,
        key: &SharedKey,
        session: SessionId,
        place: Place,
        clock: u64,
    ) {
        let after = |latest: u64| latest.saturating_add(1).max(clock);
        let stamp = self.table.latest(key.key()).map_or(clock, after);
        let announced = Announced::new(key.clone(), session, stamp, place);
        self.will_say(Change::Joined(announced.clone()));
        self.insert(self.me, announced, &mut Vec::new());
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
    pub(in crate::cluster) fn next(&mut self, now: Instant) -> Option<Bytes> {
        if !self.pending.is_empty() {
            let most = self.per_packet().min(self.pending.len());
            let changes = self.pending.drain(..most).collect();
            self.seq += 1;
            let seq = self.seq;
            return Some(self.write(&Packet::Changes { seq, changes }));
        }
        let is_due = self
            .alive
            .last
            .is_none_or(|last| now.duration_since(last) >= ALIVE);
        if self.link.is_none() || !(is_due || self.alive.is_asked) {
            return None;
        }
        let hello = self.alive.hello;
        self.alive = Alive {
            last: Some(now),
            is_asked: false,
            hello: false,
        };
        let seq = self.seq;
        Some(self.write(&Packet::Alive { seq, hello }))
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
    fn will_say(&mut self, change: Change) {
        if self.pending.len() >= MAX_PENDING {
            self.pending.clear();
            self.seq += 1;
        }
        self.pending.push(change);
    }

    /// All that this node has, for another one.
    pub(super) fn pages(&mut self, to: NodeId) -> Vec<Effect> {
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
                answer,
                page,
                pages: count,
                entries,
            };
            Effect::Tell(to, self.write(&packet))
        });
        tell.collect()
    }

    /// How many changes fit one packet for certain.
    fn per_packet(&self) -> usize {
        (self.max_payload.saturating_sub(HEADROOM) / MAX_CHANGE).clamp(1, 1024)
    }
}
