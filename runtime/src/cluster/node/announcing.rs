//! What a node has, as the other nodes are told of it.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::Node;
use crate::cluster::place::Place;
use crate::cluster::wire::SharedKey;
use crate::log_limits::{LogKind, log_limited};
use crate::session::{RoomName, Session, SessionId};
use crate::site::Key;

/// How long a handshake waits until other nodes are told of its session.
const SAID: Duration = Duration::from_millis(100);

impl Node {
    /// A session can be reached by its key from now on. Its endpoint has not accepted it, so any other session keeps the key.
    pub(crate) fn open(&self, key: &Key, session: &Session) {
        let Some(key) = SharedKey::new(key) else {
            let logs = &session.site().logs;
            log_limited!(logs, LogKind::LongKey, session = %session.id(), peer = ?session.remote_addr(), "a key of more than 256 bytes is not told to other nodes");
            return;
        };
        let place = Place::of(session.site());
        self.directory().open(&key, session.id(), place);
        self.spoken.notify_one();
    }

    /// Waits until the broker's client has taken what other nodes are to be told, but for a moment only.
    pub(crate) async fn said(&self) {
        if self.broker.state().connection().is_none() {
            return;
        }
        let seq = self.directory().last_pending();
        let mut said = self.said.subscribe();
        let _ = timeout(SAID, said.wait_for(|said| *said >= seq)).await;
    }

    /// The endpoint has accepted a session, which is the newest of its key from now on. It is closed when another node has
    /// accepted one meanwhile, at an endpoint that has place for one only.
    pub(crate) fn join(&self, key: &Key, session: &Session) {
        let Some(shared) = SharedKey::new(key) else {
            return;
        };
        let (place, now) = (Place::of(session.site()), Instant::now());
        let has_place = self.directory().join(&shared, session.id(), place, now);
        self.spoken.notify_one();
        if !has_place {
            self.close_rival(key, session.id());
        }
    }

    /// A session's key is free.
    pub(crate) fn leave(&self, key: &Key, session: SessionId) {
        if let Some(key) = SharedKey::new(key) {
            self.directory().leave(&key, session);
            self.spoken.notify_one();
        }
    }

    /// A room has its first member here.
    pub(crate) fn occupy(&self, room: &RoomName) {
        self.directory().occupy(room);
        self.spoken.notify_one();
    }

    /// A room has no members here any more.
    pub(crate) fn vacate(&self, room: &RoomName) {
        self.directory().vacate(room);
        self.spoken.notify_one();
    }

    /// Whether a session at the same place as this one has the key on another node.
    pub(crate) fn is_taken_elsewhere(&self, key: &Key, session: &Session) -> bool {
        let place = Place::of(session.site());
        self.directory().is_taken(key, place, 0)
    }
}
