//! The nodes of this process: its servers that are in a cluster.

use std::any::Any;
use std::sync::Arc;

use super::node::Node;
use super::wire::NodeId;
use crate::registry::Registry;

impl Node {
    /// Returns the node that a server is, if it is in a cluster.
    pub(crate) fn of(registry: &Registry) -> Option<Arc<Self>> {
        let node: Arc<dyn Any + Send + Sync> = Arc::clone(registry.node()?) as _;
        node.downcast().ok()
    }
}

/// Returns the nodes among the servers of these registries.
pub(super) fn own(registries: &[Arc<Registry>]) -> Vec<Arc<Node>> {
    let nodes = registries.iter().filter_map(|registry| Node::of(registry));
    nodes.collect()
}

/// Returns the one of them that has this id: what it has need not be asked of anybody.
pub(super) fn find(own: &[Arc<Node>], id: NodeId) -> Option<&Arc<Node>> {
    own.iter().find(|node| node.id() == id)
}
