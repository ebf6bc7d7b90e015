//! Which of two sessions is the newer, and which of them is closed.

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_session_that_comes_later_is_the_newer_whatever_the_clocks_say() {
    for ages in [[HOUR, Duration::ZERO], [Duration::ZERO, HOUR]] {
        let mut pair = Pair::with_clocks(ages);
        let first = pair.join(0, "1", NEWEST);
        pair.talk();
        let second = pair.join(1, "1", NEWEST);
        pair.talk();
        for at in [0, 1] {
            assert_eq!(pair.found(at, "1"), [second, first]);
        }
    }
}

/// Neither node hears of the other's session when it takes its own.
#[test]
fn of_two_sessions_that_came_during_an_outage_the_later_is_the_newer_whatever_the_clocks_say() {
    for ages in [[HOUR, Duration::ZERO], [Duration::ZERO, HOUR]] {
        for first in [0, 1] {
            let mut pair = Pair::with_clocks(ages);
            let closing = OnDuplicate::CloseOlder;
            let older = pair.join(first, "1", closing);
            let said = pair.lose(first);
            pair.now += Duration::from_millis(500);
            let newer = pair.join(1 - first, "1", closing);
            let said_too = pair.lose(1 - first);
            let close = Effect::Close {
                key: Key::new("1"),
                session: older,
            };
            assert_eq!(pair.arrive(1 - first, &said), []);
            assert_eq!(pair.arrive(first, &said_too), [close]);
            for at in [0, 1] {
                assert_eq!(pair.found(at, "1"), [newer, older]);
            }
        }
    }
}

/// It was open before its node had heard of anybody.
#[test]
fn a_session_of_a_node_that_was_alone_until_now_is_as_old_as_it_is() {
    let now = Instant::now() + HOUR * 2;
    let ids = [NodeId::random(), NodeId::random()];
    let mut pair = Pair {
        now,
        ids,
        nodes: [
            Directory::new(ids[0], 4096, now - HOUR),
            Directory::new(ids[1], 4096, now),
        ],
    };
    let first = pair.join(0, "1", NEWEST);
    pair.now += Duration::from_millis(200);
    let second = pair.join(1, "1", NEWEST);
    pair.now += Duration::from_millis(200);
    let third = pair.join(0, "1", NEWEST);
    pair.pass(SETTLED);
    for at in [0, 1] {
        assert_eq!(pair.found(at, "1"), [third, second, first]);
    }
}

#[test]
fn the_node_of_the_older_session_is_told_to_close_it() {
    let mut pair = Pair::new();
    let closing = OnDuplicate::CloseOlder;
    let older = pair.join(0, "1", closing);
    pair.join(0, "1", NEWEST);
    pair.talk();
    pair.now += Duration::from_millis(1);
    pair.join(1, "1", closing);
    let joined = pair.lose(1);
    let key = Key::new("1");
    let close = Effect::Close {
        key,
        session: older,
    };
    assert_eq!(pair.arrive(0, &joined), [close]);
    assert_eq!(pair.arrive(1, &joined), []);
}

/// Both sides of a split have accepted one: that which came first has the key.
#[test]
fn where_a_key_is_refused_when_taken_the_newer_of_two_sessions_is_closed() {
    for first in [0, 1] {
        let mut pair = Pair::new();
        let older = pair.join(first, "1", OnDuplicate::Reject);
        let said = pair.lose(first);
        pair.now += Duration::from_millis(10);
        let newer = pair.join(1 - first, "1", OnDuplicate::Reject);
        let said_too = pair.lose(1 - first);
        let close = Effect::Close {
            key: Key::new("1"),
            session: newer,
        };
        assert_eq!(pair.arrive(first, &said_too), []);
        assert_eq!(pair.arrive(1 - first, &said), [close]);
        assert_eq!(pair.found(first, "1"), [newer, older]);
    }
    // It is known before the other one is open: the node closes it itself.
    let mut pair = Pair::new();
    pair.join(0, "1", OnDuplicate::Reject);
    pair.talk();
    let (key, now) = (shared("1"), pair.now);
    let second = SessionId::random();
    assert!(!pair.nodes[1].join(&key, second, place(OnDuplicate::Reject), now));
    assert!(pair.nodes[1].join(&key, second, place(NEWEST), now));
}

/// Until its endpoint has accepted it, a session takes a key from nobody, and it is not closed for another one.
#[test]
fn a_session_that_is_being_opened_closes_nobody_and_is_not_closed() {
    for policy in [OnDuplicate::CloseOlder, OnDuplicate::Reject] {
        let mut pair = Pair::new();
        let here = pair.join(0, "1", policy);
        pair.talk();
        let opening = [(); 2].map(|()| SessionId::random());
        for (at, session) in opening.into_iter().enumerate() {
            pair.nodes[at].open(&shared("1"), session, place(policy));
            let said = pair.lose(at);
            assert_eq!(pair.arrive(1 - at, &said), []);
        }
        assert_eq!(pair.found(1, "1")[0], here);
        // It is accepted at the same moment as that of the other node is known.
        let now = pair.now;
        let has_place = pair.nodes[1].join(&shared("1"), opening[1], place(policy), now);
        assert_eq!(has_place, policy == OnDuplicate::CloseOlder);
        let joined = pair.lose(1);
        let closed = pair.arrive(0, &joined);
        let key = Key::new("1");
        let close = Effect::Close { key, session: here };
        let expected = if has_place { vec![close] } else { vec![] };
        assert_eq!(closed, expected);
    }
}
