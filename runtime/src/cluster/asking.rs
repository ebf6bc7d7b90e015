//! What one node asks of another, and what comes of it.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::broker::BrokerError;
use super::node::{Node, Sealed};
use super::wire::Answer;
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
    pub(super) sealed: Sealed,
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
        self.node.ask(&self.sealed).await
    }
}

impl Node {
    /// Asks another node for something, and waits for its answer. Nothing is sent when nothing would come back.
    async fn ask(&self, sealed: &Sealed) -> Outcome {
        if self.is_deaf() {
            return Outcome::Unreachable;
        }
        match self.request(sealed).await {
            Ok(answer) => answer.map_or(Outcome::Unanswered, Outcome::Answered),
            Err(BrokerError::NoResponders) if self.is_gone(sealed.to) => Outcome::Gone,
            // Anybody who may publish to the inboxes can forge that answer, so the node may have the message.
            Err(BrokerError::NoResponders) if self.is_proof() => Outcome::Unanswered,
            Err(BrokerError::NoResponders | BrokerError::Disconnected) => Outcome::Unreachable,
            Err(BrokerError::TooLarge { limit, .. }) => Outcome::TooLarge(limit),
            Err(_) => Outcome::Unanswered,
        }
    }

    /// Checks that the broker takes a packet with a payload behind it.
    pub(super) fn check_size(&self, packet: &[u8], payload: &[u8]) -> Result<(), SendError> {
        let around = self.overhead() + packet.len();
        let most = self.broker().max_payload();
        if around + payload.len() > most {
            return Err(SendError::TooLarge {
                size: payload.len(),
                limit: most.saturating_sub(around),
            });
        }
        Ok(())
    }
}
