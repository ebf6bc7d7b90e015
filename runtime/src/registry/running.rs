//! The servers of this process.

use std::sync::{Arc, LazyLock, Weak};

use arc_swap::ArcSwap;

use super::Registry;

/// The registries of the servers in this process.
static RUNNING: LazyLock<ArcSwap<Vec<Weak<Registry>>>> = LazyLock::new(ArcSwap::default);

/// Makes `registry` known to [`send_info`](crate::send_info), for as long as it lives.
pub(crate) fn announce(registry: &Arc<Registry>) {
    RUNNING.rcu(|known| {
        let alive = known
            .iter()
            .filter(|other| other.strong_count() > 0)
            .cloned();
        alive.chain([Arc::downgrade(registry)]).collect::<Vec<_>>()
    });
}

/// Returns the registries of the servers in this process.
pub(crate) fn running() -> Vec<Arc<Registry>> {
    RUNNING.load().iter().filter_map(Weak::upgrade).collect()
}

/// The registries of the servers in this process, if one of these is a node of a cluster.
pub(crate) fn clustered() -> Option<Vec<Arc<Registry>>> {
    // Without a cluster nothing is collected.
    let is_node = |registry: Arc<Registry>| registry.node().is_some();
    let known = RUNNING.load();
    let mut alive = known.iter().filter_map(Weak::upgrade);
    alive.any(is_node).then(running)
}
