//! Thousands of pushes while nodes and the broker stand still, are killed and are started again, in every order.
//!
//! It prints its seed. `CHAOS_SEED` repeats the faults of a run, `CHAOS_PUSHES` makes it longer: 100000 are some minutes. With
//! more pushes than usual, every order in which two parts can stop is tried; otherwise every two parts in one order.

mod check;
mod clients;
mod faults;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::task::JoinHandle;
use wspring_tests::soon;

use self::clients::Readers;
use self::faults::{Fault, Part, World};
use crate::node::Control;
use crate::{Node, Sent};

const KEYS: usize = 300;

/// How many pushes there are, unless the environment says another number.
const PUSHES: usize = 10_000;

/// How many push to one key after the other at each node.
const SENDERS: usize = 4;

/// The order of all that happens, in this process.
#[derive(Clone, Default)]
struct Order(Arc<AtomicU64>);

/// One push, and what became of it.
struct Record {
    key: usize,
    text: String,
    sent: Sent,
    begun: u64,
    ended: u64,
}

/// Those who push at one node.
struct Senders {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<Record>>>,
}

impl Order {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

impl Senders {
    /// `name` is another one for each.
    async fn at(node: &Node, name: usize, order: &Order, count: &Arc<AtomicUsize>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut tasks = Vec::new();
        for number in 0..SENDERS {
            let control = node.control().await;
            let name = name * SENDERS + number;
            let (order, count, stop) = (order.clone(), Arc::clone(count), Arc::clone(&stop));
            tasks.push(tokio::spawn(push(control, name, order, count, stop)));
        }
        Self { stop, tasks }
    }

    /// Returns what they have pushed, when the last one is answered.
    async fn stop(self) -> Vec<Record> {
        self.stop.store(true, Ordering::Relaxed);
        let mut records = Vec::new();
        for task in self.tasks {
            records.extend(soon("a sender", task).await.expect("it did not panic"));
        }
        records
    }
}

async fn push(
    mut control: Control,
    name: usize,
    order: Order,
    count: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
) -> Vec<Record> {
    let mut records = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let key = (number * 7 + name * 31) % KEYS;
        let text = format!("{name}-{number}");
        let begun = order.next();
        let sent = control.push(&key.to_string(), &text).await;
        records.push(Record {
            key,
            text,
            sent,
            begun,
            ended: order.next(),
        });
        count.fetch_add(1, Ordering::Relaxed);
        // As fast as it can, the time without a broker would be most of it.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    records
}

fn from_environment(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_late_or_called_offline_that_is_not() {
    let seed = from_environment("CHAOS_SEED").unwrap_or_else(rand::random);
    let pushes = from_environment("CHAOS_PUSHES").and_then(|pushes| pushes.try_into().ok());
    let pushes = pushes.unwrap_or(PUSHES);
    println!("CHAOS_SEED={seed} CHAOS_PUSHES={pushes}");
    let mut random = StdRng::seed_from_u64(seed);
    let order = Order::default();
    let mut world = World::start(order.clone()).await;
    let mut readers = Readers::connect(&world, KEYS).await;
    let count = Arc::new(AtomicUsize::new(0));
    let mut name = 0;
    let mut senders = Vec::new();
    let mut records = Vec::new();
    for part in Part::NODES {
        senders.push(Senders::at(world.node(part), name, &order, &count).await);
        name += 1;
    }
    let orders = faults::orders();
    let is_full = pushes > PUSHES;
    let least = if is_full {
        orders.len()
    } else {
        orders.len() / 2
    };
    // Again, with other faults, if there is time.
    for (round, of) in orders.iter().cycle().enumerate() {
        if round >= least && count.load(Ordering::Relaxed) >= pushes {
            break;
        }
        let faults = of.map(|part| Fault::of(part, &mut random));
        let is_killed = faults.contains(&Fault::Kill(Part::Victim));
        if is_killed {
            // They would wait for answers that nobody gives any more.
            let victims = senders.pop().expect("those of the victim are the last");
            records.extend(victims.stop().await);
        }
        let is_in_turn = random.random_bool(0.5);
        world.round(faults, is_in_turn, &mut random).await;
        readers.connect_again(&world, is_killed).await;
        world.heal();
        if is_killed {
            senders.push(Senders::at(world.node(Part::Victim), name, &order, &count).await);
            name += 1;
        }
    }
    for senders in senders {
        records.extend(senders.stop().await);
    }
    let mut control = world.node(Part::One).control().await;
    readers.end(&mut control).await;
    check::all(&records, &readers, &world.faults);
}
