//! How what a node says leaves it, and what it hears is looked at before it counts.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::{ANSWER, Node};
use crate::cluster::broker::BrokerError;
use crate::cluster::links::Stream;
use crate::cluster::seal::{Destination, Header, Refused};
use crate::cluster::wire::{self, Answer, NodeId, Packet};
use crate::log_limits::{LogKind, log_limited};

/// A packet for one node.
#[derive(Clone, Debug)]
pub(in crate::cluster) struct Sealed {
    pub(in crate::cluster) to: NodeId,
    pub(in crate::cluster) subject: String,
    pub(in crate::cluster) packet: Bytes,
    /// Its number among the packets to that node, by which its answer is known.
    number: u64,
}

impl Node {
    /// How many bytes are around what it says.
    pub(in crate::cluster) fn overhead(&self) -> usize {
        self.seal.overhead()
    }

    pub(super) fn sealed_for_all(&self, packet: &Packet) -> Bytes {
        let header = self.links.to_all(Instant::now());
        let all = self.all();
        let body = wire::write(packet);
        self.seal
            .close(&header, Destination::Subject(&all), [&body, &[]])
    }

    /// A packet for one node, with a payload behind it, that counts for so long; `None` when nothing was heard of the node.
    pub(in crate::cluster) fn sealed(
        &self,
        to: NodeId,
        packet: &Packet,
        payload: &[u8],
        life: Duration,
    ) -> Option<Sealed> {
        self.sealed_body(to, &wire::write(packet), payload, life)
    }

    /// The same with a packet that is written already.
    pub(in crate::cluster) fn sealed_body(
        &self,
        to: NodeId,
        body: &[u8],
        payload: &[u8],
        life: Duration,
    ) -> Option<Sealed> {
        let header = self.links.to(to, life, Instant::now())?;
        let subject = self.subject(to);
        let packet = self
            .seal
            .close(&header, Destination::Subject(&subject), [body, payload]);
        Some(Sealed {
            to,
            subject,
            packet,
            number: header.number,
        })
    }

    /// Sends a packet and waits for its answer; `None` for one that is none of the node that was asked.
    pub(in crate::cluster) async fn request(
        &self,
        sealed: &Sealed,
    ) -> Result<Option<Answer>, BrokerError> {
        let Sealed {
            to,
            subject,
            packet,
            number,
        } = sealed;
        let answer = self.broker.request(subject, packet.clone(), ANSWER).await?;
        let question = Destination::Answer {
            asker: self.id,
            number: *number,
        };
        match self.seal.open(&answer, question) {
            Ok((header, body)) if header.from == *to => Ok(wire::read_answer(&body).ok()),
            Ok(_) => Ok(None),
            Err(refused) => {
                self.refuse(refused);
                Ok(None)
            }
        }
    }

    /// Answers a packet.
    pub(super) async fn answer(&self, reply: &str, to: &Header, answer: Answer) {
        let question = Destination::Answer {
            asker: to.from,
            number: to.number,
        };
        let header = self.links.answer(Instant::now());
        let body = wire::write_answer(answer);
        let sealed = self.seal.close(&header, question, [&body, &[]]);
        self.publish(reply, sealed).await;
    }

    /// Reads what came, if it counts. Says whether nothing came by this way that its sender has sent later.
    pub(super) fn unseal(
        &self,
        bytes: &Bytes,
        stream: Stream,
    ) -> Result<(Header, bool, Bytes), Refused> {
        let subject = match stream {
            Stream::All => self.all(),
            Stream::Own => self.subject(self.id),
        };
        let (header, body) = self.seal.open(bytes, Destination::Subject(&subject))?;
        let is_proof = self.seal.is_proof();
        let is_newest = self.links.take(&header, stream, is_proof, Instant::now())?;
        Ok((header, is_newest, body))
    }

    /// Counts what does not count, and says so in the log.
    pub(super) fn refuse(&self, refused: Refused) {
        let (cluster, logs) = (&self.name, &self.logs);
        let count = match refused {
            Refused::Malformed => {
                log_limited!(
                    logs,
                    LogKind::ForeignPacket,
                    cluster,
                    "a message that no node sends was dropped: give other programs at this broker another subject, or this cluster another name"
                );
                &self.refused.malformed
            }
            Refused::Version(version) => {
                log_limited!(
                    logs,
                    LogKind::OtherVersion,
                    cluster,
                    version,
                    "a message of another version of the protocol between nodes was dropped: run one version of wspring on all nodes"
                );
                &self.refused.malformed
            }
            Refused::Forged => {
                log_limited!(
                    logs,
                    LogKind::ForgedPacket,
                    cluster,
                    "a message was dropped that was not written with the secret of this cluster: give all nodes the same `cluster_secret`, or find out who else has an account at the broker"
                );
                &self.refused.forged
            }
            Refused::Replayed => {
                log_limited!(
                    logs,
                    LogKind::ReplayedPacket,
                    cluster,
                    "a message was dropped that had come before: the broker delivers twice, or somebody repeats what nodes have said"
                );
                &self.refused.forged
            }
            Refused::Late => {
                tracing::debug!(
                    cluster,
                    "a message was dropped whose sender has given it up"
                );
                &self.refused.late
            }
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}
