//! What a node hears.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::Node;
use crate::cluster::broker::{Delivery, Subscription};
use crate::cluster::wire::{self, Answer, Malformed, Packet};

impl Node {
    pub(super) async fn hear(self: &Arc<Self>, mut subscription: Box<dyn Subscription>) {
        while let Some(delivery) = poll_fn(|cx| subscription.poll_next(cx)).await {
            if self.take(delivery).await.is_err() {
                self.refuse();
            }
        }
    }

    async fn take(self: &Arc<Self>, delivery: Delivery) -> Result<(), Malformed> {
        let Delivery { payload, reply } = delivery;
        let (from, packet, payload) = wire::read(&payload)?;
        match packet {
            Packet::Push { site, key, kind } => {
                let reply = reply.ok_or(Malformed)?;
                let frame = Self::frame(kind, payload);
                let answer = frame
                    .as_ref()
                    .map(|frame| self.deliver(site, key.key(), frame));
                self.answer(&reply, answer.unwrap_or_default()).await;
                frame.map(drop)
            }
            Packet::Broadcast { to, kind } => {
                let frame = Self::frame(kind, payload);
                let answer = frame.as_ref().map(|frame| self.deliver_to(&to, frame));
                if let Some(reply) = reply {
                    self.answer(&reply, answer.unwrap_or_default()).await;
                }
                frame.map(drop)
            }
            Packet::Ping => {
                let reply = reply.ok_or(Malformed)?;
                self.answer(&reply, Answer::default()).await;
                Ok(())
            }
            Packet::Count { of } => {
                let reply = reply.ok_or(Malformed)?;
                self.answer(&reply, Answer::of(self.count(&of))).await;
                Ok(())
            }
            Packet::Close {
                whose,
                code,
                reason,
            } => {
                // What it sent to all comes back to itself, whose sessions it has closed before.
                if from != self.id {
                    let closed = self.close(&whose, code, &reason)?;
                    if let Some(reply) = reply {
                        self.answer(&reply, Answer::of(closed)).await;
                    }
                }
                Ok(())
            }
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
                Ok(())
            }
            Packet::Here { question, sessions } => {
                self.questions.answer(question, from, sessions);
                Ok(())
            }
            packet => {
                let effects = self.directory().receive(from, packet, Instant::now());
                self.perform(effects).await;
                self.spoken.notify_one();
                Ok(())
            }
        }
    }

    async fn answer(&self, reply: &str, answer: Answer) {
        self.publish(reply, wire::write_answer(answer)).await;
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
