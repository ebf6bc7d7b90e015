//! The nodes of this process: its servers that are in a cluster.

use std::sync::Arc;

use super::node::Node;
use super::wire::NodeId;
use crate::registry::Registry;

/// The nodes among the servers of these registries.
pub(super) fn own(registries: &[Arc<Registry>]) -> Vec<&Arc<Node>> {
    let nodes = registries.iter().filter_map(|registry| registry.node());
    nodes.collect()
}

/// The one of them that has this id: what it has need not be asked of anybody.
pub(super) fn find<'n>(own: &[&'n Arc<Node>], id: NodeId) -> Option<&'n Arc<Node>> {
    own.iter().copied().find(|node| node.id() == id)
}
