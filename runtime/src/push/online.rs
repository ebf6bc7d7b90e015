//! Who is online: keys, and their sessions.

use std::collections::HashSet;
use std::fmt::Display;
use std::sync::Arc;

use crate::cluster;
use crate::registry::{Registry, running};
use crate::session::Session;
use crate::site::EndpointId;
use crate::site::Key;

/// Whether [`send_info`](crate::send_info) would find a session for `key` at this moment.
///
/// In a [cluster](crate::cluster) the sessions of all nodes count, as this node knows of them: it asks nobody.
///
/// [`Endpoint::is_online`](crate::Endpoint::is_online) asks one endpoint alone. Who is online now may be gone when a message is
/// sent, which says so itself ([`SendError::Offline`](crate::SendError::Offline)): ask where nothing is to be sent.
///
/// Java: `MAP.containsKey(uId)`, with a static map of sessions.
///
/// ```
/// println!("{}", if wspring::is_online(1) { "here" } else { "away" });
/// ```
#[must_use]
pub fn is_online(key: impl Display) -> bool {
    is_online_at(None, key)
}

/// The keys that are online, each once, in no particular order: in this process, and on all nodes of a
/// [cluster](crate::cluster), as this one knows of them.
///
/// [`Endpoint::keys`](crate::Endpoint::keys) has those of one endpoint alone. It looks at every key, so it is for an
/// overview, and not for every message.
///
/// Java: `MAP.keySet()`, with a static map of sessions.
///
/// ```
/// println!("{} are online", wspring::keys().len());
/// ```
#[must_use]
pub fn keys() -> Vec<String> {
    keys_at(None)
}

/// All open sessions of this process whose key is `key`, the oldest first on each server, whichever of them
/// [`OnDuplicate`](crate::OnDuplicate) would choose for a push.
///
/// A session is a handle of a connection of this process. Those of other nodes are told by
/// [`Presence::sessions_of`](crate::cluster::Presence::sessions_of), and reached with [`send_info`](crate::send_info) and
/// [`close_key`](crate::close_key).
///
/// A session is among them from before its `#[on_open]` runs. Unlike a push, a message that is sent with such a handle does
/// not wait for that handler.
/// [`Endpoint::sessions_of`](crate::Endpoint::sessions_of) has those of one endpoint alone.
///
/// Java: `MAP.get(uId)`, with a static map of sessions.
///
/// ```
/// for session in wspring::sessions_of(1) {
///     println!("{:?}", session.remote_addr());
/// }
/// ```
#[must_use]
pub fn sessions_of(key: impl Display) -> Vec<Session> {
    sessions_at(None, key)
}

pub(crate) fn is_online_at(endpoint: Option<EndpointId>, key: impl Display) -> bool {
    is_online_among(&running(), endpoint, key)
}

pub(crate) fn keys_at(endpoint: Option<EndpointId>) -> Vec<String> {
    keys_among(&running(), endpoint)
}

pub(crate) fn sessions_at(endpoint: Option<EndpointId>, key: impl Display) -> Vec<Session> {
    sessions_among(&running(), endpoint, key)
}

/// Whether one of these servers, or a cluster that it belongs to, has a session of `key`.
pub(crate) fn is_online_among(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
    key: impl Display,
) -> bool {
    let key = Key::new(key);
    let is_here = registries
        .iter()
        .any(|registry| registry.has_key(endpoint, &key));
    is_here || cluster::is_elsewhere(registries, endpoint, &key)
}

/// The keys of the sessions of these servers, and of the clusters that they belong to.
pub(crate) fn keys_among(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
) -> Vec<String> {
    let mut keys = HashSet::new();
    for registry in registries {
        registry.list_keys(endpoint, &mut keys);
    }
    cluster::list_elsewhere(registries, endpoint, &mut keys);
    keys.iter().map(Key::to_string).collect()
}

/// The sessions of these servers that have `key`.
pub(crate) fn sessions_among(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
    key: impl Display,
) -> Vec<Session> {
    let key = Key::new(key);
    let mut sessions = Vec::new();
    for registry in registries {
        registry.list_holders(endpoint, &key, &mut sessions);
    }
    sessions
}
