//! Who is in which room of this process.
//!
//! It is known twice: the room has its members, and the session has its rooms
//! (`session/outbox/rooms.rs`), so that it can leave them. The session's list decides; it lies
//! under the outbox's lock, where it costs a session without rooms one pointer. Both are changed
//! under the room's lock. A session that ends closes its list first and then takes itself out of
//! each room; so one that joins at that moment is refused, or is found in the list. Pushes wait in
//! the outbox until the endpoint has accepted the session, so it may join in `#[on_open]`.

mod occupants;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use self::occupants::Occupants;
use super::Registry;
use super::roster::Snapshot;
use crate::session::{JoinError, RoomName, Session};

/// Rooms are spread over this many locks, so that those who join seldom meet.
const SHARDS: usize = 64;

/// The rooms of this process: sessions of all its servers, and those that it opened to others.
pub(super) static ROOMS: LazyLock<Rooms> = LazyLock::new(Rooms::new);

/// The rooms that somebody is in.
///
/// A session knows which rooms it is in, so that it can leave them when it ends. Both are changed under the lock of the room's
/// shard, in which the session's own list is the one that decides.
#[derive(Debug)]
pub(super) struct Rooms {
    hasher: RandomState,
    shards: [Mutex<HashMap<RoomName, Occupants>>; SHARDS],
}

/// Puts a session into a room; `false` if it is in there.
pub(crate) fn join(room: RoomName, session: &Session) -> Result<bool, JoinError> {
    ROOMS.join(room, session)
}

/// Takes a session out of a room; `false` if it is not in there.
pub(crate) fn leave(room: &RoomName, session: &Session) -> bool {
    ROOMS.leave(room, session)
}

/// Takes a session that has ended out of its rooms, for good.
pub(crate) fn leave_all(session: &Session) {
    for room in session.outbox().leave_all() {
        take_out(&mut ROOMS.shard(&room), &room, session);
    }
}

/// How many sessions one server has in a room.
pub(crate) fn count_in_room(registry: &Arc<Registry>, room: &RoomName) -> usize {
    ROOMS.len_at(registry, room)
}

/// Returns how many sessions of this process are in a room.
pub(crate) fn count_members(room: &RoomName) -> usize {
    ROOMS.len(room)
}

/// Returns the sessions of this process that are in a room.
pub(crate) fn members(room: &RoomName) -> Vec<Session> {
    ROOMS.snapshot(room).iter().cloned().collect()
}

impl Rooms {
    pub(super) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// Puts a session into a room; `false` if it is in there.
    pub(super) fn join(&self, room: RoomName, session: &Session) -> Result<bool, JoinError> {
        let mut shard = self.shard(&room);
        // It has ended before, and is refused; or it finds this room in its list when it ends, and waits for the shard.
        let is_new = session.outbox().join(&room)?;
        if is_new {
            match shard.get_mut(&room) {
                Some(occupants) => occupants.insert(&room, session.clone()),
                None => {
                    let occupants = Occupants::first(&room, session.clone());
                    shard.insert(room, occupants);
                }
            }
        }
        Ok(is_new)
    }

    /// Takes a session out of a room; `false` if it is not in there.
    pub(super) fn leave(&self, room: &RoomName, session: &Session) -> bool {
        let mut shard = self.shard(room);
        let was_in = session.outbox().leave(room);
        if was_in {
            take_out(&mut shard, room, session);
        }
        was_in
    }

    pub(super) fn len(&self, room: &RoomName) -> usize {
        self.shard(room).get(room).map_or(0, Occupants::len)
    }

    /// Those who are in a room. The lock is free again when this returns.
    pub(super) fn snapshot(&self, room: &RoomName) -> Snapshot {
        let shard = self.shard(room);
        let occupants = shard.get(room);
        occupants.map(Occupants::snapshot).unwrap_or_default()
    }

    /// Those who are in a room and whose server has this registry.
    pub(super) fn snapshot_at(&self, registry: &Arc<Registry>, room: &RoomName) -> Snapshot {
        let (snapshot, are_all) = {
            let shard = self.shard(room);
            let Some(occupants) = shard.get(room) else {
                return Snapshot::default();
            };
            (occupants.snapshot(), occupants.are_all_at(registry))
        };
        if are_all {
            return snapshot;
        }
        let is_there = |session: &Session| registry.serves(session);
        snapshot.only(is_there)
    }

    /// How many of those who are in a room are at the server with this registry.
    pub(super) fn len_at(&self, registry: &Arc<Registry>, room: &RoomName) -> usize {
        let shard = self.shard(room);
        shard
            .get(room)
            .map_or(0, |occupants| occupants.len_at(registry))
    }

    fn shard(&self, room: &RoomName) -> MutexGuard<'_, HashMap<RoomName, Occupants>> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "any bits of the hash will do"
        )]
        let hash = self.hasher.hash_one(room) as usize;
        // Nothing that runs under these locks panics half-way through a change.
        self.shards[hash % SHARDS]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn take_out(shard: &mut HashMap<RoomName, Occupants>, room: &RoomName, session: &Session) {
    if let Some(occupants) = shard.get_mut(room) {
        occupants.take(room, session);
        if occupants.is_empty() {
            shard.remove(room);
        }
    }
}
