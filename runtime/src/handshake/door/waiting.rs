use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Network;
use super::guest_id::GuestId;

/// The connections that have no request at the moment, by their networks and in the order in which they began to wait.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    by_network: HashMap<Network, BTreeMap<Since, GuestId>>,
    /// A rank for each network that has any; the last one gives up a connection first.
    ranks: BTreeSet<Rank>,
    next: u64,
}

/// When a connection began to wait, as a number that only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Since(u64);

/// By how many connections wait, and then by how long the first of them has.
type Rank = (usize, Reverse<Since>, Network);

impl Waiting {
    pub(super) fn push(&mut self, network: Network, guest: GuestId) -> Since {
        let since = Since(self.next);
        self.next += 1;
        self.change(network, |queue| queue.insert(since, guest));
        since
    }

    pub(super) fn remove(&mut self, network: Network, since: Since) {
        self.change(network, |queue| queue.remove(&since));
    }

    /// The connection that is given up for a new one: of the network that has the most, the one that has waited longest.
    ///
    /// Whoever holds connections open to keep others out is such a network, and gives up its own. A client that means it
    /// sends its request within a round trip, so that it is not the one that has waited longest even behind an address
    /// that it shares, and even if every connection comes from another network.
    pub(super) fn of_greediest(&self) -> Option<GuestId> {
        let (_, _, network) = self.ranks.last()?;
        self.of(*network)
    }

    /// The connection of this network that has waited longest.
    pub(super) fn of(&self, network: Network) -> Option<GuestId> {
        let (_, guest) = self.by_network.get(&network)?.first_key_value()?;
        Some(*guest)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.by_network.is_empty() && self.ranks.is_empty()
    }

    fn change<T>(
        &mut self,
        network: Network,
        change: impl FnOnce(&mut BTreeMap<Since, GuestId>) -> T,
    ) {
        let queue = self.by_network.entry(network).or_default();
        if let Some(rank) = rank(network, queue) {
            self.ranks.remove(&rank);
        }
        change(queue);
        match rank(network, queue) {
            Some(rank) => {
                self.ranks.insert(rank);
            }
            None => {
                self.by_network.remove(&network);
            }
        }
    }
}

fn rank(network: Network, queue: &BTreeMap<Since, GuestId>) -> Option<Rank> {
    let (first, _) = queue.first_key_value()?;
    Some((queue.len(), Reverse(*first), network))
}
