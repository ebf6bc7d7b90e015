//! What a node knows when its connection to the broker is new, or brings nothing.

use super::*;

#[test]
fn a_node_that_does_not_hear_itself_says_nothing_about_the_others() {
    let mut pair = Pair::new();
    let session = pair.join(0, "1", NEWEST);
    pair.talk();
    for _ in 0..200 {
        pair.now += Duration::from_millis(100);
        pair.nodes[1].tick(Some(1), pair.now);
        pair.lose_all(1);
    }
    assert_eq!(pair.found(1, "1"), [session]);
    assert!(!pair.is_synced(1));
    pair.pass(SETTLED);
    assert!(pair.is_synced(1));
}

#[test]
fn after_a_new_connection_nothing_is_certain_until_everybody_was_heard() {
    let mut pair = Pair::new();
    let now = pair.now;
    pair.nodes[1].tick(Some(2), now);
    assert!(!pair.nodes[1].is_synced(Some(2), now));
    assert!(
        !pair.nodes[1].is_gone(pair.ids[0], false),
        "the other one may not be connected yet"
    );
    let alive = pair.alive(0);
    pair.arrive(1, &alive);
    assert!(
        !pair.nodes[1].is_synced(Some(2), now),
        "there may be others"
    );
    let echo = pair.lose(1);
    pair.arrive(1, &echo);
    for _ in 0..2 {
        pair.now += LISTENING / 2;
        pair.arrive(1, &alive);
        let echo = pair.lose(1);
        pair.arrive(1, &echo);
    }
    let now = pair.now;
    assert!(pair.nodes[1].is_synced(Some(2), now));
    assert!(!pair.nodes[1].is_synced(Some(3), now), "another connection");
    assert!(!pair.nodes[1].is_synced(None, now), "none");
    assert!(pair.nodes[1].is_gone(pair.ids[0], false));
}

/// The broker is there again, and brings only what others say: nothing of this node comes back to it.
#[test]
fn a_node_that_has_heard_nothing_knows_nothing_however_long_it_listens() {
    let begun = Instant::now();
    let mut node = Directory::new(NodeId::random(), 4096, begun);
    for tenths in 0..100 {
        let now = begun + Duration::from_millis(100 * tenths);
        node.tick(Some(1), now);
        while node.next(now).is_some() {}
        assert!(!node.is_synced(Some(1), now), "{tenths} tenths of a second");
    }
    // It hears itself, as all others do: now they have a time to answer.
    let mut now = begun + Duration::from_secs(10);
    for tenths in 0..=40 {
        now += Duration::from_millis(100);
        node.tick(Some(1), now);
        assert_eq!(node.is_synced(Some(1), now), tenths >= 30, "{tenths}");
        while let Some(packet) = node.next(now) {
            node.receive(node.me, packet, true, now);
        }
    }
}

/// What was said on an earlier connection and comes late says nothing about this one.
#[test]
fn an_echo_of_an_earlier_connection_does_not_count() {
    let mut pair = Pair::new();
    pair.now += ALIVE;
    let late = pair.lose(1);
    let mut now = pair.now;
    pair.nodes[1].tick(Some(2), now);
    for _ in 0..40 {
        now += Duration::from_millis(100);
        pair.nodes[1].tick(Some(2), now);
        pair.nodes[1].receive(late.0, late.1.clone(), true, now);
        let (other, alive) = pair.alive(0);
        pair.nodes[1].receive(other, alive, true, now);
        assert!(!pair.nodes[1].is_synced(Some(2), now));
    }
}

impl Pair {
    fn lose_all(&mut self, from: usize) {
        while self.nodes[from].next(self.now).is_some() {}
    }
}

/// Others may have come while it heard nothing: it listens again, and asks them to speak.
#[test]
fn after_it_was_deaf_a_node_listens_again_before_it_knows_all() {
    let mut pair = Pair::new();
    assert!(pair.is_synced(1));
    let mut late = Vec::new();
    for _ in 0..40 {
        pair.now += Duration::from_millis(100);
        pair.nodes[1].tick(Some(1), pair.now);
        while let Some(packet) = pair.nodes[1].next(pair.now) {
            late.push((pair.ids[1], packet));
        }
    }
    assert!(!pair.is_synced(1), "it is deaf");
    let asks = |(_, packet): &Said| matches!(packet, Packet::Alive { hello: true, .. });
    assert!(late.iter().any(asks));
    for said in &late {
        pair.arrive(1, said);
        pair.arrive(0, said);
    }
    pair.talk();
    assert!(!pair.is_synced(1), "it hears again");
    pair.pass(SETTLED);
    assert!(pair.is_synced(1));
}

/// It stood still, and finds first of all what it said itself before.
#[test]
fn a_node_that_stood_still_calls_nobody_dead_when_it_goes_on() {
    let mut pair = Pair::new();
    let session = pair.join(0, "1", NEWEST);
    pair.talk();
    pair.now += ALIVE;
    let said = pair.lose(1);
    pair.now += DEAD * 2;
    pair.arrive(1, &said);
    let now = pair.now;
    assert!(!pair.is_synced(1));
    assert!(
        !pair.nodes[1].is_gone(pair.ids[0], false),
        "it may be connecting again"
    );
    pair.nodes[1].tick(Some(1), now);
    assert_eq!(pair.found(1, "1"), [session]);
    pair.pass(SETTLED);
    assert!(pair.is_synced(1));
    assert_eq!(pair.found(1, "1"), [session]);
}
