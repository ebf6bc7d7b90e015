use std::sync::Arc;

use super::{Holder, Registry, go_away};
use crate::endpoint::OnDuplicate;
use crate::push::Key;
use crate::session::{CloseCode, CloseRequest, Session};

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

    /// The connection begins: the session is counted and can send, and has not been accepted yet.
    pub(crate) fn open(&self) {
        let Self {
            registry, session, ..
        } = self;
        session.outbox().open();
        registry
            .members()
            .entry(session.endpoint())
            .or_default()
            .opening
            .insert(session.clone());
        // The drain closes whom it finds and sets the flag first: one of the two sees this session.
        if registry.is_draining() {
            go_away(session);
        }
    }

    /// The endpoint accepted the connection: from here on pushes reach it, and an older connection with the same key
    /// is closed if the endpoint wants that.
    pub(crate) fn accept(&self) {
        if let Some(members) = self.registry.members().get_mut(&self.session.endpoint())
            && let Some(session) = members.opening.take(&self.session)
        {
            members.open.insert(session);
        }
        let Some(key) = &self.key else { return };
        let mut replaced = Vec::new();
        {
            let mut shard = self.registry.shard(key);
            let holders = shard.entry(key.clone()).or_default();
            // Which one is the newest is decided by when it was accepted, not by when its handshake began.
            holders.retain(|other| other.session != self.session);
            if self.session.site().on_duplicate == OnDuplicate::CloseOlder {
                holders.retain(|other| {
                    let is_replaced = other.reachable && other.rivals(&self.session);
                    if is_replaced {
                        replaced.push(other.session.clone());
                    }
                    !is_replaced
                });
            }
            holders.push(Holder {
                session: self.session.clone(),
                reachable: true,
            });
        }
        if let Some(node) = self.registry.node() {
            node.join(key, &self.session);
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
                holders.retain(|other| other.session != self.session);
                if holders.is_empty() {
                    shard.remove(&key);
                }
            }
        }
        if let Some(node) = self.registry.node() {
            node.leave(&key, self.session.id());
        }
    }

    /// The connection has ended, and its last handler is about to run: it is counted no more.
    pub(crate) fn close(&self) {
        let mut members = self.registry.members();
        if let Some(members) = members.get_mut(&self.session.endpoint())
            && let Some(session) = members.take(&self.session)
        {
            members.ending.insert(session);
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.release_key();
        let mut all = self.registry.members();
        if let Some(members) = all.get_mut(&self.session.endpoint()) {
            members.take(&self.session);
            members.ending.take(&self.session);
            if members.is_empty() {
                all.remove(&self.session.endpoint());
            }
        }
    }
}
