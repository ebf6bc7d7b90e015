//! Reaching sessions from anywhere: by key with [`send_info`], by endpoint with [`Sessions`], by room with [`Room`], many at
//! a time with a [`Broadcast`].

mod broadcast;
mod closing;
mod counting;
mod online;
mod room;
mod session;
mod sessions;

use std::fmt::Display;
use std::sync::Arc;

use crate::cluster;
use crate::message::IntoMessage;
use crate::registry::{Delivered, Registry, deliver_to_key, running};
use crate::session::{Frame, SendError};
use crate::site::{EndpointId, Key};

pub use broadcast::Broadcast;
pub(crate) use broadcast::To;
pub(crate) use closing::{close_among, close_at};
pub use closing::{close_key, close_user};
pub(crate) use counting::of_endpoint as count_at;
pub use online::{is_online, keys, sessions_of};
pub(crate) use online::{
    is_online_among, is_online_at, keys_among, keys_at, sessions_among, sessions_at,
};
pub use room::{Room, room};
pub use sessions::Sessions;

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
            deliver_to_key(&registries, endpoint, &frame, &key)
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

/// The open sessions of an endpoint in every server of this process.
pub(crate) fn sessions_at_endpoint(endpoint: EndpointId) -> Sessions {
    Sessions::new(endpoint, running())
}
