//! Rooms, broadcasts, counts and logouts where there is a cluster: what is asked of many other nodes at a time.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::timeout;

use super::asking::{Outcome, Request, ask_each};
use super::node::{ANSWER, Node};
use super::own;
use super::wire::{Audience, NodeId, Packet, Whose};
use crate::push::{Count, Registry};
use crate::session::{Frame, SendError};

/// The nodes of other processes that something is asked of, each with one of this process that can reach it.
pub(crate) struct Others {
    nodes: Vec<(Arc<Node>, NodeId)>,
    /// There may be more: they were not heard yet, or cannot be reached now.
    is_partial: bool,
}

/// What is asked of them.
pub(crate) struct Addressed {
    requests: Vec<Request>,
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

impl Others {
    /// Those that have sessions in this audience, or may have some.
    pub(crate) fn with(registries: &[Arc<Registry>], audience: &Audience) -> Self {
        Self::find(registries, |node| node.directory().nodes_of(audience))
    }

    /// All.
    fn all(registries: &[Arc<Registry>]) -> Self {
        Self::find(registries, |node| node.directory().others().collect())
    }

    fn find(registries: &[Arc<Registry>], known: impl Fn(&Node) -> Vec<NodeId>) -> Self {
        let own = own::own(registries);
        let mut nodes: Vec<(Arc<Node>, NodeId)> = Vec::new();
        for node in &own {
            for other in known(node) {
                let is_new = nodes.iter().all(|(_, known)| *known != other);
                if is_new && own::find(&own, other).is_none() {
                    nodes.push((Arc::clone(node), other));
                }
            }
        }
        Self {
            nodes,
            is_partial: !own.iter().all(|node| node.is_synced()),
        }
    }

    /// Makes a message ready for them, unless it is larger than their broker takes.
    pub(crate) fn message(self, to: &Audience, frame: &Frame) -> Result<Addressed, SendError> {
        let (kind, payload) = frame.message()?;
        let packet = Packet::Broadcast {
            to: to.clone(),
            kind: kind.into(),
        };
        self.address(|node| node.packet_with(&packet, payload))
    }

    /// Makes a question ready for them.
    fn question(self, packet: &Packet) -> Addressed {
        let Ok(addressed) = self.address(|node| Ok::<_, Infallible>(node.packet(packet)));
        addressed
    }

    /// The name of the node that asks stands in a packet, so each of them writes one of its own.
    fn address<E>(self, write: impl Fn(&Node) -> Result<Bytes, E>) -> Result<Addressed, E> {
        let mut requests: Vec<Request> = Vec::new();
        for (node, to) in self.nodes {
            let packet = match requests.last() {
                Some(last) if Arc::ptr_eq(&last.node, &node) => last.packet.clone(),
                _ => write(&node)?,
            };
            requests.push(Request { node, to, packet });
        }
        Ok(Addressed {
            requests,
            is_partial: self.is_partial,
        })
    }
}

impl Addressed {
    /// Whether there is nobody to ask.
    pub(crate) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// Asks all of them, and waits until they have answered or 500 ms have passed.
    pub(crate) async fn ask(self) -> Answers {
        let mut answers = Answers {
            is_partial: self.is_partial,
            ..Answers::default()
        };
        let requests = self.requests.into_iter().map(|request| ((), request));
        for ((), outcome) in ask_each(requests.collect()).await {
            answers.take(outcome);
        }
        answers
    }

    /// Asks all of them, and does not wait for anybody's answer.
    pub(crate) async fn post(self) {
        let post = async {
            for Request { node, to, packet } in self.requests {
                node.publish(&node.subject(to), packet).await;
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

/// How many sessions other nodes have in this audience.
pub(crate) async fn count(registries: &[Arc<Registry>], of: Audience) -> Count {
    let others = Others::with(registries, &of);
    others.question(&Packet::Count { of }).ask().await.into()
}

/// Closes sessions of all other nodes.
pub(crate) async fn close(
    registries: &[Arc<Registry>],
    whose: Whose,
    code: u16,
    reason: &str,
) -> Count {
    let others = Others::all(registries);
    let packet = Packet::Close {
        whose,
        code,
        reason: reason.to_owned(),
    };
    if others.is_partial {
        // There may be nodes that were not heard yet.
        for node in own::own(registries) {
            node.publish(&node.all(), node.packet(&packet)).await;
        }
    }
    others.question(&packet).ask().await.into()
}

impl From<Answers> for Count {
    fn from(answers: Answers) -> Self {
        Self {
            sessions: answers.sessions,
            is_partial: answers.is_partial,
        }
    }
}
