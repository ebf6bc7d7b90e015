//! The end of all sessions of a key or of a user: for logouts.

use std::fmt::Display;
use std::sync::Arc;

use crate::cluster::{self, Whose, endpoint_number};
use crate::registry::{Count, Registry, close_all, running};
use crate::session::{CloseCode, InvalidClose, Session};
use crate::site::EndpointId;
use crate::site::Key;

/// Closes every session whose key is `key`, and returns how many there were. In a [cluster](crate::cluster) it closes those of all nodes, and waits for their answers for 500 ms at most.
///
/// [`Endpoint::close_key`](crate::Endpoint::close_key) closes those of one endpoint alone, and
/// [`close_user`](crate::close_user) those of a principal. A handshake that is under way is not among them: for a logout,
/// forget the login first, and then call this. When [`Count::is_partial`] is `true`, a node may not have been told: call it
/// again.
///
/// Java: a loop over the sessions of the user that calls `session.close(new CloseReason(…))`.
///
/// ```
/// # use wspring::{CloseCode, InvalidClose};
/// # async fn log_out(user: i64) -> Result<(), InvalidClose> {
/// let closed = wspring::close_key(user, CloseCode::POLICY, "you have logged out").await?;
/// println!("{} sessions", closed.sessions);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`InvalidClose`] for a code or a reason that must not be sent; all sessions stay open.
///
/// # Cancel safety
///
/// Nothing is closed before the future is polled. When it was, the sessions of this process are closed, and other nodes
/// may have been told.
pub fn close_key(
    key: impl Display,
    code: CloseCode,
    reason: &str,
) -> impl Future<Output = Result<Count, InvalidClose>> + Send {
    close_at(None, key, code, reason)
}

/// Closes every session of a user, and returns how many there were: for a login that ends. In a
/// [cluster](crate::cluster) it closes those of all nodes, and waits for their answers for 500 ms at most.
///
/// The user is the [`principal`](crate::Accept::principal) that `#[on_handshake]` gave the session. A handshake that is
/// under way is not among them: forget the login first, and then call this. When [`Count::is_partial`] is `true`, a node may
/// not have been told: call it again.
///
/// Java: what the container does when the login of a protected endpoint ends, with code 1008.
///
/// ```
/// # use wspring::{CloseCode, InvalidClose};
/// # async fn log_out(user: &str) -> Result<(), InvalidClose> {
/// let closed = wspring::close_user(user, CloseCode::POLICY, "you have logged out").await?;
/// println!("{} sessions", closed.sessions);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`InvalidClose`] for a code or a reason that must not be sent; all sessions stay open.
///
/// # Cancel safety
///
/// That of [`close_key`].
pub fn close_user(
    name: &str,
    code: CloseCode,
    reason: &str,
) -> impl Future<Output = Result<Count, InvalidClose>> + Send + use<> {
    let (name, reason) = (name.to_owned(), reason.to_owned());
    async move {
        let registries = running();
        let mut sessions = Vec::new();
        for registry in &registries {
            registry.of_principal(&name, &mut sessions);
        }
        everywhere(&registries, &sessions, Whose::User(name), code, &reason).await
    }
}

pub(crate) fn close_at(
    endpoint: Option<EndpointId>,
    key: impl Display,
    code: CloseCode,
    reason: &str,
) -> impl Future<Output = Result<Count, InvalidClose>> + Send {
    let (key, reason) = (Key::new(key), reason.to_owned());
    async move { close_among(&running(), endpoint, key, code, &reason).await }
}

/// Closes the sessions of `key` that these servers have, and the clusters that they belong to.
pub(crate) async fn close_among(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
    key: Key,
    code: CloseCode,
    reason: &str,
) -> Result<Count, InvalidClose> {
    let mut sessions = Vec::new();
    for registry in registries {
        registry.list_holders(endpoint, &key, &mut sessions);
    }
    let whose = Whose::Key {
        endpoint: endpoint.map(endpoint_number),
        key: key.to_string(),
    };
    everywhere(registries, &sessions, whose, code, reason).await
}

/// Closes these sessions, and those of other nodes of the clusters that these servers belong to.
async fn everywhere(
    registries: &[Arc<Registry>],
    sessions: &[Session],
    whose: Whose,
    code: CloseCode,
    reason: &str,
) -> Result<Count, InvalidClose> {
    let here = Count::here(close_all(sessions, code, reason)?);
    if registries.iter().all(|registry| registry.node().is_none()) {
        return Ok(here);
    }
    let there = cluster::close(registries, whose, code.into(), reason).await;
    Ok(here.and(there))
}
