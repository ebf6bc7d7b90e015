use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::site::OnDuplicate;

fn node(number: u64) -> NodeId {
    NodeId::from_bits(number)
}

fn found(at: u64, session: u64, stamp: u64, site: u64) -> Found {
    Found {
        node: node(at),
        session: SessionId::from_bits([session, session]),
        stamp,
        place: Place {
            site,
            endpoint: 1,
            policy: OnDuplicate::All,
        },
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, u64, u64, u64, u64),
    Remove(u8, u64, u64),
    Keep(u64, u64),
    Shift(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..3_u8, 0..3_u64, 0..60_u64, 0..9_u64, 0..2_u64)
            .prop_map(|(key, at, session, stamp, site)| Step::Insert(key, at, session, stamp, site)),
        6 => (0..3_u8, 0..3_u64, 0..60_u64)
            .prop_map(|(key, at, session)| Step::Remove(key, at, session)),
        1 => (0..3_u64, 0..60_u64).prop_map(|(at, below)| Step::Keep(at, below)),
        1 => (0..3_u64).prop_map(Step::Shift),
    ]
}

proptest! {
    /// Against a list of all sessions that is looked through from end to end.
    #[test]
    fn it_knows_what_a_plain_list_knows(steps in prop::collection::vec(step(), 0..400)) {
        let mut table = Table::default();
        let mut list: BTreeMap<(u8, u64, u64), (u64, u64)> = BTreeMap::new();
        let key = |key: u8| Key::new(key);
        for step in steps {
            match step {
                Step::Insert(of, at, session, stamp, site) => {
                    let is_first = !list.keys().any(|(other, ..)| *other == of);
                    let found = found(at, session, stamp, site);
                    prop_assert_eq!(table.insert(found, &key(of)), is_first);
                    list.insert((of, at, session), (stamp, site));
                }
                Step::Remove(of, at, session) => {
                    let was_there = list.remove(&(of, at, session)).is_some();
                    let is_last = !list.keys().any(|(other, ..)| *other == of);
                    let session = SessionId::from_bits([session, session]);
                    let removed = table.remove(node(at), &key(of), session);
                    prop_assert_eq!(removed, was_there.then_some(is_last));
                }
                Step::Keep(at, below) => {
                    let kept = (0..below).map(|session| SessionId::from_bits([session, session]));
                    let mut vanished = table.remove_all_but(node(at), &kept.collect());
                    let before: HashSet<u8> = list.keys().map(|(key, ..)| *key).collect();
                    list.retain(|(_, other, session), _| *other != at || *session < below);
                    let gone = before.into_iter().filter(|of| !list.keys().any(|(key, ..)| key == of));
                    let mut gone: Vec<_> = gone.map(key).collect();
                    vanished.sort_by_key(Key::to_string);
                    gone.sort_by_key(Key::to_string);
                    prop_assert_eq!(vanished, gone);
                }
                Step::Shift(at) => {
                    table.shift(node(at), 4, 3);
                    for ((_, other, _), (stamp, _)) in &mut list {
                        *stamp += 3 * u64::from(*other == at && *stamp > 4);
                    }
                }
            }
            for of in 0..3 {
                let of_key = list.iter().filter(|((other, ..), _)| *other == of);
                let mut all: Vec<_> = of_key
                    .map(|((_, at, session), (stamp, site))| found(*at, *session, *stamp, *site))
                    .collect();
                all.sort_by_key(|found| std::cmp::Reverse(found.age()));
                let by_node = |found: &Found| (found.node, found.session);
                let (mut known, mut expected) = (table.find(&key(of)), all.clone());
                known.sort_by_key(by_node);
                expected.sort_by_key(by_node);
                prop_assert_eq!(known, expected);
                prop_assert_eq!(table.latest(&key(of)), all.first().map(|found| found.stamp));
                let mut groups = HashSet::new();
                all.retain(|found| groups.insert((found.node, found.place)));
                let mut newest = table.find_newest(&key(of));
                newest.sort_by_key(|found| std::cmp::Reverse(found.age()));
                let by_age = |found: &Found| (found.age(), found.node);
                newest.sort_by_key(by_age);
                all.sort_by_key(by_age);
                prop_assert_eq!(newest, all);
            }
            for at in 0..3 {
                let mine = list.keys().filter(|(_, other, _)| *other == at).count();
                prop_assert_eq!(table.announced(node(at)).len(), mine);
            }
        }
        prop_assert!(list.len() + table.len() > 0 || table.of_node.is_empty());
    }
}

#[test]
fn the_sessions_of_a_node_are_found_by_their_age() {
    let mut table = Table::default();
    let key = Key::new("1");
    for session in 0..100 {
        table.insert(found(session % 2, session, session, 1), &key);
    }
    let place = found(0, 0, 0, 1).place;
    let of = |ages: (std::ops::Bound<Age>, std::ops::Bound<Age>)| {
        table.find_at(&key, (node(0), place), ages).len()
    };
    let age = |stamp| (stamp, SessionId::from_bits([stamp, stamp]));
    use std::ops::Bound::{Excluded, Unbounded};
    assert_eq!(of((Unbounded, Excluded(age(10)))), 5);
    assert_eq!(of((Excluded(age(10)), Unbounded)), 44);
}
