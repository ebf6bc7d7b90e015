use super::*;

#[test]
fn a_room_is_known_to_the_others_while_it_has_members() {
    let mut pair = Pair::new();
    assert!(!pair.sends_to_room(0, "a"));
    pair.nodes[1].occupy(&room("a"));
    pair.talk();
    assert!(pair.sends_to_room(0, "a"));
    assert!(!pair.sends_to_room(0, "b"));
    assert!(!pair.sends_to_room(1, "a"), "it has its own members itself");
    pair.nodes[1].vacate(&room("a"));
    pair.talk();
    assert!(!pair.sends_to_room(0, "a"));
    let rooms = pair.nodes.each_ref().map(|node| node.rooms.len());
    assert_eq!(rooms, [0, 0], "nothing is left of it");
}

/// What is missing of a node may be just this room: it is asked rather than left out.
#[test]
fn a_node_of_which_something_is_missing_gets_what_is_for_any_room() {
    let mut pair = Pair::new();
    pair.nodes[1].occupy(&room("a"));
    pair.lose(1);
    assert!(!pair.sends_to_room(0, "a"), "nobody knows that it is lost");
    pair.nodes[1].occupy(&room("b"));
    let second = pair.lose(1);
    // It is noticed with the next change, and what is missing is asked for.
    let effects = pair.nodes[0].receive(second.0, second.1, true, pair.now);
    for name in ["a", "b", "c"] {
        assert!(pair.sends_to_room(0, name));
    }
    assert!(!pair.is_synced(0));
    pair.perform(0, effects);
    for (name, has_members) in [("a", true), ("b", true), ("c", false)] {
        assert_eq!(pair.sends_to_room(0, name), has_members, "{name}");
    }
    assert!(pair.is_synced(0));
}

#[test]
fn the_rooms_of_a_node_that_is_gone_go_with_it() {
    let mut pair = Pair::new();
    pair.nodes[1].occupy(&room("a"));
    pair.nodes[0].occupy(&room("a"));
    pair.talk();
    assert!(pair.sends_to_room(0, "a"));
    assert!(pair.nodes[0].is_gone(pair.ids[1], false));
    assert!(!pair.sends_to_room(0, "a"));
    assert_eq!(pair.nodes[0].rooms.nodes(&room("a")), [pair.ids[0]]);
}

/// While the broker cannot be had, sessions and rooms come and go all the same.
#[test]
fn changes_that_cannot_be_said_are_bounded_and_made_up_for() {
    let mut pair = Pair::new();
    let stays = pair.join(0, "stays", NEWEST);
    let goes = pair.join(0, "goes", NEWEST);
    pair.talk();
    pair.nodes[0].leave(&shared("goes"), goes);
    for number in 0..3 * own::MAX_PENDING {
        pair.nodes[0].occupy(&room("a"));
        pair.nodes[0].vacate(&room("a"));
        assert!(pair.nodes[0].pending.len() <= own::MAX_PENDING, "{number}");
    }
    pair.nodes[0].occupy(&room("b"));
    pair.pass(ALIVE);
    assert_eq!(pair.found(1, "stays"), [stays]);
    assert_eq!(pair.found(1, "goes"), []);
    assert!(pair.sends_to_room(1, "b") && !pair.sends_to_room(1, "a"));
    assert!(pair.is_synced(1));
}
