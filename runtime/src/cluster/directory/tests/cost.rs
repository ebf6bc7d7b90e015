//! What many sessions cost: operations are counted, and not the time.

use super::*;
use crate::cluster::directory::table::counted::looks;

/// So many connections.
const MANY: u64 = 10_000;

/// Looks at a session that one step may take: a few, and some for the size of a table that is searched.
const EACH: u64 = 24;

const POLICIES: [OnDuplicate; 4] = [
    OnDuplicate::Newest,
    OnDuplicate::All,
    OnDuplicate::CloseOlder,
    OnDuplicate::Reject,
];

#[test]
fn ten_thousand_connections_with_one_key_at_one_node_cost_no_more_than_as_many_keys() {
    for policy in POLICIES {
        let mut pair = Pair::new();
        let (come, sessions) = looks(|| {
            let sessions = (0..MANY).map(|_| pair.join(0, "1", policy));
            let sessions: Vec<_> = sessions.collect();
            pair.talk();
            sessions
        });
        assert!(
            come < 2 * MANY * EACH,
            "{policy:?}: {come} looks for all to come"
        );
        let key = Key::new("1");
        for at in [0, 1] {
            let (push, found) = looks(|| pair.nodes[at].find_newest(&key));
            assert!(push < EACH, "{policy:?}: {push} looks for one push");
            // One question, to the node that has them.
            assert_eq!(found.len(), 1);
            assert_eq!(
                (found[0].node, Some(&found[0].session)),
                (pair.ids[0], sessions.last())
            );
        }
        let (elsewhere, _) = looks(|| pair.nodes[1].is_taken(&key, place(policy), 0));
        assert!(
            elsewhere < EACH,
            "{policy:?}: {elsewhere} looks for who is elsewhere"
        );
        // They leave in the order in which they came, which is the worst for a list.
        let (go, ()) = looks(|| {
            for session in &sessions {
                pair.nodes[0].leave(&shared("1"), *session);
            }
            pair.talk();
        });
        assert!(go < 2 * MANY * EACH, "{policy:?}: {go} looks for all to go");
        assert_eq!(pair.nodes.each_ref().map(Directory::len), [0, 0]);
    }
}

/// While the nodes find each other again, each tells all that it has, and each of the others looks at no more than that.
#[test]
fn a_node_that_tells_all_it_has_or_dies_costs_what_it_has() {
    let mut pair = Pair::new();
    for number in 0..MANY {
        pair.join(0, &number.to_string(), NEWEST);
    }
    for number in 0..10 {
        pair.join(1, &number.to_string(), NEWEST);
        pair.nodes[1].occupy(&room(&number.to_string()));
    }
    pair.talk();
    let now = pair.now;
    let to = pair.ids[0];
    let (told, pages) = looks(|| pair.nodes[1].pages(to, now));
    assert!(told < 10 * EACH, "{told} looks to tell all");
    let (heard, _) = looks(|| pair.perform(1, pages));
    assert!(heard < 10 * EACH, "{heard} looks to hear all");
    let (forgotten, _) = looks(|| pair.nodes[0].forget(pair.ids[1]));
    assert!(forgotten < 10 * EACH, "{forgotten} looks to forget it");
    assert_eq!(pair.nodes[0].len() as u64, MANY);
    assert_eq!(pair.nodes[0].rooms.len(), 0);
}
