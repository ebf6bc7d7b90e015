//! Who is online on the other nodes, as the directory knows it.

use std::collections::HashSet;
use std::sync::Arc;

use super::node::Node;
use super::place::endpoint_number;
use super::wire::NodeId;
use crate::endpoint::EndpointId;
use crate::push::{Key, Registry};

/// Whether a session of another process has a key.
pub(crate) fn is_elsewhere(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
    key: &Key,
) -> bool {
    let own = own(registries);
    let mut found = own.iter().flat_map(|node| node.find(endpoint, key));
    found.any(|found| !is_own(&own, found.node))
}

/// Adds the keys of sessions of other processes.
pub(crate) fn list_elsewhere(
    registries: &[Arc<Registry>],
    endpoint: Option<EndpointId>,
    keys: &mut HashSet<Key>,
) {
    let own = own(registries);
    let endpoint = endpoint.map(endpoint_number);
    for node in &own {
        let directory = node.directory();
        for (key, found) in directory.sessions() {
            let is_meant = endpoint.is_none_or(|endpoint| endpoint == found.place.endpoint);
            if is_meant && !is_own(&own, found.node) && !keys.contains(key) {
                keys.insert(key.clone());
            }
        }
    }
}

/// The nodes of this process. What they have is known better from their registries.
fn own(registries: &[Arc<Registry>]) -> Vec<&Arc<Node>> {
    let nodes = registries.iter().filter_map(|registry| registry.node());
    nodes.collect()
}

fn is_own(own: &[&Arc<Node>], node: NodeId) -> bool {
    own.iter().any(|own| own.id() == node)
}
