//! How a node finds out whether it, or another one, is there.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{ANSWER, Node, START, TICK};
use crate::cluster::broker::BrokerError;
use crate::cluster::directory::Effect;
use crate::cluster::wire::{NodeId, Packet};
use crate::error::{Error, ErrorKind};

impl Node {
    /// Returns when what is sent to this node comes back: its subscriptions are alive.
    pub(in crate::cluster) async fn probe(&self) -> Result<(), BrokerError> {
        self.ping(self.id).await
    }

    /// Waits until this node takes part in its cluster.
    pub(crate) async fn ready(&self) -> Result<(), Error> {
        let begun = Instant::now();
        loop {
            match self.probe().await {
                Ok(()) => return Ok(()),
                Err(error) if begun.elapsed() > START => {
                    let text = "the broker of the cluster does not bring back what is sent to this node: see that it runs, and that this client may subscribe and publish";
                    return Err(Error::caused(ErrorKind::Io, text, error));
                }
                Err(_) => sleep(TICK / 10).await,
            }
        }
    }

    /// Takes an answer of the broker that nobody listens where this node does; returns whether the node is gone.
    pub(in crate::cluster) fn is_gone(&self, node: NodeId) -> bool {
        let is_gone = self.directory().is_gone(node, self.is_proof());
        self.spoken.notify_one();
        is_gone
    }

    /// Returns whether nodes prove who they are, which the broker cannot.
    pub(in crate::cluster) fn is_proof(&self) -> bool {
        self.seal.is_proof()
    }

    pub(super) async fn find_out(&self, node: NodeId) {
        match self.ping(node).await {
            Ok(()) => {
                let effects = self.directory().is_there(node, Instant::now());
                for effect in effects {
                    // Nothing else follows from it.
                    if let Effect::Tell(node, packet) = effect {
                        self.tell(node, &packet).await;
                    }
                }
            }
            Err(BrokerError::NoResponders) => _ = self.is_gone(node),
            Err(_) => {}
        }
    }

    /// Returns when a node has answered.
    async fn ping(&self, node: NodeId) -> Result<(), BrokerError> {
        let Some(sealed) = self.sealed(node, &Packet::Ping, &[], ANSWER) else {
            return Err(BrokerError::Timeout {
                after: Duration::ZERO,
            });
        };
        let answer = self.request(&sealed).await?;
        answer
            .map(drop)
            .ok_or(BrokerError::Timeout { after: ANSWER })
    }
}
