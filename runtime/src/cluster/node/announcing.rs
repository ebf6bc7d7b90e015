//! What a node has, as the other nodes are told of it.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::Node;
use crate::cluster::place::Place;
use crate::cluster::wire::SharedKey;
use crate::log_limits::{LogKind, log_limited};
use crate::registry::Announce;
use crate::session::{RoomName, Session, SessionId};
use crate::site::Key;

/// How long a handshake waits until other nodes are told of its session.
const SAID: Duration = Duration::from_millis(100);

impl Announce for Node {
    fn opened(&self, key: &Key, session: &Session) {
        let Some(key) = SharedKey::new(key) else {
            let logs = &session.site().logs;
            log_limited!(logs, LogKind::LongKey, session = %session.id(), peer = ?session.remote_addr(), "a key of more than 256 bytes is not told to other nodes");
            return;
        };
        let place = Place::of(session.site());
        self.directory().open(&key, session.id(), place);
        self.spoken.notify_one();
    }

    fn joined(&self, key: &Key, session: &Session) {
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

    fn left(&self, key: &Key, session: SessionId) {
        if let Some(key) = SharedKey::new(key) {
            self.directory().leave(&key, session);
            self.spoken.notify_one();
        }
    }

    fn occupied(&self, room: &RoomName) {
        self.directory().occupy(room);
        self.spoken.notify_one();
    }

    fn vacated(&self, room: &RoomName) {
        self.directory().vacate(room);
        self.spoken.notify_one();
    }

    fn is_taken_elsewhere(&self, key: &Key, session: &Session) -> bool {
        let place = Place::of(session.site());
        self.directory().is_taken(key, place, 0)
    }
}

impl Node {
    /// Waits until the broker's client has taken what other nodes are to be told, but for a moment only.
    pub(crate) async fn said(&self) {
        if self.broker.state().connection().is_none() {
            return;
        }
        let seq = self.directory().last_pending();
        let mut said = self.said.subscribe();
        let _ = timeout(SAID, said.wait_for(|said| *said >= seq)).await;
    }
}
