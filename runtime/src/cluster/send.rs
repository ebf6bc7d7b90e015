//! `send_info` where there is a cluster: to the sessions that the directory names, on this node and on others.
//!
//! A push goes to the newest session of each site, and on to the next older one only if a
//! node has said that it has none: a node that did not answer may have queued the message.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::asking::{Outcome, Request, ask_each};
use super::directory::Found;
use super::node::{ANSWER, Node, Sealed};
use super::own;
use super::place::{Place, endpoint_number};
use super::wire::{self, Failed, NodeId, Packet, SharedKey};
use crate::registry;
use crate::registry::{Delivered, Registry};
use crate::session::{Frame, SendError};
use crate::site::{EndpointId, Key, OnDuplicate};

/// Pushes to whoever has `key` on any node. `registries` are those of this process; one of them at least is a node.
pub(crate) async fn send(
    registries: Vec<Arc<Registry>>,
    endpoint: Option<EndpointId>,
    frame: &Frame,
    key: &Key,
) -> Result<Delivered, SendError> {
    let Some(shared) = SharedKey::new(key) else {
        // Other nodes were not told of it.
        return registry::deliver_to_key(&registries, endpoint, frame, key);
    };
    let (nodes, alone): (Vec<_>, Vec<_>) = registries
        .into_iter()
        .partition(|registry| registry.node().is_some());
    let nodes = own::own(&nodes);
    let Some(node) = nodes.first() else {
        return registry::deliver_to_key(&alone, endpoint, frame, key);
    };
    let mut sending = Sending {
        nodes: &nodes,
        endpoint,
        frame,
        key: &shared,
        asked: HashSet::new(),
        tally: Tally::default(),
    };
    if !alone.is_empty() {
        sending
            .tally
            .count(registry::deliver_to_key(&alone, endpoint, frame, key));
    }
    // Again, because a session may have moved on to another node meanwhile.
    while let Some(found) = sending.candidates() {
        sending.send_to(found).await?;
        if sending.tally.is_decided() {
            break;
        }
    }
    let is_synced = nodes.iter().all(|node| node.is_synced());
    if !sending.tally.is_decided() && !is_synced {
        let found = node.ask_all(endpoint, &shared).await;
        match found {
            Ok(found) => sending.send_to(found).await?,
            Err(NotAsked) => sending.tally.is_unreachable = true,
        }
        if !sending.tally.is_decided() {
            sending.tally.is_unanswered = true;
        }
    }
    sending.tally.result(key, is_synced)
}

/// A push under way.
struct Sending<'s> {
    nodes: &'s [Arc<Node>],
    endpoint: Option<EndpointId>,
    frame: &'s Frame,
    key: &'s SharedKey,
    /// Which nodes were asked for which place: none is asked twice.
    asked: HashSet<(NodeId, u64)>,
    tally: Tally,
}

/// What came of it so far.
#[derive(Default)]
struct Tally {
    sessions: usize,
    failed: Option<SendError>,
    /// A node that was asked did not answer.
    is_unanswered: bool,
    /// A node could not be asked.
    is_unreachable: bool,
}

/// The sessions at one place: the nodes that have some, that of the newest first.
struct Course {
    place: Place,
    nodes: VecDeque<NodeId>,
    is_over: bool,
}

/// The broker is away.
struct NotAsked;

impl Sending<'_> {
    /// Who has the key and was not asked yet.
    fn candidates(&self) -> Option<Vec<Found>> {
        let all = self.nodes.iter().flat_map(|node| {
            let found = node.find_newest(self.endpoint, self.key.key());
            found.into_iter()
        });
        let all: Vec<_> = all.filter(|found| !self.is_asked(found)).collect();
        (!all.is_empty()).then_some(all)
    }

    fn is_asked(&self, found: &Found) -> bool {
        self.asked.contains(&(found.node, found.place.site))
    }

    /// Sends to these nodes: one question to each for each place, however many sessions it has there.
    async fn send_to(&mut self, mut found: Vec<Found>) -> Result<(), SendError> {
        found.sort_by_key(|found| std::cmp::Reverse(found.age()));
        let mut places: HashMap<u64, usize> = HashMap::new();
        let mut courses: Vec<Course> = Vec::new();
        for Found { node, place, .. } in found {
            if !self.asked.insert((node, place.site)) {
                continue;
            }
            let at = *places.entry(place.site).or_insert(courses.len());
            match courses.get_mut(at) {
                Some(course) => course.nodes.push_back(node),
                None => courses.push(Course {
                    place,
                    nodes: [node].into(),
                    is_over: false,
                }),
            }
        }
        loop {
            let mut calls = Vec::new();
            for (at, course) in courses.iter_mut().enumerate() {
                let most = match course.place.policy {
                    _ if course.is_over => 0,
                    OnDuplicate::All => course.nodes.len(),
                    _ => course.nodes.len().min(1),
                };
                calls.extend(course.nodes.drain(..most).map(|node| (at, node)));
            }
            if calls.is_empty() {
                return Ok(());
            }
            for (at, outcome) in self.call(calls, &courses).await? {
                courses[at].is_over |= self.tally.take(outcome);
            }
        }
    }

    /// Asks nodes to queue the message, all at the same time.
    async fn call(
        &mut self,
        calls: Vec<(usize, NodeId)>,
        courses: &[Course],
    ) -> Result<Vec<(usize, Outcome)>, SendError> {
        let (mut own, mut remote, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, to) in calls {
            let site = courses[at].place.site;
            if let Some(node) = own::find(self.nodes, to) {
                own.push((at, node, site));
            } else if let Some(node) = self.nodes.first() {
                match self.sealed(node, to, site)? {
                    Some(sealed) => remote.push((
                        at,
                        Request {
                            node: Arc::clone(node),
                            sealed,
                        },
                    )),
                    None => outcomes.push((at, Outcome::Unreachable)),
                }
            }
        }
        // Not before it is known that the broker takes the message: an error means that nothing was queued.
        for (at, node, site) in own {
            let answer = node.deliver(site, self.key.key(), self.frame).await;
            outcomes.push((at, Outcome::Answered(answer)));
        }
        outcomes.extend(ask_each(remote).await);
        Ok(outcomes)
    }

    /// The push for another node, unless the broker does not take one of that size. It counts for as long as its answer is
    /// waited for.
    fn sealed(&self, node: &Node, to: NodeId, site: u64) -> Result<Option<Sealed>, SendError> {
        let (kind, payload) = self.frame.message()?;
        let push = wire::write(&Packet::Push {
            site,
            key: self.key.clone(),
            kind: kind.into(),
        });
        node.check_size(&push, payload)?;
        Ok(node.sealed_body(to, &push, payload, ANSWER))
    }
}

impl Tally {
    /// Counts what the sessions of this process queued.
    fn count(&mut self, delivered: Result<Delivered, SendError>) {
        match delivered {
            Ok(delivered) => self.sessions += delivered.sessions,
            Err(SendError::Offline { .. }) => {}
            Err(error) => self.failed = Some(error),
        }
    }

    /// Takes what a node said; `true` when no older session at the same place gets the message.
    fn take(&mut self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Answered(answer) => {
                self.sessions += answer.sessions as usize;
                if let Some(failed) = answer.failed {
                    self.failed = Some(failed.into());
                }
                answer.sessions > 0 || answer.failed.is_some()
            }
            Outcome::Gone => false,
            Outcome::Unreachable => {
                self.is_unreachable = true;
                false
            }
            Outcome::Unanswered => {
                self.is_unanswered = true;
                true
            }
            Outcome::TooLarge(limit) => {
                self.failed = Some(SendError::TooLarge {
                    size: limit + 1,
                    limit,
                });
                true
            }
        }
    }

    /// Whether nothing more can be found out.
    fn is_decided(&self) -> bool {
        self.sessions > 0 || self.failed.is_some() || self.is_unanswered || self.is_unreachable
    }

    fn result(self, key: &Key, is_synced: bool) -> Result<Delivered, SendError> {
        let is_partial = self.is_unanswered || self.is_unreachable || !is_synced;
        let key = || key.to_string();
        match self.failed {
            _ if self.sessions > 0 => Ok(Delivered {
                sessions: self.sessions,
                is_partial,
            }),
            Some(error) => Err(error),
            None if self.is_unanswered => Err(SendError::Unanswered {
                key: key(),
                after: ANSWER,
            }),
            None if self.is_unreachable => Err(SendError::BrokerUnavailable { key: key() }),
            None => Err(SendError::Offline { key: key() }),
        }
    }
}

impl Node {
    /// Asks all nodes who has a key.
    async fn ask_all(
        &self,
        endpoint: Option<EndpointId>,
        key: &SharedKey,
    ) -> Result<Vec<Found>, NotAsked> {
        if self.broker().state().connection().is_none() || self.is_deaf() {
            return Err(NotAsked);
        }
        let Some(question) = self.questions.ask() else {
            return Ok(Vec::new());
        };
        let packet = Packet::Where {
            question: question.number,
            endpoint: endpoint.map(endpoint_number),
            key: key.clone(),
        };
        self.say(&packet).await;
        Ok(question.answers(ANSWER).await)
    }
}

impl From<Failed> for SendError {
    fn from(failed: Failed) -> Self {
        let bytes = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        match failed {
            Failed::Full => Self::Full,
            Failed::TooLarge { size, limit } => Self::TooLarge {
                size: bytes(size),
                limit: bytes(limit),
            },
        }
    }
}
