use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::registry::sample::session;
use crate::site::{Site, sample};

thread_local! {
    static LOOKS: Cell<u64> = const { Cell::new(0) };
}

/// Counts that a push looks at a session.
pub(super) fn look() {
    LOOKS.set(LOOKS.get() + 1);
}

fn site(policy: OnDuplicate) -> Arc<Site> {
    sample("/<id>", policy)
}

fn online(site: &Arc<Site>) -> Session {
    let session = session(site);
    session.outbox().accept();
    session
}

fn ids(sessions: &[Session]) -> HashSet<SessionId> {
    sessions.iter().map(Session::id).collect()
}

#[test]
fn ten_thousand_sessions_of_a_key_cost_a_push_no_more_than_one_and_all_who_want_it_once() {
    for policy in [OnDuplicate::Newest, OnDuplicate::All] {
        let (many, other) = (site(policy), site(OnDuplicate::Newest));
        let mut holders = Holders::default();
        let sessions: Vec<_> = (0..10_000).map(|_| online(&many)).collect();
        let beside = online(&other);
        let before = LOOKS.get();
        for session in sessions.iter().chain([&beside]) {
            holders.open(session.clone());
            holders.accept(session);
        }
        assert_eq!(LOOKS.get(), before, "nobody is looked at when one comes");
        let (targets, wanted) = (holders.targets(None), LOOKS.get() - before);
        let expected = if policy == OnDuplicate::All {
            10_001
        } else {
            2
        };
        assert_eq!((targets.len(), wanted), (expected, expected as u64));
        assert_eq!(holders.count_rivals(&sessions[0]), 10_000);
        for session in &sessions {
            holders.remove(session);
        }
        assert_eq!(ids(&holders.targets(None)), ids(&[beside]));
    }
}

proptest! {
    /// However many there are, the same is said as where each is looked at.
    #[test]
    fn many_are_what_few_are(
        steps in prop::collection::vec((0..5_u8, 0..40_usize, 0..3_usize), 1..150),
    ) {
        let sites = [OnDuplicate::Newest, OnDuplicate::All, OnDuplicate::CloseOlder].map(site);
        let mut sessions: Vec<Session> = Vec::new();
        let mut few: SmallVec<[Holder; 1]> = SmallVec::new();
        let mut many = Holders::Many(Box::default());
        for (step, at, of) in steps {
            let chosen = sessions.get(at % sessions.len().max(1)).cloned();
            // A list that never becomes a crowd says what is right.
            let mut plain = Holders::Few(few);
            match (step, chosen) {
                (1, Some(session)) if plain.find(session.id()).is_some() => {
                    many.accept(&session);
                    plain.remove(&session);
                    if let Holders::Few(few) = &mut plain {
                        few.push(Holder { session, is_accepted: true });
                    }
                }
                (2, Some(session)) => {
                    many.remove(&session);
                    plain.remove(&session);
                }
                (3, Some(session)) => {
                    let (rivals, expected) = (many.take_rivals(&session), plain.take_rivals(&session));
                    prop_assert_eq!(ids(&rivals), ids(&expected));
                }
                (4, Some(session)) => session.outbox().end(),
                _ => {
                    let session = online(&sites[of]);
                    sessions.push(session.clone());
                    many.open(session.clone());
                    if let Holders::Few(few) = &mut plain {
                        few.push(Holder { session, is_accepted: false });
                    }
                }
            }
            prop_assert_eq!(ids(&many.targets(None)), ids(&plain.targets(None)));
            prop_assert_eq!(many.is_online(None), plain.is_online(None));
            prop_assert_eq!(many.is_empty(), plain.is_empty());
            let lists = [&many, &plain].map(|holders| {
                let mut list = Vec::new();
                holders.list_online(None, &mut list);
                list.iter().map(Session::id).collect::<Vec<_>>()
            });
            prop_assert_eq!(&lists[0], &lists[1]);
            for session in &sessions {
                prop_assert_eq!(many.count_rivals(session), plain.count_rivals(session));
                prop_assert_eq!(many.find(session.id()).is_some(), plain.find(session.id()).is_some());
            }
            few = match plain {
                Holders::Few(few) => few,
                Holders::Many(_) => unreachable!("it is never that many"),
            };
        }
    }
}
