use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;

use super::Order;
use crate::{NatsServer, Node, cluster};

/// What can stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    One,
    Other,
    /// A node that is killed as well. Its clients connect again.
    Victim,
    Broker,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It stands still, and goes on.
    Freeze(Part),
    /// It is killed, and started again.
    Kill(Part),
}

/// The time in which a part did nothing, or was found again.
#[derive(Debug)]
pub(super) struct Outage {
    pub(super) fault: Fault,
    /// Before it was told to stop.
    pub(super) begun: u64,
    /// It stood still at this moment.
    pub(super) stopped: u64,
    /// It still stood still at this moment.
    pub(super) goes_on: u64,
    /// All nodes know each other and all clients again.
    pub(super) healed: u64,
}

/// The broker and its nodes.
pub(super) struct World {
    order: Order,
    broker: NatsServer,
    nodes: [Option<Node>; 3],
    pub(super) faults: Vec<Outage>,
}

/// For so long a fault lasts: shorter than an answer is waited for, longer, until a node is deaf, and until it is dead.
const LENGTHS: [u64; 5] = [50, 700, 1_200, 3_000, 6_500];

/// Which parts stop one after the other: every two in one order, in which each part is the first once at least, and then
/// in the other order.
pub(super) fn orders() -> [[Part; 2]; 12] {
    let pairs = [
        [Part::One, Part::Other],
        [Part::Other, Part::Victim],
        [Part::Victim, Part::Broker],
        [Part::Broker, Part::One],
        [Part::One, Part::Victim],
        [Part::Other, Part::Broker],
    ];
    std::array::from_fn(|at| {
        let [first, second] = pairs[at % pairs.len()];
        if at < pairs.len() {
            [first, second]
        } else {
            [second, first]
        }
    })
}

impl Part {
    pub(super) const NODES: [Self; 3] = [Self::One, Self::Other, Self::Victim];
}

impl Fault {
    pub(super) fn of(part: Part, random: &mut StdRng) -> Self {
        match part {
            Part::Victim | Part::Broker if random.random_bool(0.5) => Self::Kill(part),
            _ => Self::Freeze(part),
        }
    }

    pub(super) fn part(self) -> Part {
        match self {
            Self::Freeze(part) | Self::Kill(part) => part,
        }
    }
}

impl World {
    pub(super) async fn start(order: Order) -> Self {
        let (broker, nodes) = cluster::<3>().await;
        Self {
            order,
            broker,
            nodes: nodes.map(Some),
            faults: Vec::new(),
        }
    }

    /// The node, which runs.
    pub(super) fn node(&self, part: Part) -> &Node {
        let node = self.nodes[part as usize].as_ref();
        node.expect("it runs between two rounds")
    }

    /// Stops two parts one after the other, lets them go on in their order or in the other one, and waits until all is well.
    pub(super) async fn round(&mut self, faults: [Fault; 2], in_turn: bool, random: &mut StdRng) {
        let mut pause = async || {
            let length = LENGTHS[random.random_range(0..LENGTHS.len())];
            tokio::time::sleep(Duration::from_millis(length)).await;
        };
        println!("{faults:?}, going on in their order: {in_turn}");
        let addresses = faults.map(|fault| {
            let node = self.nodes.get(fault.part() as usize);
            node.and_then(Option::as_ref).map(Node::address)
        });
        let mut outages = Vec::new();
        for fault in faults {
            let begun = self.order.next();
            self.stop(fault).await;
            outages.push(Outage {
                fault,
                begun,
                stopped: self.order.next(),
                goes_on: 0,
                healed: 0,
            });
            pause().await;
        }
        let mut going_on = [0, 1];
        if !in_turn {
            going_on.reverse();
        }
        for at in going_on {
            outages[at].goes_on = self.order.next();
            let Some(address) = addresses[at] else {
                self.go_on_broker(faults[at]).await;
                pause().await;
                continue;
            };
            match faults[at] {
                Fault::Freeze(part) => self.node(part).thaw().await,
                // A node does not start without its broker.
                Fault::Kill(part)
                    if at == going_on[0]
                        && faults.iter().any(|fault| fault.part() == Part::Broker) =>
                {
                    outages[1 - at].goes_on = self.order.next();
                    self.go_on_broker(faults[1 - at]).await;
                    self.nodes[part as usize] = Some(Node::start_at(&self.broker, address).await);
                    break;
                }
                Fault::Kill(part) => {
                    self.nodes[part as usize] = Some(Node::start_at(&self.broker, address).await);
                }
            }
            pause().await;
        }
        for part in Part::NODES {
            self.node(part).knows(3).await;
        }
        self.faults.append(&mut outages);
    }

    /// All nodes know all clients again.
    pub(super) fn heal(&mut self) {
        let healed = self.order.next();
        for outage in self.faults.iter_mut().rev().take(2) {
            outage.healed = healed;
        }
    }

    async fn stop(&mut self, fault: Fault) {
        match fault {
            Fault::Freeze(Part::Broker) => self.broker.freeze().await,
            Fault::Kill(Part::Broker) => self.broker.stop().await,
            Fault::Freeze(part) => self.node(part).freeze().await,
            Fault::Kill(part) => {
                let node = self.nodes[part as usize].take();
                node.expect("it runs").kill().await;
            }
        }
    }

    async fn go_on_broker(&mut self, fault: Fault) {
        match fault {
            Fault::Freeze(_) => self.broker.thaw().await,
            Fault::Kill(_) => self.broker.start_again().await,
        }
    }
}
