use std::fmt::Display;

use super::{Room, Sessions, room};
use crate::registry::{join, leave};
use crate::session::{JoinError, Session};

/// The sessions around this one: those of its endpoint, and those in its rooms.
impl Session {
    /// The open sessions of the same endpoint at the same path on this server, whatever the values of its variables; this
    /// one too, while it is open. A client's session is in no registry, and beside none. Java: `Session.getOpenSessions()`.
    #[must_use]
    pub fn open_sessions(&self) -> Sessions {
        Sessions::beside(self)
    }

    /// Joins a room, from which the session gets what is [sent](Room::send) to it; `false` if it is in there already.
    ///
    /// The name is any text from 1 to 256 bytes, or something that can be printed, such as a number. A session may be in 256
    /// rooms. It leaves them when it ends, whatever ended it.
    ///
    /// Any task may do this, at any time; `#[on_open]` may, too. The session is counted in the room at once. What is
    /// sent to the room while its `#[on_open]` runs follows right after, and is discarded if that fails. The sessions of a client may join as well.
    ///
    /// Java: `ROOMS.computeIfAbsent(name, …).add(session)`, with a static map of sets.
    ///
    /// # Errors
    ///
    /// [`JoinError::Closed`] when the session has ended, or begun to; [`JoinError::TooMany`] when it is in 256 rooms;
    /// [`JoinError::Name`] for a name that no room can have.
    ///
    /// # Examples
    ///
    /// ```
    /// use wspring::prelude::*;
    /// use wspring::JoinError;
    ///
    /// #[derive(Default)]
    /// struct Chat;
    ///
    /// #[server_endpoint("/chat")]
    /// impl Chat {
    ///     #[on_open]
    ///     fn open(&self, session: &Session, #[query_param] room: &str) -> Result<(), JoinError> {
    ///         session.join(room)?;
    ///         Ok(())
    ///     }
    /// }
    /// ```
    pub fn join(&self, name: impl Display) -> Result<bool, JoinError> {
        join(room(name).checked()?, self)
    }

    /// Leaves a room; `false` if the session is not in there.
    ///
    /// A message that was queued before still arrives. Java: `ROOMS.get(name).remove(session)`.
    ///
    /// ```
    /// # use wspring::Session;
    /// # fn example(session: &Session) {
    /// for room in session.rooms() {
    ///     session.leave(room);
    /// }
    /// # }
    /// ```
    pub fn leave(&self, name: impl Display) -> bool {
        room(name).checked().is_ok_and(|name| leave(&name, self))
    }

    /// The rooms that the session is in, in the order in which it joined them.
    ///
    /// When the session has ended, they are those that it was in at the end, though it has left them: so `#[on_close]` can tell
    /// the others.
    ///
    /// ```
    /// use wspring::prelude::*;
    ///
    /// #[derive(Default)]
    /// struct Chat;
    ///
    /// #[server_endpoint("/chat/<user>")]
    /// impl Chat {
    ///     #[on_close]
    ///     async fn gone(&self, session: &Session, #[path_param] user: &str) -> Result<(), SendError> {
    ///         for room in session.rooms() {
    ///             room.send(format!("{user} has left")).await?;
    ///         }
    ///         Ok(())
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn rooms(&self) -> Vec<Room> {
        let names = self.outbox().rooms();
        names.into_iter().map(Room::from).collect()
    }
}
