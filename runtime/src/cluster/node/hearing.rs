//! What a node hears.

use std::future::poll_fn;
use std::sync::Arc;

use tokio::task::consume_budget;
use tokio::time::Instant;

use super::Node;
use crate::cluster::broker::{Delivery, Subscription};
use crate::cluster::links::Stream;
use crate::cluster::seal::Refused;
use crate::cluster::wire::{self, Answer, Malformed, Packet};

impl Node {
    pub(super) async fn hear(
        self: &Arc<Self>,
        mut subscription: Box<dyn Subscription>,
        stream: Stream,
    ) {
        while let Some(delivery) = poll_fn(|cx| subscription.poll_next(cx)).await {
            if let Err(refused) = self.take(delivery, stream).await {
                self.refuse(refused);
            }
            // However much waits here, the connections that this thread serves have their turn.
            consume_budget().await;
        }
    }

    async fn take(self: &Arc<Self>, delivery: Delivery, stream: Stream) -> Result<(), Refused> {
        let Delivery { payload, reply } = delivery;
        let (header, is_newest, body) = self.unseal(&payload, stream)?;
        let (packet, payload) = wire::read(&body)?;
        // What is for one node comes by its own subject, where it is known for whom it was written and until when it counts.
        if packet.is_for_all() != (stream == Stream::All) {
            return Err(Refused::Malformed);
        }
        let from = header.from;
        match packet {
            Packet::Push { site, key, kind } => {
                let reply = reply.ok_or(Malformed)?;
                let frame = Self::frame(kind, payload)?;
                let answer = self.deliver(site, key.key(), &frame).await;
                self.answer(&reply, &header, answer).await;
                Ok(())
            }
            Packet::Broadcast { to, kind } => {
                let frame = Self::frame(kind, payload)?;
                let answer = self.deliver_to(&to, &frame).await;
                if let Some(reply) = reply {
                    self.answer(&reply, &header, answer).await;
                }
                Ok(())
            }
            Packet::Ping => {
                let reply = reply.ok_or(Malformed)?;
                // A node that has left is not there for others, and still hears itself.
                if from == self.id() || !self.directory().has_left() {
                    self.answer(&reply, &header, Answer::default()).await;
                }
                Ok(())
            }
            Packet::Count { of } => {
                let reply = reply.ok_or(Malformed)?;
                let answer = Answer::of(self.count(&of));
                self.answer(&reply, &header, answer).await;
                Ok(())
            }
            Packet::Close {
                whose,
                code,
                reason,
            } => {
                let reply = reply.ok_or(Malformed)?;
                let closed = self.close(&whose, code, &reason)?;
                self.answer(&reply, &header, Answer::of(closed)).await;
                Ok(())
            }
            Packet::Where {
                question,
                endpoint,
                key,
            } => {
                let sessions = self.own_sessions(endpoint, &key);
                if from != self.id && !sessions.is_empty() {
                    let here = Packet::Here { question, sessions };
                    self.tell(from, &here).await;
                }
                Ok(())
            }
            Packet::Here { question, sessions } => {
                self.questions.answer(question, from, sessions);
                Ok(())
            }
            packet => {
                let now = Instant::now();
                let effects = self.directory().receive(from, packet, is_newest, now);
                self.perform(effects).await;
                self.spoken.notify_one();
                Ok(())
            }
        }
    }
}

impl From<Malformed> for Refused {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}
