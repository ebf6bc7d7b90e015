//! Nodes that die, and nodes that leave or are said to have left.

use super::*;

#[test]
fn a_node_that_is_silent_is_asked_and_then_dead_and_a_goodbye_is_quicker() {
    let mut pair = Pair::new();
    pair.join(0, "1", NEWEST);
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
            let said = (pair.ids[1], packet);
            pair.arrive(1, &said);
        }
    }
    assert_eq!(probed, Some(SILENT));
    assert_eq!(pair.now - begun, DEAD);

    let mut pair = Pair::new();
    pair.join(0, "1", NEWEST);
    pair.talk();
    pair.arrive(1, &(pair.ids[0], Packet::Goodbye));
    assert_eq!((pair.found(1, "1"), pair.nodes[1].peers()), (vec![], 0));
    // What it said before comes late: nobody is believed without an answer.
    let late = pair.alive(0);
    let probe = [Effect::Probe(pair.ids[0])];
    assert_eq!(pair.arrive(1, &late), probe);
    assert_eq!(pair.arrive(1, &late), [], "it is asked once");
    assert_eq!(pair.nodes[1].peers(), 0);
}

#[test]
fn a_node_that_is_said_to_have_left_says_at_once_that_it_has_not() {
    let mut pair = Pair::new();
    let session = pair.join(0, "1", NEWEST);
    pair.talk();
    let forged = (pair.ids[0], Packet::Goodbye);
    pair.arrive(1, &forged);
    assert_eq!(pair.found(1, "1"), []);
    pair.arrive(0, &forged);
    let said = pair.lose(0);
    assert!(matches!(said.1, Packet::Alive { .. }));
    assert_eq!(pair.arrive(1, &said), [Effect::Probe(pair.ids[0])]);
    // It has answered.
    let (asked, now) = (pair.ids[0], pair.now);
    let effects = pair.nodes[1].is_there(asked, now);
    pair.perform(1, effects);
    assert_eq!(pair.found(1, "1"), [session]);
    // Its own goodbye is its last word.
    pair.nodes[0].leave_cluster();
    pair.arrive(0, &forged);
    pair.now += ALIVE * 2;
    assert_eq!(pair.nodes[0].next(pair.now), None);
}

/// Anybody who may publish to the inboxes can forge "nobody listens", the answer of the broker.
#[test]
fn where_nodes_prove_who_they_are_the_broker_alone_makes_no_node_gone() {
    let mut pair = Pair::new();
    let session = pair.join(0, "1", NEWEST);
    pair.talk();
    assert!(!pair.nodes[1].is_gone(pair.ids[0], true));
    assert_eq!(pair.found(1, "1"), [session]);
    assert!(!pair.is_synced(1), "it is in doubt");
    let alive = pair.alive(0);
    pair.arrive(1, &alive);
    assert!(pair.is_synced(1), "it has given a sign of life");
    // However often it is said, only silence makes it dead, and after as long as ever.
    let begun = pair.now;
    while !pair.found(1, "1").is_empty() {
        pair.now += Duration::from_millis(100);
        pair.nodes[1].is_gone(pair.ids[0], true);
        pair.nodes[1].tick(Some(1), pair.now);
        while let Some(packet) = pair.nodes[1].next(pair.now) {
            let said = (pair.ids[1], packet);
            pair.arrive(1, &said);
        }
    }
    assert_eq!(pair.now - begun, DEAD);
    assert!(pair.nodes[1].is_gone(pair.ids[0], true));
}

#[test]
fn a_goodbye_that_comes_after_a_later_sign_of_life_is_not_believed() {
    let mut pair = Pair::new();
    let session = pair.join(0, "1", NEWEST);
    pair.talk();
    let (from, now) = (pair.ids[0], pair.now);
    pair.nodes[1].receive(from, Packet::Goodbye, false, now);
    assert_eq!(pair.found(1, "1"), [session]);
}
