mod cost;
mod hostile;
mod leaving;
mod link;
mod order;
mod properties;
mod rooms;
mod world;

use super::*;
use crate::cluster::place::Place;
use crate::cluster::wire::{self, Announced, SharedKey};
use crate::session::{RoomName, SessionId};
use crate::site::OnDuplicate;

fn shared(key: &str) -> SharedKey {
    SharedKey::new(&Key::new(key)).unwrap()
}

fn place(policy: OnDuplicate) -> Place {
    Place {
        site: 1,
        endpoint: 2,
        policy,
    }
}

fn room(name: &str) -> RoomName {
    RoomName::new(name.into()).unwrap()
}

const NEWEST: OnDuplicate = OnDuplicate::Newest;

/// What a node has said.
type Said = (NodeId, Packet);

/// Two nodes, and what they say to each other by hand.
struct Pair {
    now: Instant,
    ids: [NodeId; 2],
    nodes: [Directory; 2],
}

/// How long after its start a node can know that it has heard all others.
const SETTLED: Duration = Duration::from_millis(3_200);

impl Pair {
    fn new() -> Self {
        Self::with_clocks([Duration::ZERO; 2])
    }

    /// Nodes that were started so long ago, and knew nobody until now.
    fn with_clocks(ages: [Duration; 2]) -> Self {
        let now = Instant::now() + Duration::from_secs(36_000);
        let ids = [NodeId::random(), NodeId::random()];
        let node = |at: usize| Directory::new(ids[at], 4096, now - ages[at]);
        let mut pair = Self {
            now,
            ids,
            nodes: [node(0), node(1)],
        };
        pair.pass(SETTLED);
        pair
    }

    /// Lets time pass in steps, in which all that is said arrives.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(100);
            for at in [0, 1] {
                let effects = self.nodes[at].tick(Some(1), self.now);
                self.perform(at, effects);
            }
            self.talk();
        }
    }

    fn talk(&mut self) {
        for from in [0, 1] {
            while let Some(packet) = self.nodes[from].next(self.now) {
                let said = (self.ids[from], packet);
                self.arrive(0, &said);
                self.arrive(1, &said);
            }
        }
    }

    /// What a node says next is lost.
    fn lose(&mut self, from: usize) -> Said {
        (self.ids[from], self.nodes[from].next(self.now).unwrap())
    }

    fn arrive(&mut self, at: usize, (from, packet): &Said) -> Vec<Effect> {
        let effects = self.nodes[at].receive(*from, packet.clone(), true, self.now);
        self.perform(at, effects)
    }

    /// Delivers what one node tells the other, and returns all else.
    fn perform(&mut self, from: usize, effects: Vec<Effect>) -> Vec<Effect> {
        let mut others = Vec::new();
        for effect in effects {
            match effect {
                Effect::Tell(to, packet) => {
                    let to = usize::from(to == self.ids[1]);
                    others.extend(self.arrive(to, &(self.ids[from], packet)));
                }
                other => others.push(other),
            }
        }
        others
    }

    fn found(&self, at: usize, key: &str) -> Vec<SessionId> {
        let found = self.nodes[at].find(&Key::new(key));
        found.iter().map(|found| found.session).collect()
    }

    /// Whether one node sends what is for a room to the other.
    fn sends_to_room(&self, from: usize, name: &str) -> bool {
        let nodes = self.nodes[from].nodes_of(&Audience::Room(room(name)));
        assert!(nodes.is_empty() || nodes == [self.ids[1 - from]]);
        !nodes.is_empty()
    }

    fn join(&mut self, at: usize, key: &str, policy: OnDuplicate) -> SessionId {
        let session = SessionId::random();
        let now = self.now;
        self.nodes[at].join(&shared(key), session, place(policy), now);
        session
    }

    fn alive(&self, at: usize) -> Said {
        let alive = Packet::Alive {
            seq: 0,
            clock: 0,
            beat: 0,
            hello: false,
        };
        (self.ids[at], alive)
    }

    fn is_synced(&self, at: usize) -> bool {
        self.nodes[at].is_synced(Some(1), self.now)
    }
}

#[test]
fn a_session_is_known_to_the_others_from_its_join_to_its_end() {
    let mut pair = Pair::new();
    let session = pair.join(0, "1", NEWEST);
    assert_eq!(pair.found(0, "1"), [session]);
    assert_eq!(pair.found(1, "1"), []);
    pair.talk();
    assert_eq!(pair.found(1, "1"), [session]);
    assert!(pair.is_synced(1));
    pair.nodes[0].leave(&shared("1"), session);
    pair.talk();
    assert_eq!(pair.found(1, "1"), []);
}

#[test]
fn changes_that_were_lost_are_noticed_with_the_next_sign_of_life_and_made_up_for() {
    let mut pair = Pair::new();
    let session = pair.join(0, "1", NEWEST);
    pair.lose(0);
    assert!(pair.is_synced(1), "it cannot know yet");
    pair.pass(ALIVE);
    assert_eq!(pair.found(1, "1"), [session]);
}

#[test]
fn changes_that_come_out_of_order_or_twice_are_taken_in_order_and_once() {
    let mut pair = Pair::new();
    let session = pair.join(0, "1", NEWEST);
    let joined = pair.lose(0);
    pair.nodes[0].leave(&shared("1"), session);
    let left = pair.lose(0);
    let now = pair.now;
    let asks = pair.nodes[1].receive(left.0, left.1.clone(), true, now);
    assert!(matches!(asks[..], [Effect::Tell(..)]), "{asks:?}");
    assert!(!pair.is_synced(1), "it knows that something is missing");
    for late in [&joined, &left, &joined] {
        pair.arrive(1, late);
    }
    assert_eq!(pair.found(1, "1"), []);
    assert!(pair.is_synced(1));
}

#[test]
fn all_that_a_node_has_comes_in_packets_that_fit() {
    let mut pair = Pair::new();
    let long = |number: usize| shared(&format!("{number:0>256}"));
    for number in 0..100 {
        let now = pair.now;
        pair.nodes[0].join(&long(number), SessionId::random(), place(NEWEST), now);
    }
    let mut count = 0;
    while let Some(packet) = pair.nodes[0].next(pair.now) {
        assert!(wire::write(&packet).len() <= 4096);
        count += 1;
    }
    assert!(count > 1);
    let pages = pair.nodes[0].pages(pair.ids[1], pair.now);
    assert!(pages.len() > 1);
    for page in pages {
        assert!(matches!(page, Effect::Tell(_, packet) if wire::write(&packet).len() <= 4096));
    }
    pair.pass(ALIVE);
    assert_eq!(pair.nodes[1].len(), 100);
}

#[test]
fn a_connection_costs_its_node_at_most_200_bytes() {
    const { assert!(Table::BYTES_PER_SESSION <= 200) }
}

#[test]
fn events_are_told_to_those_who_watch_once_for_each_key() {
    let mut pair = Pair::new();
    pair.nodes[1].watch(true);
    let one = pair.join(0, "1", NEWEST);
    pair.join(0, "1", NEWEST);
    pair.talk();
    let key = Key::new("1");
    assert_eq!(pair.nodes[1].take_events(), [Event::Appeared(key.clone())]);
    pair.nodes[0].leave(&shared("1"), one);
    pair.talk();
    assert_eq!(pair.nodes[1].take_events(), []);
    assert!(pair.nodes[1].is_gone(pair.ids[0], false));
    assert_eq!(pair.nodes[1].take_events(), [Event::Vanished(key)]);
    assert_eq!(pair.nodes[0].take_events(), [], "nobody watches there");
}
