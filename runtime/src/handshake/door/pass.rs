use std::sync::Arc;

use super::{Door, Network, Visit};

/// The place of one session, from its handshake to its end; dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Pass(Holds);

/// Most sessions are the only one of their connection and are counted in no network, and then need no memory for it.
#[derive(Debug)]
enum Holds {
    /// A place, and a TCP connection.
    Connection(Arc<Door>),
    /// A place alone: the connection belongs to another server, or is not yet the session's.
    Place(Arc<Door>),
    More(Box<More>),
}

#[derive(Debug)]
struct More {
    door: Arc<Door>,
    /// The network in which the session is counted.
    network: Option<Network>,
    stays: Stays,
}

/// How the session keeps its TCP connection counted.
#[derive(Debug)]
enum Stays {
    Not,
    /// The connection is the session's, and is counted in this network.
    Alone(Option<Network>),
    /// The session is one of the streams of the connection.
    #[expect(dead_code, reason = "it is dropped with the session")]
    OnStream(Visit),
}

impl Pass {
    pub(super) fn new(door: Arc<Door>, network: Option<Network>) -> Self {
        Self(match network {
            None => Holds::Place(door),
            Some(_) => Holds::More(Box::new(More {
                door,
                network,
                stays: Stays::Not,
            })),
        })
    }

    /// The handshake is over: the session keeps the connection on which it came, which is its own or has other streams.
    pub(crate) fn settle(&mut self, visit: Option<Visit>, is_own: bool) {
        let Some(visit) = visit else { return };
        let stays = if is_own {
            Stays::Alone(visit.become_session())
        } else {
            Stays::OnStream(visit)
        };
        match (&mut self.0, stays) {
            (Holds::Place(door), Stays::Alone(None)) => {
                self.0 = Holds::Connection(Arc::clone(door));
            }
            (Holds::Place(door) | Holds::Connection(door), stays) => {
                self.0 = Holds::More(Box::new(More {
                    door: Arc::clone(door),
                    network: None,
                    stays,
                }));
            }
            (Holds::More(more), stays) => more.stays = stays,
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let (door, network, guest) = match &self.0 {
            Holds::Connection(door) => (door, None, Some(None)),
            Holds::Place(door) => (door, None, None),
            Holds::More(more) => {
                let guest = match more.stays {
                    Stays::Alone(network) => Some(network),
                    Stays::Not | Stays::OnStream(_) => None,
                };
                (&more.door, more.network, guest)
            }
        };
        let mut state = door.state();
        state.count(network, |counted| counted.passes -= 1);
        if let Some(network) = guest {
            state.count(network, |counted| counted.guests -= 1);
        }
    }
}
