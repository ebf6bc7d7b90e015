//! Reaching sessions from anywhere: by key with [`send_info`], by endpoint with [`Sessions`], by room with [`Room`], many at
//! a time with a [`Broadcast`].
//!
//! Each server has a [`Registry`] of its own. What runs in this process is found through a list of
//! registries, so that [`send_info`] needs no handle, and servers that are gone leave nothing behind. Rooms belong to
//! the process.

mod broadcast;
mod closing;
mod count;
mod online;
mod registry;
mod room;
mod rooms;
mod roster;
#[cfg(test)]
mod sample;
mod session;
mod sessions;

use std::fmt::Display;
use std::sync::{Arc, LazyLock, Weak};

use arc_swap::ArcSwap;

use crate::cluster;
use crate::message::IntoMessage;
use crate::session::{Frame, SendError};
use crate::site::{EndpointId, Key};

pub use broadcast::Broadcast;
pub(crate) use broadcast::{To, deliver_to_endpoint, deliver_to_room};
pub(crate) use closing::{close_all, close_among, close_at};
pub use closing::{close_key, close_user};
pub use count::Count;
pub(crate) use count::{count_in_room, of_endpoint as count_at};
pub use online::{is_online, keys, sessions_of};
pub(crate) use online::{
    is_online_among, is_online_at, keys_among, keys_at, sessions_among, sessions_at,
};
pub(crate) use registry::{NoPlace, Registered, Registry};
pub use room::{Room, room};
pub(crate) use rooms::leave_all;
#[cfg(test)]
pub(crate) use rooms::{join, leave};
pub use sessions::Sessions;

/// The registries of the servers in this process.
static RUNNING: LazyLock<ArcSwap<Vec<Weak<Registry>>>> = LazyLock::new(ArcSwap::default);

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

/// Pushes `message` to the sessions whose key is `key`, from anywhere in the program.
///
/// The key is the value of the endpoint's path variable (`/webSocket/<uId>`), written as its handler's type
/// prints it: with `u_id: i64`, a client at `/webSocket/007` is reached with the key `7`. Which of several
/// sessions with one key get the message is decided by their endpoint's [`OnDuplicate`](crate::OnDuplicate).
/// [`Endpoint::send_info`](crate::Endpoint::send_info) limits the push to one endpoint.
///
/// A session is reached from the moment its client can know that it is open, in `#[on_open]` too: before the 101 is
/// sent. While `#[on_open]` runs, the message waits in the outbox, within its bounds, and follows what that handler sends. If
/// `#[on_open]` fails or closes the session, what waited is discarded and the client sees none of it. An older session with the
/// same key keeps it until the newer one's `#[on_open]` has returned: with `newest` and `close_older`, a push
/// until then goes to the older one alone, and with `all` to both.
///
/// [`Delivered`] means that the message was queued on open sessions, in order behind what was queued before.
/// It does not say that the person has read it, or that the network did not fail a moment later. The push
/// never waits for a receiver: where an outbox is full, the session is closed with 1013 or the message is
/// dropped for it, as [`SlowConsumer`](crate::SlowConsumer) says.
///
/// It spans all servers of the program, and each decides for itself which of its sessions are meant: with `newest`, the newest
/// on each server. [`ServerHandle::send_info`](crate::ServerHandle::send_info) limits the push to one server.
///
/// Java: the static `sendInfo(message, uId)` beside a static map of sessions.
///
/// # Errors
///
/// [`SendError::Offline`] at once when no open session has the key; [`SendError::Full`] when there are some
/// and those that the push was meant for had their outboxes full; [`SendError::TooLarge`] and [`SendError::Encode`] when the message
/// cannot be queued anywhere.
///
/// In a [cluster](crate::cluster) also [`SendError::BrokerUnavailable`] at once when nothing could be sent to other nodes and
/// no session of this process has the key, and [`SendError::Unanswered`] when a node did not answer: it is not known
/// then whether the message has arrived.
///
/// # Cancel safety
///
/// Dropping the future before it is ready queues nothing; in a cluster, some sessions may have the message, and other nodes
/// may have been asked already.
///
/// # Examples
///
/// ```
/// use serde_json::json;
/// use wspring::prelude::*;
///
/// # async fn example() {
/// match send_info(Json(json!({"step": 1, "type": 2, "msg": "hello"})), 1).await {
///     Ok(delivered) => println!("queued on {} sessions", delivered.sessions),
///     Err(SendError::Offline { key, .. }) => println!("{key} gets an e-mail instead"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
pub fn send_info(
    message: impl IntoMessage,
    key: impl Display,
) -> impl Future<Output = Result<Delivered, SendError>> + Send {
    send(None, message, key)
}

/// The push of [`send_info`], to one endpoint or to all.
pub(crate) fn send(
    endpoint: Option<EndpointId>,
    message: impl IntoMessage,
    key: impl Display,
) -> impl Future<Output = Result<Delivered, SendError>> + Send {
    send_from(running(), endpoint, message, key)
}

/// The push to the sessions in `registries`, and in the clusters that these belong to.
pub(crate) fn send_from(
    registries: Vec<Arc<Registry>>,
    endpoint: Option<EndpointId>,
    message: impl IntoMessage,
    key: impl Display,
) -> impl Future<Output = Result<Delivered, SendError>> + Send {
    let frame = Frame::new(message);
    let key = Key::new(key);
    async move {
        let frame = frame?;
        let sent = if registries.iter().any(|registry| registry.node().is_some()) {
            // Boxed, so that a push without a cluster keeps no space for it.
            Box::pin(cluster::send(registries, endpoint, &frame, &key)).await
        } else {
            deliver(&registries, endpoint, &frame, &key)
        };
        match endpoint {
            Some(endpoint) if found_nobody(&sent) && lacks_key(endpoint) => Err(SendError::NoKey {
                endpoint: endpoint.name(),
            }),
            _ => sent,
        }
    }
}

/// Whether no session is known to have taken a push, though it could be queued.
fn found_nobody(sent: &Result<Delivered, SendError>) -> bool {
    matches!(
        sent,
        Err(SendError::Offline { .. }
            | SendError::Unanswered { .. }
            | SendError::BrokerUnavailable { .. })
    )
}

/// Whether an endpoint is served in this process, and nowhere in it have its sessions a key.
fn lacks_key(endpoint: EndpointId) -> bool {
    let servers = running();
    let known = |registry: &Arc<Registry>| registry.can_have_key(endpoint);
    let mut served = servers.iter().filter_map(known).peekable();
    served.peek().is_some() && served.all(|can_have_key| !can_have_key)
}

/// Queues `frame` on every session that `key` means in `registries`.
pub(crate) fn deliver(
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
        let mut sessions = 0;
        let mut failed = None;
        for session in targets {
            match session.outbox().push(frame) {
                Ok(()) => sessions += 1,
                Err(SendError::Closed) => {}
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            _ if sessions > 0 => {
                return Ok(Delivered {
                    sessions,
                    is_partial: false,
                });
            }
            Some(error) => return Err(error),
            // All of them closed since they were looked up, and are no targets any more: look again.
            None => {}
        }
    }
}

/// The open sessions of an endpoint in every server of this process.
pub(crate) fn sessions_at_endpoint(endpoint: EndpointId) -> Sessions {
    Sessions::new(endpoint, running())
}

/// Makes `registry` known to [`send_info`], for as long as it lives.
pub(crate) fn announce(registry: &Arc<Registry>) {
    RUNNING.rcu(|known| {
        let alive = known
            .iter()
            .filter(|other| other.strong_count() > 0)
            .cloned();
        alive.chain([Arc::downgrade(registry)]).collect::<Vec<_>>()
    });
}

fn running() -> Vec<Arc<Registry>> {
    RUNNING.load().iter().filter_map(Weak::upgrade).collect()
}

/// The registries of the servers in this process, if one of these is a node of a cluster.
fn clustered() -> Option<Vec<Arc<Registry>>> {
    // Without a cluster nothing is collected.
    let is_node = |registry: Arc<Registry>| registry.node().is_some();
    let known = RUNNING.load();
    let mut alive = known.iter().filter_map(Weak::upgrade);
    alive.any(is_node).then(running)
}
