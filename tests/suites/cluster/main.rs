//! Clusters: nodes that are processes of their own, at a real NATS server, and the rules of the cluster between servers of
//! one process.

mod broadcast;
mod broker;
mod chaos;
mod failures;
mod health;
mod keys;
mod local;
mod logout;
mod nats;
mod node;
mod policies;
mod presence;
mod rooms;
mod storm;

use nats::NatsServer;
use node::{Node, Sent};

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
