//! A message for sessions of this process: by key, by endpoint, by room.

use std::sync::Arc;

use smallvec::SmallVec;
use tokio::task::yield_now;

use super::Registry;
use super::rooms::ROOMS;
use super::roster::Snapshot;
use crate::session::{Frame, RoomName, SendError, Session};
use crate::site::{EndpointId, Key, Site};

/// A push was queued on open sessions.
///
/// It is not known to have been read. A session whose `#[on_open]` runs counts, and keeps the message until that returns; if
/// it fails, the message is discarded. So refuse people in `#[on_handshake]`, before there is a session.
///
/// The message is written when what was queued before it has been. A slow peer, a [`Cork`](crate::Cork) and a message
/// [in parts](crate::Session::send_partial) can delay it, and the delay is bounded:
/// by [`write_timeout`](crate::Builder::write_timeout), [`min_throughput`](crate::Builder::min_throughput) and
/// [`unfinished_timeout`](crate::Builder::unfinished_timeout). If the session ends before, the message is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Delivered {
    /// How many sessions queued the message.
    pub sessions: usize,
    /// Whether there may be sessions that could not be asked: their node did not answer, or the broker of the cluster was
    /// away. Always `false` where there is no cluster.
    pub is_partial: bool,
}

/// Queues `frame` on every session that `key` means in `registries`.
pub(crate) fn deliver_to_key(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
    frame: &Frame,
    key: &Key,
) -> Result<Delivered, SendError> {
    loop {
        let targets: Vec<_> = registries
            .iter()
            .flat_map(|registry| registry.targets(endpoint, key))
            .collect();
        if targets.is_empty() {
            return Err(SendError::Offline {
                key: key.to_string(),
            });
        }
        let mut tally = Tally::of_key();
        for session in &targets {
            tally.push(session, frame);
        }
        match tally.failed {
            _ if tally.sessions > 0 => return tally.result(),
            Some(error) => return Err(error),
            // All of them closed since they were looked up, and are no targets any more: look again.
            None => {}
        }
    }
}

/// After so many sessions other tasks have their turn, where nobody waits for all of it to be done at once.
const TURN: usize = 128;

/// The outcome of a message for several sessions.
#[derive(Default)]
struct Tally {
    sessions: usize,
    failed: Option<SendError>,
    /// Whether a full outbox is a failure. Of a message for many it is none: the others get it all the same.
    full_fails: bool,
}

/// Queues `frame` on the sessions of one server that a push to `key` means at the sites for which this holds, for another
/// node. That all of them have ended is no failure.
pub(crate) async fn deliver_at_sites(
    registry: &Registry,
    key: &Key,
    is_meant: impl Fn(&Site) -> bool,
    frame: &Frame,
) -> Result<Delivered, SendError> {
    let targets = registry.targets_at(key, is_meant);
    deliver_in_turns(targets.iter(), frame, Tally::of_key()).await
}

/// Queues `frame` on those who are in a room, of one server, for another node.
pub(crate) async fn deliver_to_room(
    registry: &Arc<Registry>,
    room: &RoomName,
    frame: &Frame,
) -> Result<Delivered, SendError> {
    let members = ROOMS.snapshot_at(registry, room);
    deliver_in_turns(members.iter(), frame, Tally::default()).await
}

/// Queues `frame` on the sessions of an endpoint, of one server, for another node.
pub(crate) async fn deliver_to_endpoint(
    registry: &Registry,
    endpoint: EndpointId,
    frame: &Frame,
) -> Result<Delivered, SendError> {
    let unended = registry.unended(endpoint);
    deliver_in_turns(unended.iter(), frame, Tally::default()).await
}

/// Queues `frame` on those who are in a room of this process.
pub(crate) fn deliver_to_members(
    room: &RoomName,
    frame: &Frame,
    except: &[Session],
) -> Result<Delivered, SendError> {
    deliver_to(&[ROOMS.snapshot(room)], frame, except)
}

/// Queues `frame` on the sessions of an endpoint.
pub(crate) fn deliver_to_all(
    registries: &[Arc<Registry>],
    endpoint: EndpointId,
    frame: &Frame,
    except: &[Session],
) -> Result<Delivered, SendError> {
    let unended = |registry: &Arc<Registry>| registry.unended(endpoint);
    let snapshots: SmallVec<[Snapshot; 1]> = registries.iter().map(unended).collect();
    deliver_to(&snapshots, frame, except)
}

/// Queues `frame` on the sessions in these snapshots.
fn deliver_to(
    snapshots: &[Snapshot],
    frame: &Frame,
    except: &[Session],
) -> Result<Delivered, SendError> {
    let mut tally = Tally::default();
    for session in snapshots.iter().flat_map(Snapshot::iter) {
        if !except.iter().any(|other| other.is_same(session)) {
            tally.push(session, frame);
        }
    }
    tally.result()
}

async fn deliver_in_turns<'s>(
    sessions: impl Iterator<Item = &'s Session>,
    frame: &Frame,
    mut tally: Tally,
) -> Result<Delivered, SendError> {
    for (at, session) in sessions.enumerate() {
        if at % TURN == TURN - 1 {
            yield_now().await;
        }
        tally.push(session, frame);
    }
    tally.result()
}

impl Tally {
    /// Returns the tally of a message for a key.
    fn of_key() -> Self {
        Self {
            full_fails: true,
            ..Self::default()
        }
    }

    fn push(&mut self, session: &Session, frame: &Frame) {
        match session.outbox().push(frame) {
            Ok(()) => self.sessions += 1,
            // It has said goodbye.
            Err(SendError::Closed) => {}
            Err(SendError::Full) if !self.full_fails => {}
            Err(error) => self.failed = Some(error),
        }
    }

    fn result(self) -> Result<Delivered, SendError> {
        match self.failed {
            Some(error) if self.sessions == 0 => Err(error),
            _ => Ok(Delivered {
                sessions: self.sessions,
                is_partial: false,
            }),
        }
    }
}
