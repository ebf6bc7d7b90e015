//! Rooms, broadcasts, counts and logouts where there is a cluster: what is asked of many other nodes at a time.
//!
//! Many nodes are asked at a time: those that have members of a room, which is all that the
//! directory knows of a room, or all nodes for an endpoint. A room is not a subscription of the
//! broker: that would be some 6 KB each, and nobody could tell how many nodes have to answer. So a
//! room on ten nodes is ten messages to the broker, and the sender learns how many sessions have
//! queued it.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::{sleep, timeout};

use super::asking::{Outcome, Request, ask_each};
use super::node::{ANSWER, Node};
use super::own;
use super::wire::{self, Audience, NodeId, Packet, Whose};
use crate::registry::{Count, Registry};
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
        let mut found: HashSet<_> = own.iter().map(|node| node.id()).collect();
        let mut nodes: Vec<(Arc<Node>, NodeId)> = Vec::new();
        for node in &own {
            let others = known(node).into_iter();
            let new = others.filter(|other| found.insert(*other));
            nodes.extend(new.map(|other| (Arc::clone(node), other)));
        }
        Self {
            nodes,
            is_partial: !own.iter().all(|node| node.is_synced()),
        }
    }

    /// Makes a message ready for them, unless it is larger than their broker takes.
    pub(crate) fn message(self, to: &Audience, frame: &Frame) -> Result<Addressed, SendError> {
        let (kind, payload) = frame.message()?;
        let packet = wire::write(&Packet::Broadcast {
            to: to.clone(),
            kind: kind.into(),
        });
        for node in self.nodes.iter().map(|(node, _)| node) {
            node.check_size(&packet, payload)?;
        }
        Ok(self.address(&packet, payload))
    }

    /// Makes a packet ready for them. Each gets its own: it is written for one node, and counts for a time.
    fn address(self, packet: &[u8], payload: &[u8]) -> Addressed {
        let mut addressed = Addressed {
            requests: Vec::new(),
            is_partial: self.is_partial,
        };
        for (node, to) in self.nodes {
            match node.sealed_body(to, packet, payload, ANSWER) {
                Some(sealed) => addressed.requests.push(Request { node, sealed }),
                None => addressed.is_partial = true,
            }
        }
        addressed
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
            for Request { node, sealed } in self.requests {
                node.publish(&sealed.subject, sealed.packet).await;
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
    let packet = wire::write(&Packet::Count { of });
    others.address(&packet, &[]).ask().await.into()
}

/// Closes sessions of all other nodes.
pub(crate) async fn close(
    registries: &[Arc<Registry>],
    whose: Whose,
    code: u16,
    reason: &str,
) -> Count {
    let packet = wire::write(&Packet::Close {
        whose,
        code,
        reason: reason.to_owned(),
    });
    let others = Others::all(registries);
    if !others.is_partial {
        return others.address(&packet, &[]).ask().await.into();
    }
    // There may be nodes that were not heard yet: they are asked to speak, and then told too.
    let asked: HashSet<_> = others.nodes.iter().map(|(_, other)| *other).collect();
    for node in own::own(registries) {
        node.ask_who_is_there();
    }
    let first = others.address(&packet, &[]);
    let (first, ()) = tokio::join!(first.ask(), sleep(ANSWER / 2));
    let mut late = Others::all(registries);
    late.nodes.retain(|(_, other)| !asked.contains(other));
    let second = late.address(&packet, &[]).ask().await;
    Count {
        sessions: first.sessions + second.sessions,
        is_partial: first.is_partial || second.is_partial,
    }
}

impl From<Answers> for Count {
    fn from(answers: Answers) -> Self {
        Self {
            sessions: answers.sessions,
            is_partial: answers.is_partial,
        }
    }
}
