//! What one node asks of another, and what comes of it.

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;

use super::broker::BrokerError;
use super::node::{ANSWER, Node};
use super::wire::{self, Answer, NodeId, Packet};
use crate::session::SendError;

/// What became of a request to another node.
#[derive(Clone, Copy)]
pub(super) enum Outcome {
    /// It did what it was asked to.
    Answered(Answer),
    /// Nobody listens there any more.
    Gone,
    /// Nothing was sent.
    Unreachable,
    /// It may have been sent.
    Unanswered,
    /// The broker takes messages of so many bytes only.
    TooLarge(usize),
}

/// Something that one node asks of another.
pub(super) struct Request {
    /// The one that asks.
    pub(super) node: Arc<Node>,
    pub(super) to: NodeId,
    pub(super) packet: Bytes,
}

/// Asks all of these at the same time. Each outcome comes with what its request was marked with.
pub(super) async fn ask_each<T: Send + 'static>(
    mut requests: Vec<(T, Request)>,
) -> Vec<(T, Outcome)> {
    // Mostly it is one, which needs no task.
    if requests.len() == 1
        && let Some((mark, request)) = requests.pop()
    {
        return vec![(mark, request.ask().await)];
    }
    let mut asking = JoinSet::new();
    for (mark, request) in requests {
        asking.spawn(async move { (mark, request.ask().await) });
    }
    asking.join_all().await
}

impl Request {
    async fn ask(self) -> Outcome {
        self.node.ask(self.to, self.packet).await
    }
}

impl Node {
    /// Asks another node for something, and waits for its answer.
    async fn ask(&self, to: NodeId, packet: Bytes) -> Outcome {
        let subject = self.subject(to);
        match self.broker().request(&subject, packet, ANSWER).await {
            Ok(answer) => wire::read_answer(&answer).map_or(Outcome::Unanswered, Outcome::Answered),
            Err(BrokerError::NoResponders) if self.is_gone(to) => Outcome::Gone,
            Err(BrokerError::NoResponders | BrokerError::Disconnected) => Outcome::Unreachable,
            Err(BrokerError::TooLarge { limit, .. }) => Outcome::TooLarge(limit),
            Err(_) => Outcome::Unanswered,
        }
    }

    /// A packet with a payload behind it, unless the broker does not take one of that size.
    pub(super) fn packet_with(&self, packet: &Packet, payload: &[u8]) -> Result<Bytes, SendError> {
        let packet = wire::write(self.id(), packet, payload);
        let most = self.broker().max_payload();
        if packet.len() > most {
            return Err(SendError::TooLarge {
                size: payload.len(),
                limit: most.saturating_sub(packet.len() - payload.len()),
            });
        }
        Ok(packet)
    }
}
