//! TCP connections from when they are accepted until they end or have become sessions.

use std::sync::Arc;

use tokio::sync::Notify;

use super::guest_id::GuestId;
use super::waiting::Since;
use super::{Door, Network, State, tell};
use crate::handshake::Refusal;

/// A TCP connection that speaks HTTP.
#[derive(Debug)]
pub(super) struct Guest {
    network: Network,
    /// It is one of those that its network may have.
    counts: bool,
    activity: Activity,
    /// Its HTTP connection has ended; it is there for its last request.
    has_ended: bool,
    leave: Arc<Notify>,
}

#[derive(Clone, Copy, Debug)]
enum Activity {
    Waiting(Since),
    /// It has so many requests and sessions.
    Visiting(usize),
}

/// A TCP connection that was accepted; dropping it is its end.
#[derive(Debug)]
pub(crate) struct Arrival {
    door: Arc<Door>,
    id: GuestId,
    leave: Arc<Notify>,
}

/// A request that is being answered, or a session on a stream; its connection is not asked to leave while there is one.
#[derive(Debug)]
pub(crate) struct Visit {
    door: Arc<Door>,
    id: GuestId,
}

impl Arrival {
    pub(super) fn new(door: Arc<Door>, id: GuestId, leave: Arc<Notify>) -> Self {
        Self { door, id, leave }
    }

    /// Returns when the connection has to leave for a new one.
    pub(crate) async fn shed(&self) {
        self.leave.notified().await;
    }

    /// A request has come. It is refused if the connection has had to leave.
    pub(crate) fn visit(&self) -> Result<Visit, Refusal> {
        self.door.state().begin_visit(self.id)?;
        Ok(Visit {
            door: Arc::clone(&self.door),
            id: self.id,
        })
    }

    /// A proxy has said from which network the client comes, whose limit begins here.
    pub(crate) fn comes_from(&self, network: Network) -> Result<(), Refusal> {
        let mut shed = [const { None }];
        let mut state = self.door.state();
        let moved = self
            .door
            .make_room_of(&mut state, Some(network), &mut shed[0])
            .map(|()| state.move_to(self.id, network, self.door.counts_networks()));
        drop(state);
        tell(shed);
        moved
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.door.state().end(self.id);
    }
}

impl Visit {
    /// The connection has become a session, which counts as a guest from now on: of the network that is returned, if of
    /// any.
    pub(super) fn become_session(self) -> Option<Network> {
        let guest = self.door.state().guests.remove(&self.id);
        // While there is a visit, its guest is there.
        guest?.counted_network()
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.door.state().end_visit(self.id);
    }
}

impl State {
    pub(super) fn admit(&mut self, network: Network, counts: bool, leave: &Arc<Notify>) -> GuestId {
        self.last.0 += 1;
        let id = self.last;
        let guest = Guest {
            network,
            counts,
            activity: Activity::Waiting(self.waiting.push(network, id)),
            has_ended: false,
            leave: Arc::clone(leave),
        };
        self.count(guest.counted_network(), |counted| counted.guests += 1);
        self.guests.insert(id, guest);
        id
    }

    /// Takes a guest out who waits, so that it can be told to leave.
    pub(super) fn shed(&mut self, id: GuestId) -> Option<Arc<Notify>> {
        let guest = self.remove(id)?;
        Some(guest.leave)
    }

    fn begin_visit(&mut self, id: GuestId) -> Result<(), Refusal> {
        let guest = self.guests.get_mut(&id).ok_or(Refusal::Full)?;
        match &mut guest.activity {
            Activity::Visiting(visits) => *visits += 1,
            Activity::Waiting(since) => {
                self.waiting.remove(guest.network, *since);
                guest.activity = Activity::Visiting(1);
            }
        }
        Ok(())
    }

    fn end_visit(&mut self, id: GuestId) {
        // A connection that has become a session is no guest any more.
        let Some(guest) = self.guests.get_mut(&id) else {
            return;
        };
        match &mut guest.activity {
            Activity::Visiting(visits) if *visits > 1 => *visits -= 1,
            _ if guest.has_ended => {
                self.remove(id);
            }
            Activity::Visiting(_) => {
                guest.activity = Activity::Waiting(self.waiting.push(guest.network, id));
            }
            Activity::Waiting(_) => {}
        }
    }

    /// The HTTP connection has ended, perhaps because its last request becomes a session.
    fn end(&mut self, id: GuestId) {
        match self.guests.get_mut(&id) {
            Some(guest) if matches!(guest.activity, Activity::Visiting(_)) => {
                guest.has_ended = true;
            }
            _ => {
                self.remove(id);
            }
        }
    }

    fn move_to(&mut self, id: GuestId, network: Network, counts: bool) {
        let Some(mut guest) = self.guests.remove(&id) else {
            return;
        };
        self.count(guest.counted_network(), |counted| counted.guests -= 1);
        if let Activity::Waiting(since) = guest.activity {
            self.waiting.remove(guest.network, since);
            guest.activity = Activity::Waiting(self.waiting.push(network, id));
        }
        guest.network = network;
        guest.counts = counts;
        self.count(guest.counted_network(), |counted| counted.guests += 1);
        self.guests.insert(id, guest);
    }

    fn remove(&mut self, id: GuestId) -> Option<Guest> {
        let guest = self.guests.remove(&id)?;
        if let Activity::Waiting(since) = guest.activity {
            self.waiting.remove(guest.network, since);
        }
        self.count(guest.counted_network(), |counted| counted.guests -= 1);
        Some(guest)
    }
}

impl Guest {
    fn counted_network(&self) -> Option<Network> {
        self.counts.then_some(self.network)
    }
}
