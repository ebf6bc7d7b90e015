//! What a node hears, and what it does then.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use tokio::time::Instant;

use super::Node;
use crate::cluster::broker::{Delivery, Subscription};
use crate::cluster::directory::Found;
use crate::cluster::place::Place;
use crate::cluster::wire::{self, Announced, Answer, Failed, Kind, Packet, SharedKey};
use crate::endpoint::OnDuplicate;
use crate::message::Message;
use crate::push::Key;
use crate::session::{CloseCode, CloseRequest, Frame, SendError, SessionId};

impl Node {
    /// Queues a message on the sessions of a key at one place of this node.
    pub(in crate::cluster) fn deliver(&self, site: u64, key: &Key, frame: &Frame) -> Answer {
        let mut answer = Answer::default();
        let Some(registry) = self.registry.upgrade() else {
            return answer;
        };
        for session in registry.targets(None, key) {
            if Place::of(session.site()).site != site {
                continue;
            }
            match session.outbox().push(frame) {
                Ok(()) => answer.sessions += 1,
                Err(SendError::TooLarge { size, limit }) => {
                    let (size, limit) = (size as u64, limit as u64);
                    answer.failed = Some(Failed::TooLarge { size, limit });
                }
                Err(SendError::Full) => answer.failed = Some(Failed::Full),
                Err(_) => {}
            }
        }
        answer
    }

    pub(super) async fn hear(self: &Arc<Self>, mut subscription: Box<dyn Subscription>) {
        while let Some(delivery) = poll_fn(|cx| subscription.poll_next(cx)).await {
            let Delivery { payload, reply } = delivery;
            let Ok((from, packet, payload)) = wire::read(&payload) else {
                self.refuse();
                continue;
            };
            match packet {
                Packet::Push { site, key, kind } => {
                    let answer = self.take_push(site, key.key(), kind, payload);
                    self.answer(reply, answer).await;
                }
                Packet::Ping => self.answer(reply, Answer::default()).await,
                Packet::Where {
                    question,
                    endpoint,
                    key,
                } => {
                    let sessions = self.own_sessions(endpoint, &key);
                    if from != self.id && !sessions.is_empty() {
                        let here = self.packet(&Packet::Here { question, sessions });
                        self.publish(&self.subject(from), here).await;
                    }
                }
                Packet::Here { question, sessions } => {
                    self.questions.answer(question, from, sessions);
                }
                packet => {
                    let effects = self.directory().receive(from, packet, Instant::now());
                    self.perform(effects).await;
                    self.spoken.notify_one();
                }
            }
        }
    }

    async fn answer(&self, reply: Option<String>, answer: Answer) {
        match reply {
            Some(reply) => self.publish(&reply, wire::write_answer(answer)).await,
            None => self.refuse(),
        }
    }

    fn take_push(&self, site: u64, key: &Key, kind: Kind, payload: Bytes) -> Answer {
        let message = match kind {
            Kind::Text => match String::from_utf8(payload.into()) {
                Ok(text) => Message::Text(text),
                Err(_) => {
                    self.refuse();
                    return Answer::default();
                }
            },
            Kind::Binary => Message::Binary(payload),
            Kind::Pong => Message::Pong(payload),
        };
        match Frame::new(message) {
            Ok(frame) => self.deliver(site, key, &frame),
            Err(_) => {
                self.refuse();
                Answer::default()
            }
        }
    }

    fn own_sessions(&self, endpoint: Option<u64>, key: &SharedKey) -> Vec<Announced> {
        let found = self.directory().find(key.key()).into_iter();
        let is_meant = |found: &Found| {
            found.node == self.id
                && endpoint.is_none_or(|endpoint| endpoint == found.place.endpoint)
        };
        found
            .filter(is_meant)
            .map(|found| Announced::new(key.clone(), found.session, found.stamp, found.place))
            .collect()
    }

    /// A newer session on another node took the key.
    pub(super) fn close_replaced(&self, key: &Key, session: SessionId) {
        let registry = self.registry.upgrade();
        let session = registry.and_then(|registry| registry.find(key, session));
        if let Some(session) = session
            && session.site().on_duplicate == OnDuplicate::CloseOlder
        {
            let reason = "replaced by a newer connection";
            let request = CloseRequest::runtime(CloseCode::REPLACED, reason);
            session.outbox().close(request);
        }
    }

    fn refuse(&self) {
        let before = self.malformed.fetch_add(1, Ordering::Relaxed);
        if before == 0 {
            tracing::warn!(
                cluster = self.name,
                "a message that no node of this version sends: is this name used by another program?"
            );
        }
    }
}
