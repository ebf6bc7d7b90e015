//! Rooms, broadcasts, counts and logouts where there is a cluster: what is asked of many other nodes at a time.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::asking::Outcome;
use super::node::{ANSWER, Node};
use super::wire::{Audience, NodeId, Packet, Whose};
use crate::push::{Count, Registry};
use crate::session::{Frame, SendError};

/// The nodes of other processes that something is asked of, each with one of this process that can reach it.
pub(crate) struct Others {
    nodes: Vec<(Arc<Node>, NodeId)>,
    /// There may be more: they were not heard yet, or cannot be reached now.
    is_partial: bool,
}

/// What other nodes said.
#[derive(Default)]
pub(crate) struct Answers {
    pub(crate) sessions: usize,
    /// Why no session of a node queued the message.
    pub(crate) failed: Option<SendError>,
    /// Somebody did not answer, or could not be asked.
    pub(crate) is_partial: bool,
}

/// A message that is ready for the nodes that it is for.
pub(crate) struct Addressed {
    others: Others,
    /// By the node that sends it, for its name stands in it.
    packets: HashMap<NodeId, Bytes>,
}

impl Others {
    /// Those that have sessions in this audience, or may have some; `None` where there is no cluster.
    pub(crate) fn with(registries: &[Arc<Registry>], audience: &Audience) -> Option<Self> {
        Self::find(registries, |node| node.directory().nodes_of(audience))
    }

    /// All; `None` where there is no cluster.
    fn all(registries: &[Arc<Registry>]) -> Option<Self> {
        Self::find(registries, |node| node.directory().others().collect())
    }

    fn find(registries: &[Arc<Registry>], known: impl Fn(&Node) -> Vec<NodeId>) -> Option<Self> {
        let own: Vec<_> = registries
            .iter()
            .filter_map(|registry| registry.node())
            .collect();
        if own.is_empty() {
            return None;
        }
        let mut nodes: Vec<(Arc<Node>, NodeId)> = Vec::new();
        for node in &own {
            for other in known(node) {
                let is_own = own.iter().any(|node| node.id() == other);
                if !is_own && nodes.iter().all(|(_, known)| *known != other) {
                    nodes.push((Arc::clone(node), other));
                }
            }
        }
        Some(Self {
            nodes,
            is_partial: !own.iter().all(|node| node.is_synced()),
        })
    }

    /// Makes a message ready for them, unless it is larger than their broker takes.
    pub(crate) fn address(self, to: &Audience, frame: &Frame) -> Result<Addressed, SendError> {
        let (kind, payload) = frame.message()?;
        let mut packets = HashMap::new();
        for (node, _) in &self.nodes {
            if let Entry::Vacant(none) = packets.entry(node.id()) {
                let packet = Packet::Broadcast {
                    to: to.clone(),
                    kind: kind.into(),
                };
                none.insert(node.packet_with(&packet, payload)?);
            }
        }
        Ok(Addressed {
            others: self,
            packets,
        })
    }

    /// Asks all of them at the same time.
    async fn ask(self, packet: impl Fn(&Node) -> Option<Bytes>) -> Answers {
        let mut answers = Answers {
            is_partial: self.is_partial,
            ..Answers::default()
        };
        let asked = self.nodes.into_iter().filter_map(|(node, to)| {
            let packet = packet(&node)?;
            Some((node, to, packet))
        });
        let mut asked: Vec<_> = asked.collect();
        if asked.len() == 1 {
            for (node, to, packet) in asked.drain(..) {
                answers.take(node.ask(to, packet).await);
            }
        }
        let mut tasks = JoinSet::new();
        for (node, to, packet) in asked {
            tasks.spawn(async move { node.ask(to, packet).await });
        }
        while let Some(outcome) = tasks.join_next().await {
            match outcome {
                Ok(outcome) => answers.take(outcome),
                Err(_) => answers.is_partial = true,
            }
        }
        answers
    }
}

impl Addressed {
    /// Sends it, and waits until they have queued it or 500 ms have passed.
    pub(crate) async fn send(self) -> Answers {
        let Self { others, packets } = self;
        others.ask(|node| packets.get(&node.id()).cloned()).await
    }

    /// Whether there is nobody to send it to.
    pub(crate) fn is_empty(&self) -> bool {
        self.others.nodes.is_empty()
    }

    /// Sends it, and does not wait for anybody's answer.
    pub(crate) async fn post(self) {
        let Self { others, packets } = self;
        let post = async {
            for (node, to) in &others.nodes {
                if let Some(packet) = packets.get(&node.id()) {
                    node.publish(&node.subject(*to), packet.clone()).await;
                }
            }
        };
        // However many there are, nobody waits longer for a broker that is stuck.
        let _ = timeout(ANSWER, post).await;
    }
}

impl Answers {
    fn take(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Answered(answer) => {
                self.sessions += answer.sessions as usize;
                if let Some(failed) = answer.failed {
                    self.failed = Some(failed.into());
                }
            }
            Outcome::Gone => {}
            Outcome::Unreachable | Outcome::Unanswered | Outcome::TooLarge(_) => {
                self.is_partial = true;
            }
        }
    }
}

/// How many sessions other nodes have in this audience; `None` where there is no cluster.
pub(crate) async fn count(registries: &[Arc<Registry>], of: &Audience) -> Option<Count> {
    let others = Others::with(registries, of)?;
    let packet = Packet::Count { of: of.clone() };
    let answers = others.ask(|node| Some(node.packet(&packet))).await;
    Some(answers.into())
}

/// Closes sessions of all other nodes; `None` where there is no cluster.
pub(crate) async fn close(
    registries: &[Arc<Registry>],
    whose: Whose,
    code: u16,
    reason: &str,
) -> Option<Count> {
    let others = Others::all(registries)?;
    let packet = Packet::Close {
        whose,
        code,
        reason: reason.to_owned(),
    };
    if others.is_partial {
        // There may be nodes that were not heard yet.
        for node in registries.iter().filter_map(|registry| registry.node()) {
            node.publish(&node.all(), node.packet(&packet)).await;
        }
    }
    let answers = others.ask(|node| Some(node.packet(&packet))).await;
    Some(answers.into())
}

impl From<Answers> for Count {
    fn from(answers: Answers) -> Self {
        Self {
            sessions: answers.sessions,
            is_partial: answers.is_partial,
        }
    }
}
