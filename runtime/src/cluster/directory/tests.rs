mod hostile;
mod properties;
mod rooms;
mod world;

use super::*;
use crate::cluster::place::Place;
use crate::cluster::wire::{Announced, SharedKey};
use crate::endpoint::OnDuplicate;
use crate::push::RoomName;
use crate::session::SessionId;

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

/// Two nodes, and what they say to each other by hand.
struct Pair {
    now: Instant,
    ids: [NodeId; 2],
    nodes: [Directory; 2],
}

impl Pair {
    fn new() -> Self {
        let ids = [NodeId::random(), NodeId::random()];
        let mut pair = Self {
            now: Instant::now(),
            ids,
            nodes: ids.map(|id| Directory::new(id, 4096)),
        };
        pair.pass(LISTENING);
        pair.pass(LISTENING);
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
                self.arrive(0, &packet);
                self.arrive(1, &packet);
            }
        }
    }

    /// What a node says next is lost.
    fn lose(&mut self, from: usize) -> Bytes {
        self.nodes[from].next(self.now).unwrap()
    }

    fn arrive(&mut self, at: usize, packet: &Bytes) -> Vec<Effect> {
        let (from, packet, _) = wire::read(packet).unwrap();
        let effects = self.nodes[at].receive(from, packet, self.now);
        self.perform(at, effects)
    }

    /// Delivers what one node tells the other, and returns all else.
    fn perform(&mut self, _from: usize, effects: Vec<Effect>) -> Vec<Effect> {
        let mut others = Vec::new();
        for effect in effects {
            match effect {
                Effect::Tell(to, packet) => {
                    let to = usize::from(to == self.ids[1]);
                    others.extend(self.arrive(to, &packet));
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

    fn is_synced(&self, at: usize) -> bool {
        self.nodes[at].is_synced(Some(1), self.now)
    }
}

#[test]
fn a_session_is_known_to_the_others_from_its_join_to_its_end() {
    let mut pair = Pair::new();
    let session = SessionId::random();
    pair.nodes[0].join(&shared("1"), session, place(NEWEST), 5);
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
    let session = SessionId::random();
    pair.nodes[0].join(&shared("1"), session, place(NEWEST), 5);
    pair.lose(0);
    assert!(pair.is_synced(1), "it cannot know yet");
    pair.pass(ALIVE);
    assert_eq!(pair.found(1, "1"), [session]);
}

#[test]
fn changes_that_come_out_of_order_or_twice_are_taken_in_order_and_once() {
    let mut pair = Pair::new();
    let session = SessionId::random();
    pair.nodes[0].join(&shared("1"), session, place(NEWEST), 5);
    let joined = pair.lose(0);
    pair.nodes[0].leave(&shared("1"), session);
    let left = pair.lose(0);
    let (from, packet, _) = wire::read(&left).unwrap();
    let now = pair.now;
    let asks = pair.nodes[1].receive(from, packet, now);
    assert!(matches!(asks[..], [Effect::Tell(..)]), "{asks:?}");
    assert!(!pair.is_synced(1), "it knows that something is missing");
    for late in [&joined, &left, &joined] {
        pair.arrive(1, late);
    }
    assert_eq!(pair.found(1, "1"), []);
    assert!(pair.is_synced(1));
}

#[test]
fn a_node_that_is_silent_is_asked_and_then_dead_and_a_goodbye_is_quicker() {
    let mut pair = Pair::new();
    pair.nodes[0].join(&shared("1"), SessionId::random(), place(NEWEST), 5);
    pair.talk();
    let begun = pair.now;
    let mut probed = None;
    while !pair.found(1, "1").is_empty() {
        pair.now += Duration::from_millis(100);
        let effects = pair.nodes[1].tick(Some(1), pair.now);
        if effects.contains(&Effect::Probe(pair.ids[0])) {
            probed = probed.or(Some(pair.now - begun));
            assert!(!pair.is_synced(1), "it may have new sessions");
        }
        while let Some(packet) = pair.nodes[1].next(pair.now) {
            pair.arrive(1, &packet);
        }
    }
    assert_eq!(probed, Some(SILENT));
    assert_eq!(pair.now - begun, DEAD);

    let mut pair = Pair::new();
    pair.nodes[0].join(&shared("1"), SessionId::random(), place(NEWEST), 5);
    pair.talk();
    let goodbye = wire::write(pair.ids[0], &Packet::Goodbye, b"");
    let late = wire::write(
        pair.ids[0],
        &Packet::Alive {
            seq: 1,
            hello: false,
        },
        b"",
    );
    pair.arrive(1, &goodbye);
    pair.arrive(1, &late);
    assert_eq!((pair.found(1, "1"), pair.nodes[1].peers()), (vec![], 0));
}

#[test]
fn a_node_that_does_not_hear_itself_says_nothing_about_the_others() {
    let mut pair = Pair::new();
    let session = SessionId::random();
    pair.nodes[0].join(&shared("1"), session, place(NEWEST), 5);
    pair.talk();
    for _ in 0..200 {
        pair.now += Duration::from_millis(100);
        pair.nodes[1].tick(Some(1), pair.now);
        pair.lose_all(1);
    }
    assert_eq!(pair.found(1, "1"), [session]);
    assert!(!pair.is_synced(1));
    pair.pass(LISTENING);
    assert!(pair.is_synced(1));
}

impl Pair {
    fn lose_all(&mut self, from: usize) {
        while self.nodes[from].next(self.now).is_some() {}
    }
}

#[test]
fn after_a_new_connection_nothing_is_certain_until_everybody_was_heard() {
    let mut pair = Pair::new();
    let now = pair.now;
    pair.nodes[1].tick(Some(2), now);
    assert!(!pair.nodes[1].is_synced(Some(2), now));
    assert!(
        !pair.nodes[1].is_gone(pair.ids[0]),
        "the other one may not be connected yet"
    );
    let alive = wire::write(
        pair.ids[0],
        &Packet::Alive {
            seq: 0,
            hello: false,
        },
        b"",
    );
    pair.arrive(1, &alive);
    assert!(
        !pair.nodes[1].is_synced(Some(2), now),
        "there may be others"
    );
    pair.now += LISTENING;
    let echo = pair.lose(1);
    pair.arrive(1, &echo);
    let now = pair.now;
    assert!(pair.nodes[1].is_synced(Some(2), now));
    assert!(!pair.nodes[1].is_synced(Some(3), now), "another connection");
    assert!(!pair.nodes[1].is_synced(None, now), "none");
    assert!(pair.nodes[1].is_gone(pair.ids[0]));
}

#[test]
fn a_session_that_comes_later_is_the_newer_whatever_the_clocks_say() {
    let mut pair = Pair::new();
    let [first, second] = [(); 2].map(|()| SessionId::random());
    pair.nodes[0].join(&shared("1"), first, place(NEWEST), 1_000_000);
    pair.talk();
    pair.nodes[1].join(&shared("1"), second, place(NEWEST), 5);
    pair.talk();
    for at in [0, 1] {
        assert_eq!(pair.found(at, "1"), [second, first]);
    }
}

#[test]
fn the_node_of_the_older_session_is_told_to_close_it() {
    let mut pair = Pair::new();
    let closing = place(OnDuplicate::CloseOlder);
    let [older, newer, other] = [(); 3].map(|()| SessionId::random());
    pair.nodes[0].join(&shared("1"), older, closing, 5);
    pair.nodes[0].join(&shared("1"), other, place(NEWEST), 5);
    pair.talk();
    pair.nodes[1].join(&shared("1"), newer, closing, 5);
    let joined = pair.lose(1);
    let key = Key::new("1");
    let close = Effect::Close {
        key,
        session: older,
    };
    assert_eq!(pair.arrive(0, &joined), [close]);
    assert_eq!(pair.arrive(1, &joined), []);
}

#[test]
fn all_that_a_node_has_comes_in_packets_that_fit() {
    let mut pair = Pair::new();
    let long = |number: usize| shared(&format!("{number:0>256}"));
    for number in 0..100 {
        pair.nodes[0].join(&long(number), SessionId::random(), place(NEWEST), 5);
    }
    let mut count = 0;
    while let Some(packet) = pair.nodes[0].next(pair.now) {
        assert!(packet.len() <= 4096);
        count += 1;
    }
    assert!(count > 1);
    let Effect::Tell(..) = pair.nodes[0].pages(pair.ids[1]).remove(0) else {
        panic!("pages are told");
    };
    for page in pair.nodes[0].pages(pair.ids[1]) {
        assert!(matches!(page, Effect::Tell(_, packet) if packet.len() <= 4096));
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
    let [one, other] = [(); 2].map(|()| SessionId::random());
    pair.nodes[0].join(&shared("1"), one, place(NEWEST), 5);
    pair.nodes[0].join(&shared("1"), other, place(NEWEST), 6);
    pair.talk();
    let key = Key::new("1");
    assert_eq!(pair.nodes[1].take_events(), [Event::Appeared(key.clone())]);
    pair.nodes[0].leave(&shared("1"), one);
    pair.talk();
    assert_eq!(pair.nodes[1].take_events(), []);
    assert!(pair.nodes[1].is_gone(pair.ids[0]));
    assert_eq!(pair.nodes[1].take_events(), [Event::Vanished(key)]);
    assert_eq!(pair.nodes[0].take_events(), [], "nobody watches there");
}
