//! How many handshakes there may be in a second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::{Duration, Instant};

use super::Network;

const SECOND: u64 = 1_000_000_000;

/// Networks that are kept at least before those whose second is over are looked for.
const FEW: usize = 1024;

/// Networks that are kept at most, some 3 MB.
const MOST: usize = 65_536;

/// The shortest time between two looks for networks whose second is over, so that a flood of new ones costs little.
const BETWEEN_SWEEPS: u64 = SECOND / 8;

/// So many handshakes at once as there may be in a second, and from then on one at a time (GCRA).
#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// When the next one would come if all came evenly, in nanoseconds after the start.
    due: u64,
}

/// The pace of all handshakes, and that of each network.
///
/// The keyed limiters of the crate `governor` are not used: they keep every key until they are told to look for old
/// ones, and they have clocks of their own. A bucket is one number, and a network needs none once its second is over.
#[derive(Debug)]
pub(super) struct Rate {
    start: Instant,
    /// Nanoseconds from one handshake to the next.
    step: Option<u64>,
    step_of_network: Option<u64>,
    buckets: Mutex<Buckets>,
}

#[derive(Debug)]
struct Buckets {
    all: Bucket,
    of_networks: HashMap<Network, Bucket>,
    /// When networks whose second is over are looked for again.
    sweep_after: u64,
}

impl Rate {
    pub(super) fn new(per_second: Option<usize>, per_second_of_network: Option<usize>) -> Self {
        let step = |per_second: usize| SECOND / (per_second as u64).clamp(1, SECOND);
        Self {
            start: Instant::now(),
            step: per_second.map(step),
            step_of_network: per_second_of_network.map(step),
            buckets: Mutex::new(Buckets {
                all: Bucket { due: 0 },
                of_networks: HashMap::new(),
                sweep_after: 0,
            }),
        }
    }

    /// Counts one handshake, or says how long the next one has to wait.
    ///
    /// A network that is too fast takes no turn of the others: its own bucket is asked first.
    pub(super) fn admit(&self, network: Option<Network>) -> Result<(), Duration> {
        if self.step.is_none() && self.step_of_network.is_none() {
            return Ok(());
        }
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(step), Some(network)) = (self.step_of_network, network) {
            buckets.of(network, now)?.take(now, step)?;
        }
        match self.step {
            Some(step) => buckets.all.take(now, step),
            None => Ok(()),
        }
    }
}

impl Buckets {
    /// The bucket of a network. A new one waits while there are too many.
    fn of(&mut self, network: Network, now: u64) -> Result<&mut Bucket, Duration> {
        if self.of_networks.len() >= FEW && now >= self.sweep_after {
            self.of_networks.retain(|_, bucket| bucket.due > now);
            self.sweep_after = now.saturating_add(BETWEEN_SWEEPS);
        }
        if self.of_networks.len() >= MOST && !self.of_networks.contains_key(&network) {
            return Err(Duration::from_secs(1));
        }
        let bucket = self.of_networks.entry(network);
        Ok(bucket.or_insert(Bucket { due: 0 }))
    }
}

impl Bucket {
    fn take(&mut self, now: u64, step: u64) -> Result<(), Duration> {
        let latest = now.saturating_add(SECOND - step);
        if self.due > latest {
            return Err(Duration::from_nanos(self.due - latest));
        }
        self.due = self.due.max(now).saturating_add(step);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const QUARTER: Duration = Duration::from_millis(250);

    fn network(number: u32) -> Option<Network> {
        Some(Network::from(IpAddr::V4(Ipv4Addr::from_bits(number))))
    }

    fn networks(rate: &Rate) -> usize {
        rate.buckets.lock().unwrap().of_networks.len()
    }

    #[tokio::test(start_paused = true)]
    async fn handshakes_may_come_in_bursts_of_a_second_and_then_evenly() {
        let rate = Rate::new(Some(4), None);
        tokio::time::advance(Duration::from_secs(60)).await;
        for _ in 0..4 {
            assert_eq!(rate.admit(None), Ok(()));
        }
        assert_eq!(rate.admit(None), Err(QUARTER));
        tokio::time::advance(QUARTER).await;
        assert_eq!(rate.admit(None), Ok(()));
        assert_eq!(rate.admit(None), Err(QUARTER));
        tokio::time::advance(3 * QUARTER).await;
        let admitted = (0..4).filter(|_| rate.admit(None).is_ok()).count();
        assert_eq!(admitted, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_that_is_too_fast_takes_no_turn_of_another() {
        let rate = Rate::new(Some(8), Some(4));
        for _ in 0..4 {
            assert_eq!(rate.admit(network(1)), Ok(()));
        }
        for _ in 0..1000 {
            assert_eq!(rate.admit(network(1)), Err(QUARTER));
        }
        for _ in 0..4 {
            assert_eq!(rate.admit(network(2)), Ok(()));
        }
        // All turns of this second are taken.
        assert!(rate.admit(network(3)).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn networks_are_forgotten_when_their_second_is_over() {
        let rate = Rate::new(None, Some(4));
        for number in (0..).take(FEW) {
            assert_eq!(rate.admit(network(number)), Ok(()));
        }
        assert_eq!(networks(&rate), FEW);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(rate.admit(network(0)), Ok(()));
        assert_eq!(rate.admit(network(u32::MAX)), Ok(()));
        assert_eq!(networks(&rate), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_networks_of_one_second_are_bounded() {
        let rate = Rate::new(None, Some(4));
        let admitted = (0..)
            .take(2 * MOST)
            .filter(|number| rate.admit(network(*number)).is_ok())
            .count();
        assert_eq!((admitted, networks(&rate)), (MOST, MOST));
        // One that is known is not affected.
        assert_eq!(rate.admit(network(0)), Ok(()));
    }
}
