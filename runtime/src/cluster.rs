//! Many nodes: what a program that runs several times shares, over a [`Broker`].
//!
//! A process on its own needs none of this. With a broker, each server is a node of a cluster, and
//! [`send_info`](crate::send_info), [rooms](crate::room) and [broadcasts](crate::Endpoint::broadcast) reach the sessions of
//! all of them:
//!
//! ```no_run
//! # #[cfg(feature = "nats")]
//! # async fn example() -> Result<(), wspring::Error> {
//! use wspring::Server;
//! use wspring::cluster::Nats;
//!
//! let nats = Nats::connect("nats://127.0.0.1:4222").await?;
//! Server::builder().broker(nats).run().await
//! # }
//! ```
//!
//! Or with `broker_url = "nats://127.0.0.1:4222"` in `wspring.toml`, which takes the feature `nats`.
//!
//! # What is promised, and what is not
//!
//! * `Ok(Delivered)`: the message is queued on so many open sessions, wherever they are. It is never queued twice on one.
//! * [`SendError::Offline`](crate::SendError::Offline), at once: no node that can be reached has a session of the key. It is
//!   never said of a session of this node whose client has seen the 101. The broker's client has the news of a session before
//!   the 101 is sent, but another node knows it only when the broker has brought it.
//! * [`SendError::BrokerUnavailable`](crate::SendError::BrokerUnavailable), at once: nothing was sent, and whether
//!   somebody else has the key is not known. Sessions of this process get their messages all the same.
//! * [`SendError::Unanswered`](crate::SendError::Unanswered), after 500 ms: the message has arrived, or it never will. Sending
//!   it again may double it.
//! * Messages that one task sends one after the other to a key, a room or an endpoint arrive in their order.
//! * What is sent to a room goes once to each node that has members.
//!   [`Delivered::is_partial`](crate::Delivered::is_partial) and [`Count::is_partial`](crate::Count::is_partial) say that a
//!   node did not answer within 500 ms, or that it is not known whether there are more.
//! * A node that dies is noticed by the next push to it, or within ten seconds; one that is cut off from the broker
//!   counts as gone for the others, and comes back by itself.
//! * Right after a server has started, or after the broker was away, it has not heard of all others yet. For three
//!   seconds a key that it does not know is asked of all nodes, and a miss is `Unanswered` and not `Offline`.
//!
//! What a second connection with the same key means ([`OnDuplicate`](crate::OnDuplicate)) holds across nodes: the
//! nodes agree on which session is the newest: the last one whose `#[on_open]` has returned. Where `reject` was decided on
//! two nodes that could not hear each other, the later connection is closed with 1008 as soon as they do.
//!
//! Give the nodes a [secret](crate::Builder::cluster_secret), unless nobody else can reach their broker.
//!
//! Two servers of one process are two nodes if both have a broker. A [`LocalBroker`] connects them without a network.
//!
//! A key has up to 256 bytes; one that is longer works on its own node alone.
//!
//! What goes to other nodes needs a runtime of tokio around it: elsewhere, such a send panics.

mod asking;
mod broker;
mod directory;
mod health;
mod links;
mod local;
#[cfg(feature = "nats")]
mod nats;
mod node;
mod online;
mod others;
mod own;
mod place;
mod presence;
mod probe;
mod questions;
mod seal;
mod secret;
mod send;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

pub use broker::{Broker, BrokerError, BrokerFuture, BrokerState, Delivery, Subscription};
pub(crate) use health::ClusterHealth;
pub use local::LocalBroker;
#[cfg(feature = "nats")]
pub use nats::Nats;
pub(crate) use node::Node;
pub(crate) use online::{is_elsewhere, list_elsewhere};
pub(crate) use others::{Addressed, Answers, Others, close, count};
pub(crate) use place::endpoint_number;
pub use presence::{OnlineSession, Presence, PresenceChanges, PresenceEvent};
pub(crate) use secret::{Secret, Secrets};
pub(crate) use send::send;
pub(crate) use wire::{Audience, Whose};

use crate::log_limits::LogLimits;
use crate::registry::{Membership, Registry};

/// The name of a cluster, unless it has another one.
pub(crate) const DEFAULT_NAME: &str = "wspring";

/// Whether a cluster can have this name: it is the beginning of subjects.
pub(crate) fn is_cluster_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(is_allowed)
}

/// How a server takes part in a cluster.
pub(crate) struct Terms<'t> {
    /// The name of the cluster.
    pub(crate) name: &'t str,
    pub(crate) secrets: &'t Secrets,
    pub(crate) logs: &'t Arc<LogLimits>,
}

/// Makes a server a node of a cluster. It takes part as soon as the broker lets it.
///
/// # Panics
///
/// Outside a runtime of tokio.
pub(crate) fn begin(
    broker: Arc<dyn Broker>,
    terms: &Terms<'_>,
    registry: &Arc<Registry>,
) -> Membership {
    if terms.secrets.own.is_empty() && !broker.is_loopback() {
        tracing::warn!(
            cluster = terms.name,
            "this cluster has no secret: whoever has an account at its broker can push to every session, close it, and take over its key. Set `cluster_secret` to the same on all nodes, for example to what `openssl rand -base64 32` prints"
        );
    }
    let node = Arc::new(Node::new(broker, terms, registry));
    tokio::spawn(Arc::clone(&node).run());
    let ends = node.stop().drop_guard();
    Membership::new(node, ends)
}
