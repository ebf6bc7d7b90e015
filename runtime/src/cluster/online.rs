//! Who is online on the other nodes, as the directory knows it.

use std::collections::HashSet;
use std::sync::Arc;

use super::own;
use super::place::endpoint_number;
use crate::registry::Registry;
use crate::site::{EndpointId, Key};

/// Whether a session of another process has a key.
pub(crate) fn is_elsewhere(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
    key: &Key,
) -> bool {
    let own = own::own(registries);
    let mut found = own.iter().flat_map(|node| node.find_newest(endpoint, key));
    // What this process has is known better from its registries.
    found.any(|found| own::find(&own, found.node).is_none())
}

/// Adds the keys of sessions of other processes.
pub(crate) fn list_elsewhere(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
    keys: &mut HashSet<Key>,
) {
    let own = own::own(registries);
    let endpoint = endpoint.map(endpoint_number);
    for node in &own {
        let directory = node.directory();
        for (key, found) in directory.newest() {
            let is_meant = endpoint.is_none_or(|endpoint| endpoint == found.place.endpoint);
            if is_meant && own::find(&own, found.node).is_none() && !keys.contains(key) {
                keys.insert(key.clone());
            }
        }
    }
}
