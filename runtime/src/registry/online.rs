//! Which keys are online, and the sessions that have them.

use std::collections::HashSet;

use super::{Registry, lock};
use crate::session::Session;
use crate::site::EndpointId;
use crate::site::Key;

impl Registry {
    /// Whether a push to `key` means anybody.
    pub(crate) fn has_key(&self, endpoint: Option<EndpointId>, key: &Key) -> bool {
        let shard = self.shard(key);
        let holders = shard.get(key);
        holders.is_some_and(|holders| holders.is_online(endpoint))
    }

    /// The open sessions that have `key`, the oldest first.
    pub(crate) fn list_holders(
        &self,
        endpoint: Option<EndpointId>,
        key: &Key,
        sessions: &mut Vec<Session>,
    ) {
        let shard = self.shard(key);
        if let Some(holders) = shard.get(key) {
            holders.list_online(endpoint, sessions);
        }
    }

    /// Adds the keys that a push finds, a shard at a time.
    pub(crate) fn list_keys(&self, endpoint: Option<EndpointId>, keys: &mut HashSet<Key>) {
        for shard in &self.by_key {
            let shard = lock(shard);
            let online = shard
                .iter()
                .filter(|(_, holders)| holders.is_online(endpoint));
            keys.extend(online.map(|(key, _)| key.clone()));
        }
    }
}
