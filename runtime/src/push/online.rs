//! Who is online: keys, their sessions, and the end of all of them.

use std::collections::HashSet;
use std::fmt::Display;

use super::{Key, running};
use crate::endpoint::EndpointId;
use crate::session::{CloseCode, InvalidClose, Session, check_close};

/// Whether [`send_info`](crate::send_info) would find a session for `key` at this moment.
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

/// The keys that are online in this process, each once, in no particular order.
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

/// All open sessions whose key is `key`, the oldest first on each server, whichever of them
/// [`OnDuplicate`](crate::OnDuplicate) would choose for a push.
///
/// A session is among them from the moment its `#[on_open]` has returned.
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

/// Closes every session whose key is `key`, those too that are being opened at this moment, and returns how many there
/// were.
///
/// [`Endpoint::close_key`](crate::Endpoint::close_key) closes those of one endpoint alone, and
/// [`close_user`](crate::close_user) those of a principal. A handshake that is under way is not among them: for a logout,
/// forget the login first, and then call this.
///
/// Java: a loop over the sessions of the user that calls `session.close(new CloseReason(…))`.
///
/// ```
/// # use wspring::{CloseCode, InvalidClose};
/// # fn log_out(user: i64) -> Result<(), InvalidClose> {
/// let closed = wspring::close_key(user, CloseCode::POLICY, "you have logged out")?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`InvalidClose`] for a code or a reason that must not be sent; all sessions stay open.
pub fn close_key(key: impl Display, code: CloseCode, reason: &str) -> Result<usize, InvalidClose> {
    close_at(None, key, code, reason)
}

pub(crate) fn is_online_at(endpoint: Option<EndpointId>, key: impl Display) -> bool {
    let key = Key::new(key);
    running()
        .iter()
        .any(|registry| registry.has_key(endpoint, &key))
}

pub(crate) fn keys_at(endpoint: Option<EndpointId>) -> Vec<String> {
    let mut keys = HashSet::new();
    for registry in running() {
        registry.list_keys(endpoint, &mut keys);
    }
    keys.iter().map(Key::to_string).collect()
}

pub(crate) fn sessions_at(endpoint: Option<EndpointId>, key: impl Display) -> Vec<Session> {
    let key = Key::new(key);
    let mut sessions = Vec::new();
    for registry in running() {
        registry.list_reachable(endpoint, &key, &mut sessions);
    }
    sessions
}

pub(crate) fn close_at(
    endpoint: Option<EndpointId>,
    key: impl Display,
    code: CloseCode,
    reason: &str,
) -> Result<usize, InvalidClose> {
    check_close(code, reason)?;
    let key = Key::new(key);
    let mut sessions = Vec::new();
    for registry in running() {
        registry.list_holders(endpoint, &key, &mut sessions);
    }
    for session in &sessions {
        session.close_with(code, reason)?;
    }
    Ok(sessions.len())
}
