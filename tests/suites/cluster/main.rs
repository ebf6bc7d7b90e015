//! Clusters: nodes that are processes of their own, at a real NATS server, and the rules of the cluster between servers of
//! one process.

mod broadcast;
mod broker;
mod chaos;
mod failures;
mod forger;
mod health;
mod keys;
mod local;
mod logout;
mod nats;
mod node;
mod opening;
mod policies;
mod presence;
mod rooms;
mod secret;
mod storm;

use nats::NatsServer;
use node::{Node, Sent};

/// Texts that mean something to the broker, to HTTP or to nobody: keys and names of rooms as good as any other.
const ANY_TEXT: [&str; 11] = [
    "*",
    ">",
    "a.b",
    "a b",
    " ",
    "🙂",
    "ü",
    "\0",
    "\r\n",
    "wspring.all",
    "%",
];

/// As it stands in a query.
fn in_query(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A NATS server, and nodes that know each other.
async fn cluster<const N: usize>() -> (NatsServer, [Node; N]) {
    let nats = NatsServer::start().await;
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(Node::start(&nats).await);
    }
    for node in &nodes {
        node.knows(N).await;
    }
    let nodes = nodes.try_into();
    (
        nats,
        nodes.unwrap_or_else(|_| unreachable!("N were started")),
    )
}
