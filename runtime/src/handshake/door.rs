//! Limits at the door: how many connections there may be in all and from one address, and how many handshakes in a
//! second. All of them are off unless they are set, and cost nothing then.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Duration, Instant};

use super::Refusal;

/// Lets in as many as the settings allow.
#[derive(Debug)]
pub(crate) struct Door {
    limits: DoorLimits,
    inside: AtomicUsize,
    /// Of those networks alone that are connected.
    by_network: Mutex<HashMap<IpAddr, usize>>,
    rate: Option<Rate>,
}

/// The settings; none is no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DoorLimits {
    pub(crate) max_connections: Option<usize>,
    pub(crate) max_connections_per_ip: Option<usize>,
    pub(crate) handshakes_per_second: Option<usize>,
}

/// The place of one connection, from its handshake to its end; dropping it gives the place free.
#[derive(Debug)]
pub(crate) struct Pass {
    door: Arc<Door>,
    network: Option<IpAddr>,
}

/// As many handshakes at once as there may be in a second, and from then on one at a time.
#[derive(Debug)]
struct Rate {
    start: Instant,
    /// Nanoseconds from one handshake to the next.
    step: u64,
    /// When the next one would come if all came evenly, in nanoseconds after the start.
    due: AtomicU64,
}

const SECOND: u64 = 1_000_000_000;

impl Door {
    pub(crate) fn new(limits: DoorLimits) -> Self {
        Self {
            limits,
            inside: AtomicUsize::new(0),
            by_network: Mutex::default(),
            rate: limits.handshakes_per_second.map(Rate::new),
        }
    }

    /// A place for a connection from `peer`. None where connections are not counted.
    pub(crate) fn enter(self: &Arc<Self>, peer: Option<IpAddr>) -> Result<Option<Pass>, Refusal> {
        // Who finds no place takes nobody's turn: one address at its limit does not keep the others out.
        let pass = self.place(peer)?;
        if let Some(rate) = &self.rate {
            rate.admit().map_err(Refusal::TooFast)?;
        }
        Ok(pass)
    }

    fn place(self: &Arc<Self>, peer: Option<IpAddr>) -> Result<Option<Pass>, Refusal> {
        let DoorLimits {
            max_connections,
            max_connections_per_ip,
            ..
        } = self.limits;
        if max_connections.is_none() && max_connections_per_ip.is_none() {
            return Ok(None);
        }
        let max = max_connections.unwrap_or(usize::MAX);
        let one_more = |inside| (inside < max).then_some(inside + 1);
        self.inside
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .map_err(|_| Refusal::Full)?;
        let mut pass = Pass {
            door: Arc::clone(self),
            network: None,
        };
        if let (Some(max), Some(peer)) = (max_connections_per_ip, peer) {
            let network = network(peer);
            let mut by_network = self.by_network();
            let count = by_network.entry(network).or_default();
            // A new one is below the limit, which is at least 1; so nobody stays in the map who is not connected.
            if *count >= max {
                drop(by_network);
                return Err(Refusal::TooManyOfAddress);
            }
            *count += 1;
            pass.network = Some(network);
        }
        Ok(Some(pass))
    }

    fn by_network(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // Nothing that runs under this lock panics half-way through a change.
        self.by_network
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.door.inside.fetch_sub(1, Ordering::Relaxed);
        let Some(network) = self.network else { return };
        if let Entry::Occupied(mut count) = self.door.by_network().entry(network) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

impl Rate {
    fn new(per_second: usize) -> Self {
        Self {
            start: Instant::now(),
            step: SECOND / (per_second as u64).clamp(1, SECOND),
            due: AtomicU64::new(0),
        }
    }

    /// Counts one handshake, or says how long the next one has to wait.
    fn admit(&self) -> Result<(), Duration> {
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let latest = now.saturating_add(SECOND - self.step);
        let next = |due: u64| (due <= latest).then(|| due.max(now).saturating_add(self.step));
        self.due
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .map(drop)
            .map_err(|due| Duration::from_nanos(due.saturating_sub(latest)))
    }
}

/// What counts as one address: of IPv6 the first 64 bits, because that is what one customer is given.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(limits: DoorLimits) -> Arc<Door> {
        Arc::new(Door::new(limits))
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn without_limits_nobody_is_counted() {
        let door = door(DoorLimits::default());
        assert!(door.enter(address("127.0.0.1")).unwrap().is_none());
        assert_eq!(door.inside.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_place_is_free_again_when_its_pass_is_dropped() {
        let door = door(DoorLimits {
            max_connections: Some(2),
            ..DoorLimits::default()
        });
        let first = door.enter(None).unwrap();
        let _second = door.enter(None).unwrap();
        assert_eq!(door.enter(None).unwrap_err(), Refusal::Full);
        drop(first);
        assert!(door.enter(None).is_ok());
    }

    #[test]
    fn each_address_has_its_own_places_and_leaves_nothing_behind() {
        let door = door(DoorLimits {
            max_connections_per_ip: Some(1),
            ..DoorLimits::default()
        });
        let passes: Vec<_> = ["10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8:0:1::1"]
            .map(|text| door.enter(address(text)).unwrap())
            .into();
        for text in ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8::2"] {
            let refused = door.enter(address(text)).unwrap_err();
            assert_eq!(refused, Refusal::TooManyOfAddress, "{text}");
        }
        // Where nobody knows the address, there is nothing to count.
        assert!(door.enter(None).is_ok());
        drop(passes);
        assert!(door.by_network().is_empty());
        assert_eq!(door.inside.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_at_its_limit_takes_nobody_s_turn() {
        let door = door(DoorLimits {
            max_connections_per_ip: Some(1),
            handshakes_per_second: Some(2),
            ..DoorLimits::default()
        });
        tokio::time::advance(Duration::from_secs(60)).await;
        let _pass = door.enter(address("10.0.0.1")).unwrap();
        for _ in 0..10 {
            let refused = door.enter(address("10.0.0.1")).unwrap_err();
            assert_eq!(refused, Refusal::TooManyOfAddress);
        }
        assert!(door.enter(address("10.0.0.2")).is_ok());
        // Whose turn it is not has no place either.
        assert!(matches!(
            door.enter(address("10.0.0.3")),
            Err(Refusal::TooFast(_))
        ));
        assert_eq!(door.by_network().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn handshakes_may_come_in_bursts_of_a_second_and_then_evenly() {
        let door = door(DoorLimits {
            handshakes_per_second: Some(4),
            ..DoorLimits::default()
        });
        let quarter = Duration::from_millis(250);
        tokio::time::advance(Duration::from_secs(60)).await;
        for _ in 0..4 {
            assert!(door.enter(None).is_ok());
        }
        assert_eq!(door.enter(None).unwrap_err(), Refusal::TooFast(quarter));
        tokio::time::advance(quarter).await;
        assert!(door.enter(None).is_ok());
        assert!(door.enter(None).is_err());
        tokio::time::advance(3 * quarter).await;
        let entered = (0..4).filter(|_| door.enter(None).is_ok()).count();
        assert_eq!(entered, 3);
    }
}
