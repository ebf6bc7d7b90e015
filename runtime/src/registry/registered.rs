use std::sync::Arc;

use super::{Registry, go_away};
use crate::registry::leave_all;
use crate::session::{CloseCode, CloseRequest, Session};
use crate::site::{Key, OnDuplicate};

/// The place of one session in a registry; dropping it takes this session out, and never another one.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(super) registry: Arc<Registry>,
    pub(super) session: Session,
    pub(super) key: Option<Key>,
}

impl Registered {
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Whether the session has a key, so that other nodes are told of it.
    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The handshake is accepted: the session is counted, and other nodes are told of its key.
    pub(super) fn begin(&self) {
        let Self {
            registry, session, ..
        } = self;
        registry
            .members()
            .entry(session.endpoint())
            .or_default()
            .open
            .insert(session.clone());
        // The drain closes whom it finds and sets the flag first: one of the two sees this session.
        if registry.is_draining() {
            go_away(session);
        }
        if let (Some(key), Some(node)) = (&self.key, registry.node()) {
            node.opened(key, session);
        }
    }

    /// The endpoint accepted the connection, which is the newest of its key from here on. An older one at the same
    /// endpoint is closed if that wants it.
    pub(crate) fn accept(&self) {
        // One that was closed meanwhile takes the key from nobody.
        let Some(key) = self.key.as_ref().filter(|_| self.session.is_open()) else {
            return;
        };
        let mut replaced = Vec::new();
        {
            let mut shard = self.registry.shard(key);
            let holders = shard.entry(key.clone()).or_default();
            if self.session.site().on_duplicate == OnDuplicate::CloseOlder {
                replaced = holders.take_rivals(&self.session);
            }
            // Which one is the newest is decided by when it was accepted, not by when its handshake began.
            holders.accept(&self.session);
        }
        if let Some(node) = self.registry.node() {
            node.joined(key, &self.session);
        }
        for session in replaced {
            let reason = "replaced by a newer connection";
            let request = CloseRequest::runtime(CloseCode::REPLACED, reason);
            session.outbox().close(request);
        }
    }

    /// The last handler has run: the key is free for another session.
    pub(crate) fn release_key(&mut self) {
        let Some(key) = self.key.take() else { return };
        {
            let mut shard = self.registry.shard(&key);
            if let Some(holders) = shard.get_mut(&key) {
                holders.remove(&self.session);
                if holders.is_empty() {
                    shard.remove(&key);
                }
            }
        }
        if let Some(node) = self.registry.node() {
            node.left(&key, self.session.id());
        }
    }

    /// The connection has ended, and its last handler is about to run: it is counted no more.
    pub(crate) fn close(&self) {
        let mut members = self.registry.members();
        if let Some(members) = members.get_mut(&self.session.endpoint())
            && let Some(session) = members.open.take(&self.session)
        {
            members.ending.insert(session);
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.release_key();
        leave_all(&self.session);
        // Where the client went away during the handshake, or the task was dropped, there are handles of it all the same.
        self.session.outbox().end();
        let mut all = self.registry.members();
        if let Some(members) = all.get_mut(&self.session.endpoint()) {
            members.open.take(&self.session);
            members.ending.take(&self.session);
            if members.is_empty() {
                all.remove(&self.session.endpoint());
            }
        }
    }
}
