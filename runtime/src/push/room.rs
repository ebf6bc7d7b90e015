//! A room as users see it: a name, and the sessions that have joined it.

use std::fmt::{self, Display};

use compact_str::{CompactString, ToCompactString};

use super::{Broadcast, To, counting};
use crate::message::IntoMessage;
use crate::registry::{Count, count_members, members};
use crate::session::{InvalidRoom, RoomName, Session};

/// A room: a name under which sessions get what is sent to all of them.
///
/// Sessions come in with [`Session::join`] and go out with [`Session::leave`], or when they end. A room needs no making and
/// leaves nothing behind: one that nobody is in is empty, and costs nothing. It belongs to no endpoint, so that sessions
/// of several endpoints and servers of this process may be in one.
///
/// In a [cluster](crate::cluster) a room has members on any node, and what is sent to it goes to the nodes that have some.
/// Sessions that this program [opened](crate::connect) to others, and those of servers that are no nodes, are members for
/// their own process alone.
///
/// Java: a static map from a name to a set of sessions.
///
/// ```
/// use wspring::prelude::*;
/// use wspring::{BoxError, room};
///
/// #[derive(Default)]
/// struct Chat;
///
/// #[server_endpoint("/chat/<name>")]
/// impl Chat {
///     #[on_open]
///     fn open(&self, session: &Session, #[path_param] name: &str) -> Result<(), BoxError> {
///         session.join(format!("fans of {name}"))?;
///         Ok(())
///     }
///
///     #[on_message]
///     async fn say(&self, text: &str, session: &Session) -> Result<(), SendError> {
///         for room in session.rooms() {
///             room.send(text).except(session).await?;
///         }
///         Ok(())
///     }
/// }
///
/// # async fn news() -> Result<(), SendError> {
/// // Anywhere else in the program:
/// let delivered = room("fans of ann").send("ann is online").await?;
/// println!("{} of {} fans will see it", delivered.sessions, room("fans of ann").len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Room {
    /// As it was given; whether a room can have this name is asked when it is used.
    name: CompactString,
}

/// The room of this name, to be sent to or to be counted.
///
/// The name is any text from 1 to 256 bytes; a number will do, or whatever else can be printed. What is no name shows when
/// the room is used: [`Session::join`] and [`Room::send`] fail, and nobody is in it.
///
/// ```
/// # async fn example() -> Result<(), wspring::SendError> {
/// wspring::room("lobby").send("the server restarts in a minute").await?;
/// # Ok(())
/// # }
/// ```
pub fn room(name: impl Display) -> Room {
    Room {
        name: name.to_compact_string(),
    }
}

impl Room {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sends `message` to every session in the room, when the [`Broadcast`] that this returns is awaited.
    ///
    /// The message is encoded once, and compressed once for all who take it compressed in the same way. A session that joins in
    /// its `#[on_open]` gets the message right after that has returned, and not if it fails. Nobody waits for a slow receiver: where an
    /// outbox is full, the session is closed with 1013 or the message is dropped for it, as
    /// [`SlowConsumer`](crate::SlowConsumer) says. [`Delivered`](crate::Delivered) counts the sessions that queued it, and may
    /// be 0.
    ///
    /// What one task sends to a room, each when the one before was sent, arrives in that order. What several tasks send may
    /// arrive in another order at each member.
    ///
    /// In a [cluster](crate::cluster), each other node with members gets the message once and answers how many have queued
    /// it. [`Delivered::is_partial`](crate::Delivered::is_partial) is `true` when there may be members that did not get it,
    /// because a node did not answer within 500 ms or cannot be reached; those of this process have it all the same.
    ///
    /// # Errors
    ///
    /// [`SendError::Room`](crate::SendError::Room) for a name that no room can have; [`SendError::TooLarge`](crate::SendError::TooLarge) and [`SendError::Encode`](crate::SendError::Encode) when the message
    /// cannot be queued anywhere. A message that the broker of a cluster does not take is `TooLarge`, and was sent to nobody.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wspring::{SendError, Session, room};
    /// # async fn example(session: &Session) -> Result<(), SendError> {
    /// room("lobby").send("for everybody").await?;
    /// room("lobby").send("for all others").except(session).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send(&self, message: impl IntoMessage) -> Broadcast {
        Broadcast::new(To::Room(self.checked()), message)
    }

    /// How many sessions are in it on all nodes, when the future that this returns is awaited.
    ///
    /// Where there is no cluster, that is [`len`](Self::len) at once. Else each node with members is asked, and has 500 ms to
    /// answer: [`Count::is_partial`] says whether there may be more.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # async fn example() {
    /// let count = wspring::room("lobby").count().await;
    /// println!("{}{} are here", if count.is_partial { "at least " } else { "" }, count.sessions);
    /// # }
    /// ```
    pub fn count(&self) -> impl Future<Output = Count> + Send + use<> {
        counting::of_room(self.checked().ok())
    }

    /// How many sessions of this process are in it now. A session is counted from when it joined until it leaves, or until
    /// its `#[on_close]` is called. [`count`](Self::count) asks the other nodes of a cluster too.
    #[must_use]
    pub fn len(&self) -> usize {
        self.checked().map_or(0, |name| count_members(&name))
    }

    /// Whether no session of this process is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sessions of this process that are in it now, in no particular order.
    #[must_use]
    pub fn sessions(&self) -> Vec<Session> {
        let Ok(name) = self.checked() else {
            return Vec::new();
        };
        members(&name)
    }

    pub(super) fn checked(&self) -> Result<RoomName, InvalidRoom> {
        RoomName::new(self.name.clone())
    }
}

impl Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl From<RoomName> for Room {
    fn from(name: RoomName) -> Self {
        Self { name: name.into() }
    }
}
