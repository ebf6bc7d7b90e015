//! What a node does with its own sessions when another node asks for it.

use std::sync::Arc;

use super::Node;
use crate::cluster::directory::Found;
use crate::cluster::place::{Place, endpoint_number};
use crate::cluster::wire::{
    Announced, Answer, Audience, Failed, Kind, Malformed, SharedKey, Whose,
};
use crate::message::Message;
use crate::registry;
use crate::registry::{Delivered, Registry};
use crate::session::{CloseCode, CloseRequest, Frame, SendError, SessionId};
use crate::site::{EndpointId, Key, OnDuplicate, Site};
use bytes::Bytes;

impl Node {
    /// Queues a message on the sessions of a key at one place of this node. Where there are many, other tasks of this
    /// thread have their turn in between.
    pub(in crate::cluster) async fn deliver(&self, site: u64, key: &Key, frame: &Frame) -> Answer {
        let Some(registry) = self.registry.upgrade() else {
            return Answer::default();
        };
        let is_meant = |place: &Site| Place::of(place).site == site;
        answer_of(registry::deliver_at_sites(&registry, key, is_meant, frame).await)
    }

    /// Queues a message on all these sessions of this node.
    pub(super) async fn deliver_to(&self, audience: &Audience, frame: &Frame) -> Answer {
        let Some(registry) = self.registry.upgrade() else {
            return Answer::default();
        };
        let delivered = match audience {
            Audience::Room(room) => registry::deliver_to_room(&registry, room, frame).await,
            Audience::Endpoint(number) => match endpoint(&registry, *number) {
                Some(endpoint) => registry::deliver_to_endpoint(&registry, endpoint, frame).await,
                None => return Answer::default(),
            },
        };
        answer_of(delivered)
    }

    /// How many of these sessions this node has.
    pub(in crate::cluster) fn count(&self, audience: &Audience) -> usize {
        let Some(registry) = self.registry.upgrade() else {
            return 0;
        };
        match audience {
            Audience::Room(room) => registry::count_in_room(&registry, room),
            Audience::Endpoint(number) => {
                let endpoint = endpoint(&registry, *number);
                endpoint.map_or(0, |endpoint| registry.count(endpoint))
            }
        }
    }

    /// Closes these sessions of this node, and says how many there were.
    pub(super) fn close(&self, whose: &Whose, code: u16, reason: &str) -> Result<usize, Malformed> {
        let Some(registry) = self.registry.upgrade() else {
            return Ok(0);
        };
        let mut sessions = Vec::new();
        match whose {
            Whose::Key {
                endpoint: number,
                key,
            } => {
                let endpoint = number.map(|number| endpoint(&registry, number));
                // An endpoint that was asked for and is not here has no sessions.
                if endpoint != Some(None) {
                    registry.list_holders(endpoint.flatten(), &Key::new(key), &mut sessions);
                }
            }
            Whose::User(name) => registry.of_principal(name, &mut sessions),
        }
        registry::close_all(&sessions, CloseCode::new(code), reason).map_err(|_| Malformed)
    }

    /// What another node wants to be queued, ready to be queued.
    pub(super) fn frame(kind: Kind, payload: Bytes) -> Result<Frame, Malformed> {
        let message = match kind {
            Kind::Text => Message::Text(String::from_utf8(payload.into()).map_err(|_| Malformed)?),
            Kind::Binary => Message::Binary(payload),
            Kind::Pong => Message::Pong(payload),
        };
        Frame::new(message).map_err(|_| Malformed)
    }

    /// The newest session of a key that this node has, at each place.
    pub(super) fn own_sessions(&self, endpoint: Option<u64>, key: &SharedKey) -> Vec<Announced> {
        let found = self.directory().find_newest(key.key()).into_iter();
        let is_meant = |found: &Found| {
            found.node == self.id
                && endpoint.is_none_or(|endpoint| endpoint == found.place.endpoint)
        };
        found
            .filter(is_meant)
            .map(|found| Announced::new(key.clone(), found.session, found.stamp, found.place))
            .collect()
    }

    /// A session of another node has the key, and there is place for one only.
    pub(super) fn close_rival(&self, key: &Key, session: SessionId) {
        let registry = self.registry.upgrade();
        let session = registry.and_then(|registry| registry.find(key, session));
        let Some(session) = session else { return };
        let (code, reason) = match session.site().on_duplicate {
            OnDuplicate::CloseOlder => (CloseCode::REPLACED, "replaced by a newer connection"),
            OnDuplicate::Reject => (CloseCode::POLICY, "an older connection has this key"),
            OnDuplicate::Newest | OnDuplicate::All => return,
        };
        session.outbox().close(CloseRequest::runtime(code, reason));
    }
}

/// Returns what another node is told of a delivery.
fn answer_of(delivered: Result<Delivered, SendError>) -> Answer {
    match delivered {
        Ok(delivered) => Answer::of(delivered.sessions),
        Err(error) => Answer {
            sessions: 0,
            failed: Failed::of(&error),
        },
    }
}

/// The endpoint of this number, if it has sessions.
fn endpoint(registry: &Arc<Registry>, number: u64) -> Option<EndpointId> {
    registry.endpoint(|endpoint| endpoint_number(endpoint) == number)
}

impl Failed {
    /// What is told of it; that a session has ended is no failure.
    fn of(error: &SendError) -> Option<Self> {
        match error {
            SendError::TooLarge { size, limit } => Some(Self::TooLarge {
                size: *size as u64,
                limit: *limit as u64,
            }),
            SendError::Full => Some(Self::Full),
            _ => None,
        }
    }
}
