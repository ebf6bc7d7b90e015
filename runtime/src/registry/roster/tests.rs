use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::registry::sample::session;
use crate::session::SessionId;
use crate::site::{OnDuplicate, Site, sample};

static SITE: LazyLock<Arc<Site>> = LazyLock::new(|| sample("/<id>", OnDuplicate::Newest));

fn sessions(count: usize) -> Vec<Session> {
    (0..count).map(|_| session(&SITE)).collect()
}

fn ids<'s>(sessions: impl Iterator<Item = &'s Session>) -> Vec<SessionId> {
    let mut ids: Vec<_> = sessions.map(Session::id).collect();
    ids.sort();
    ids
}

#[test]
fn a_session_is_in_once_and_out_once() {
    let mut roster = Roster::default();
    let [one, other] = [session(&SITE), session(&SITE)];
    assert!(roster.take(&one).is_none());
    assert!(roster.insert(one.clone()));
    assert!(!roster.insert(one.clone()));
    assert!(roster.take(&other).is_none(), "it was never in");
    assert_eq!((roster.len(), roster.is_empty()), (1, false));
    assert_eq!(roster.take(&one), Some(one.clone()));
    assert_eq!(roster.take(&one), None);
    assert!(roster.is_empty());
}

#[test]
fn a_snapshot_stays_as_it_was() {
    let mut roster = Roster::default();
    let all = sessions(200);
    for session in &all[..100] {
        roster.insert(session.clone());
    }
    let snapshot = roster.snapshot();
    for session in &all[..50] {
        roster.take(session);
    }
    for session in &all[100..] {
        roster.insert(session.clone());
    }
    assert_eq!(ids(snapshot.iter()), ids(all[..100].iter()));
    assert_eq!(ids(roster.iter()), ids(all[50..].iter()));
}

#[test]
fn a_snapshot_and_a_change_cost_no_more_than_the_pieces() {
    let mut roster = Roster::default();
    let all = sessions(4096);
    for session in &all {
        roster.insert(session.clone());
    }
    let pieces = roster.pieces.len();
    assert!(
        (4096 / FULL..=4096 / FULL * 2).contains(&pieces),
        "{pieces}"
    );
    let snapshot = roster.snapshot();
    roster.take(&all[0]);
    let shared = |(one, other): &(&Arc<_>, &Arc<_>)| Arc::ptr_eq(one, other);
    let same = roster.pieces.iter().zip(&snapshot.0).filter(shared);
    assert_eq!(same.count(), pieces - 1, "one piece was copied");
    drop(snapshot);
    for session in &all {
        roster.take(session);
    }
    assert_eq!((roster.len(), roster.pieces.len()), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whoever comes and goes in whatever order, it is the set that it should be, spread as it should be.
    #[test]
    fn it_equals_a_model(steps in prop::collection::vec((0..4_u8, 0..400_usize), 2000)) {
        let all = sessions(400);
        let mut roster = Roster::default();
        let mut model = HashSet::new();
        let mut snapshots = Vec::new();
        for (at, (step, who)) in steps.into_iter().enumerate() {
            // The first half of the steps mostly come, the second mostly go.
            if step < if at < 1000 { 3 } else { 1 } {
                prop_assert_eq!(roster.insert(all[who].clone()), model.insert(who));
            } else {
                prop_assert_eq!(roster.take(&all[who]).is_some(), model.remove(&who));
            }
            prop_assert_eq!(roster.len(), model.len());
            let count = roster.pieces.len();
            // Two that are beside each other have more than `JOINED`, and a last one has somebody.
            prop_assert!(model.len() > count / 2 * JOINED && model.len() <= count * FULL || count <= 1);
            prop_assert!(roster.iter().is_sorted_by_key(|session| session.address()));
            prop_assert!(roster.pieces.iter().all(|piece| (1..=FULL).contains(&piece.len())));
            if at % 100 == 0 {
                snapshots.push((roster.snapshot(), model.clone()));
            }
        }
        snapshots.push((roster.snapshot(), model));
        for (snapshot, model) in snapshots {
            prop_assert_eq!(ids(snapshot.iter()), ids(model.iter().map(|&who| &all[who])));
        }
    }
}
