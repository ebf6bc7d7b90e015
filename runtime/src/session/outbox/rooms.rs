//! The rooms that a session is in. What is in a room is changed with this list, under the lock of the room: see
//! `registry::rooms`.

use super::Outbox;
use super::queue::Stage;
use crate::session::{JoinError, RoomName};

/// A session may be in so many rooms.
const MAX_ROOMS: usize = 256;

impl Outbox {
    /// Puts a room on the list; `false` if it is there.
    pub(crate) fn join(&self, room: &RoomName) -> Result<bool, JoinError> {
        let mut queue = self.lock();
        if queue.homeless || !matches!(queue.stage, Stage::Open | Stage::Holding(_)) {
            return Err(JoinError::Closed);
        }
        let rooms = queue.rooms.get_or_insert_default();
        if rooms.contains(room) {
            return Ok(false);
        }
        if rooms.len() >= MAX_ROOMS {
            return Err(JoinError::TooMany { max: MAX_ROOMS });
        }
        rooms.push(room.clone());
        Ok(true)
    }

    /// Takes a room off the list; `false` if it is not there, or the session has left it with all others.
    pub(crate) fn leave(&self, room: &RoomName) -> bool {
        let mut queue = self.lock();
        if queue.homeless {
            return false;
        }
        let Some(rooms) = &mut queue.rooms else {
            return false;
        };
        let at = rooms.iter().position(|other| other == room);
        at.map(|at| rooms.remove(at)).is_some()
    }

    /// The list, in the order in which the rooms were joined.
    pub(crate) fn rooms(&self) -> Vec<RoomName> {
        let queue = self.lock();
        queue.rooms.as_deref().cloned().unwrap_or_default()
    }

    /// The session has ended: from here on the list stays as it is. Returns it the first time.
    pub(crate) fn leave_all(&self) -> Vec<RoomName> {
        let mut queue = self.lock();
        if std::mem::replace(&mut queue.homeless, true) {
            return Vec::new();
        }
        queue.rooms.as_deref().cloned().unwrap_or_default()
    }
}
