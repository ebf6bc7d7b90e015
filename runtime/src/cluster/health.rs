use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::node::Node;

/// For so long a probe is believed: however often somebody asks, the broker has little to do with it.
const BELIEVED: Duration = Duration::from_secs(1);

/// How a node is connected to its cluster.
#[derive(Debug, Serialize)]
pub(crate) struct ClusterHealth {
    /// What is sent to this node through the broker comes back.
    pub(crate) reachable: bool,
    /// Every node that can be there was heard.
    complete: bool,
    /// How many nodes there are, with this one.
    nodes: usize,
    /// How many keys are online on all of them.
    keys: usize,
    /// How many messages of the broker were lost because they came too fast.
    lost: u64,
    /// How many messages were none of this version of wspring.
    malformed: u64,
    /// How many messages were not written with the secret of the cluster, or came twice.
    forged: u64,
    /// How many messages came when their senders had given them up.
    late: u64,
}

impl Node {
    /// Sends itself a message through the broker, unless that was just done: a connection that is alive may have
    /// subscriptions that are dead.
    pub(crate) async fn health(&self) -> ClusterHealth {
        let reachable = self.is_reachable().await;
        let complete = self.is_synced();
        let directory = self.directory();
        ClusterHealth {
            reachable: reachable && !directory.is_deaf(Instant::now()),
            complete,
            nodes: directory.peers() + 1,
            keys: directory.len(),
            lost: self.broker().lost(),
            malformed: self.refused.malformed.load(Ordering::Relaxed),
            forged: self.refused.forged.load(Ordering::Relaxed),
            late: self.refused.late.load(Ordering::Relaxed),
        }
    }

    async fn is_reachable(&self) -> bool {
        let mut last = self.last_probe.0.lock().await;
        if let Some((at, reachable)) = *last
            && at.elapsed() < BELIEVED
        {
            return reachable;
        }
        let reachable = self.probe().await.is_ok();
        *last = Some((Instant::now(), reachable));
        reachable
    }
}
