//! Limits at the door: how many connections there may be in all and from one address, and how many handshakes in a
//! second.
//!
//! A connection is counted twice. From when it is accepted it is a guest, whatever it sends or does not send, and there
//! are a few more guests than `max_connections` allows; one that has no request at the moment leaves when a new one finds
//! no room. A handshake then takes one of the `max_connections` places. So connections that say nothing keep nobody out,
//! and a client that finds all places taken is told so with an answer to its request.

mod guest_id;
mod guests;
mod network;
mod pass;
mod rate;
mod waiting;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use self::guest_id::GuestId;
use self::guests::Guest;
pub(crate) use self::guests::{Arrival, Visit};
pub(crate) use self::network::Network;
pub(crate) use self::pass::Pass;
use self::rate::Rate;
use self::waiting::Waiting;
use super::Refusal;

/// Lets in as many as the settings allow.
#[derive(Debug)]
pub(crate) struct Door {
    limits: DoorLimits,
    state: Mutex<State>,
    rate: Rate,
}

/// The settings; none is no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DoorLimits {
    /// Sessions and handshakes under way.
    pub(crate) max_connections: Option<usize>,
    /// TCP connections, those that wait for a request among them.
    pub(crate) max_guests: Option<usize>,
    pub(crate) max_connections_per_ip: Option<usize>,
    pub(crate) handshakes_per_second: Option<usize>,
    pub(crate) handshakes_per_second_per_ip: Option<usize>,
}

#[derive(Debug, Default)]
struct State {
    counted: Counted,
    /// Of those networks alone that have any, and only if there is a limit for them.
    by_network: HashMap<Network, Counted>,
    /// TCP connections that speak HTTP.
    guests: HashMap<GuestId, Guest>,
    waiting: Waiting,
    last: GuestId,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    /// TCP connections.
    guests: usize,
    /// Sessions and handshakes under way.
    passes: usize,
}

/// Above its `max_connections_per_ip`, a network may have as many connections whose requests are then answered 429.
const MORE_OF_NETWORK: usize = 1;

impl Door {
    pub(crate) fn new(limits: DoorLimits) -> Self {
        Self {
            limits,
            state: Mutex::default(),
            rate: Rate::new(
                limits.handshakes_per_second,
                limits.handshakes_per_second_per_ip,
            ),
        }
    }

    /// How many sessions there may be.
    pub(crate) fn max_connections(&self) -> Option<usize> {
        self.limits.max_connections
    }

    /// A TCP connection was accepted. It has a place as a guest, or is refused because no other one waits.
    ///
    /// `counts` says whether its network is that of a client, which has a limit, and not that of a proxy.
    pub(crate) fn arrive(
        self: &Arc<Self>,
        network: Network,
        counts: bool,
    ) -> Result<Arrival, Refusal> {
        let mut shed = [const { None }; 2];
        let mut state = self.state();
        let made_room = self
            .make_room_of(&mut state, counts.then_some(network), &mut shed[0])
            .and_then(|()| self.make_room(&mut state, &mut shed[1]));
        let arrived = made_room.map(|()| {
            let leave = Arc::new(Notify::new());
            let id = state.admit(network, counts && self.counts_networks(), &leave);
            Arrival::new(Arc::clone(self), id, leave)
        });
        drop(state);
        tell(shed);
        arrived
    }

    /// Has the connection that has waited longest of the network that has the most leave; `false` if none waits.
    pub(crate) fn shed(&self) -> bool {
        let mut state = self.state();
        let guest = state.waiting.of_greediest();
        let left = guest.and_then(|guest| state.shed(guest));
        drop(state);
        let has_left = left.is_some();
        tell([left]);
        has_left
    }

    /// A place for a session of `client`.
    pub(crate) fn enter(self: &Arc<Self>, client: Option<Network>) -> Result<Pass, Refusal> {
        // Who finds no place takes nobody's turn: one address at its limit does not keep the others out.
        let pass = self.place(client)?;
        self.rate.admit(client).map_err(Refusal::TooFast)?;
        Ok(pass)
    }

    fn place(self: &Arc<Self>, client: Option<Network>) -> Result<Pass, Refusal> {
        let network = client.filter(|_| self.counts_networks());
        let mut state = self.state();
        if is_full(state.counted.passes, self.limits.max_connections) {
            return Err(Refusal::Full);
        }
        let of_network = network.and_then(|network| state.by_network.get(&network));
        if is_full(
            of_network.map_or(0, |counted| counted.passes),
            self.limits.max_connections_per_ip,
        ) {
            return Err(Refusal::TooManyOfAddress);
        }
        state.count(network, |counted| counted.passes += 1);
        Ok(Pass::new(Arc::clone(self), network))
    }

    /// Sees to it that one more guest may come, if need be by having another one leave.
    fn make_room(&self, state: &mut State, shed: &mut Option<Arc<Notify>>) -> Result<(), Refusal> {
        if is_full(state.counted.guests, self.limits.max_guests) {
            let guest = state.waiting.of_greediest().ok_or(Refusal::Full)?;
            *shed = state.shed(guest);
        }
        Ok(())
    }

    /// The same for one more of a network.
    fn make_room_of(
        &self,
        state: &mut State,
        network: Option<Network>,
        shed: &mut Option<Arc<Notify>>,
    ) -> Result<(), Refusal> {
        let (Some(network), Some(max)) = (network, self.limits.max_connections_per_ip) else {
            return Ok(());
        };
        let counted = state.by_network.get(&network).copied().unwrap_or_default();
        if counted.guests >= max.saturating_add(MORE_OF_NETWORK) {
            let guest = state.waiting.of(network).ok_or(Refusal::TooManyOfAddress)?;
            *shed = state.shed(guest);
        }
        Ok(())
    }

    fn counts_networks(&self) -> bool {
        self.limits.max_connections_per_ip.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under this lock panics half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Changes what is counted in all and of a network.
    fn count(&mut self, network: Option<Network>, change: impl Fn(&mut Counted)) {
        change(&mut self.counted);
        let Some(network) = network else { return };
        let counted = self.by_network.entry(network).or_default();
        change(counted);
        if *counted == Counted::default() {
            self.by_network.remove(&network);
        }
    }
}

fn is_full(count: usize, max: Option<usize>) -> bool {
    max.is_some_and(|max| count >= max)
}

/// Tells connections to leave.
fn tell<const N: usize>(shed: [Option<Arc<Notify>>; N]) {
    for leave in shed.into_iter().flatten() {
        leave.notify_one();
    }
}

#[cfg(test)]
mod tests;
