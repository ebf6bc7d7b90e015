use std::fmt::{self, Display};
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::directory::Event;
use super::node::Node;
use crate::session::SessionId;
use crate::site::Key;

/// Who is online in a cluster, by key: what [`ServerHandle::presence`](crate::ServerHandle::presence) returns.
///
/// It is read from what this node knows of all nodes, so it costs no message. A key is online from when the
/// handshake of its first session is accepted until after the `#[on_close]` of its last one. The sessions of a node that dies go
/// with it, within ten seconds. While the broker is away, what was known last stays.
///
/// # Examples
///
/// ```
/// use wspring::ServerHandle;
/// use wspring::cluster::{Presence, PresenceEvent};
///
/// async fn follow(server: ServerHandle) {
///     let Some(presence) = server.presence() else { return };
///     let (online, mut changes) = presence.watch();
///     println!("{} are online", online.len());
///     while let Some(event) = changes.next().await {
///         match event {
///             PresenceEvent::Online { key } => println!("{key} came"),
///             PresenceEvent::Offline { key } => println!("{key} left"),
///             PresenceEvent::Missed { .. } => println!("{} are online", presence.len()),
///             _ => {}
///         }
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Presence(Arc<Node>);

/// A session of some node: from [`Presence::sessions_of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OnlineSession {
    /// Its id, which is [`Session::id`](crate::Session::id) on its own node.
    pub id: SessionId,
    /// Whether it is a session of the server that was asked.
    pub is_here: bool,
}

/// The keys that come and go, in their order: from [`Presence::watch`].
#[derive(Debug)]
pub struct PresenceChanges(Receiver<Event>);

/// A key came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PresenceEvent {
    /// The first session of this key is there.
    Online {
        /// The key.
        key: String,
    },
    /// The last session of this key is gone.
    Offline {
        /// The key.
        key: String,
    },
    /// More happened than was taken: so many events are lost. [`Presence::keys`] says how things are now.
    Missed {
        /// How many events.
        events: u64,
    },
}

impl Presence {
    pub(crate) fn new(node: Arc<Node>) -> Self {
        Self(node)
    }

    /// Whether a session on any node has this key.
    #[must_use]
    pub fn is_online(&self, key: impl Display) -> bool {
        self.0.directory().contains(&Key::new(key))
    }

    /// All keys that are online, in no order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let directory = self.0.directory();
        directory.keys().map(ToString::to_string).collect()
    }

    /// The sessions of a key on all nodes, the newest first.
    ///
    /// ```
    /// # use wspring::cluster::Presence;
    /// # fn example(presence: &Presence) {
    /// let there = presence.sessions_of(1).iter().filter(|session| !session.is_here).count();
    /// println!("{there} of them are on other nodes");
    /// # }
    /// ```
    #[must_use]
    pub fn sessions_of(&self, key: impl Display) -> Vec<OnlineSession> {
        let found = self.0.find(&Key::new(key)).into_iter();
        let online = found.map(|found| OnlineSession {
            id: found.session,
            is_here: found.node == self.0.id(),
        });
        online.collect()
    }

    /// How many keys are online.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.directory().len()
    }

    /// Whether no key is online.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every node that can be there was heard: `false` for three seconds after the start and after the broker
    /// was away, and while a node is silent.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.0.is_synced()
    }

    /// The keys that are online, and from here on those that come and go. An event may repeat what the list has already.
    #[must_use]
    pub fn watch(&self) -> (Vec<String>, PresenceChanges) {
        let (keys, changes) = self.0.watch();
        (keys, PresenceChanges(changes))
    }
}

impl PresenceChanges {
    /// The next event; `None` when the server is gone. Up to 1,024 events are kept for one who is slow.
    ///
    /// # Cancel safety
    ///
    /// No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<PresenceEvent> {
        match self.0.recv().await {
            Ok(Event::Appeared(key)) => Some(PresenceEvent::Online {
                key: key.to_string(),
            }),
            Ok(Event::Vanished(key)) => Some(PresenceEvent::Offline {
                key: key.to_string(),
            }),
            Err(RecvError::Lagged(events)) => Some(PresenceEvent::Missed { events }),
            Err(RecvError::Closed) => None,
        }
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence")
            .field("len", &self.len())
            .field("is_complete", &self.is_complete())
            .finish()
    }
}
