use std::sync::Arc;

use super::Builder;
use crate::cluster::{Broker, Secret};

/// Many nodes, and how they are.
impl Builder {
    /// Makes the server a node of a cluster, over this broker: [`send_info`](crate::send_info) then reaches the sessions of
    /// all nodes. See [`cluster`](crate::cluster) for what is promised. Default: no cluster.
    ///
    /// In `wspring.toml` it is `broker_url = "nats://127.0.0.1:4222"`, with the feature `nats`; that takes the place of what
    /// is given here.
    ///
    /// ```
    /// use wspring::Server;
    /// use wspring::cluster::LocalBroker;
    ///
    /// let server = Server::builder().broker(LocalBroker::new());
    /// ```
    #[must_use]
    pub fn broker(mut self, broker: impl Broker) -> Self {
        self.broker = Some(Arc::new(broker));
        self
    }

    /// The name of the cluster: servers at one broker whose names differ do not see each other. Up to 64 letters, digits,
    /// `-` and `_`. Default: `wspring`.
    #[must_use]
    pub fn cluster(mut self, name: impl Into<String>) -> Self {
        self.settings.cluster = name.into();
        self
    }

    /// The secret of the cluster, the same on all nodes: what a node says is signed with it, and what is not signed with it
    /// counts nowhere. At least 32 bytes; `openssl rand -base64 32` makes one. Default: none, with a warning when the server
    /// starts, unless its broker is on this machine.
    ///
    /// Without it, whoever has an account at the broker can push to every session, close it and take over its key. Keep it out
    /// of the code: `WSPRING_CLUSTER_SECRET`, or `cluster_secret` in `wspring.toml`.
    ///
    /// ```
    /// use wspring::Server;
    ///
    /// # let secret = "no secret is written in the code".to_owned();
    /// let server = Server::builder().cluster_secret(secret).cluster_encryption(true);
    /// ```
    #[must_use]
    pub fn cluster_secret(mut self, secret: impl Into<String>) -> Self {
        self.settings.cluster_secret = Secret::new(secret);
        self
    }

    /// Another secret that counts too, while the nodes change from one secret to another. Default: none.
    ///
    /// First let all nodes accept the new one, then let them sign with it and accept the old one, then take the old one away.
    #[must_use]
    pub fn cluster_secret_accepted(mut self, secret: impl Into<String>) -> Self {
        self.settings.cluster_secret_accepted = Secret::new(secret);
        self
    }

    /// Whether what the nodes say to each other is encrypted (XChaCha20-Poly1305), so that nobody at the broker reads
    /// messages and keys. It needs a [secret](Self::cluster_secret). Default: `false`.
    #[must_use]
    pub fn cluster_encryption(mut self, is_on: bool) -> Self {
        self.settings.cluster_encryption = is_on;
        self
    }

    /// Answers at this path how the server is, for load balancers and for whoever restarts it. Default: nowhere, because
    /// the path is the program's to give.
    ///
    /// The answer is JSON: `{"status":"ok"}` with 200, and `"draining"` or `"degraded"` with 503. In a cluster it says more,
    /// under `cluster`. `degraded` means that a message which this node sent itself through the broker did not come back,
    /// whatever the state of the socket: its own sessions are served and get their messages, but other nodes do not
    /// reach it. Where a broker that is away must not take all nodes out of a load balancer, let it look at the status
    /// `draining` alone.
    ///
    /// ```
    /// use wspring::Server;
    ///
    /// let server = Server::builder().health("/health");
    /// ```
    #[must_use]
    pub fn health(mut self, path: impl Into<String>) -> Self {
        self.settings.health = path.into();
        self
    }
}
