use std::collections::HashSet;
use std::sync::LazyLock;

use super::*;
use crate::registry::sample::session;
use crate::session::{Frame, RoomName, SendError, SessionId};
use crate::site::{Site, sample};

static NEWEST: LazyLock<Arc<Site>> = LazyLock::new(|| site(OnDuplicate::Newest));
static ALL: LazyLock<Arc<Site>> = LazyLock::new(|| site(OnDuplicate::All));
static REJECT: LazyLock<Arc<Site>> = LazyLock::new(|| site(OnDuplicate::Reject));
static CLOSE_OLDER: LazyLock<Arc<Site>> = LazyLock::new(|| site(OnDuplicate::CloseOlder));

fn site(policy: OnDuplicate) -> Arc<Site> {
    sample("/<id>", policy)
}

/// A session whose client is told that it is open, and whose `#[on_open]` runs.
fn opening(registry: &Arc<Registry>, site: &Arc<Site>, key: &str) -> Registered {
    registry
        .register(session(site), Some(Key::new(key)))
        .unwrap()
}

fn opened(registry: &Arc<Registry>, site: &Arc<Site>, key: &str) -> Registered {
    let registered = opening(registry, site, key);
    accepted(&registered);
    registered
}

/// What the place of a connection does when its endpoint has accepted it.
fn accepted(registered: &Registered) {
    registered.session().outbox().accept();
    registered.accept();
}

fn reached(registry: &Arc<Registry>, key: &str) -> Vec<SessionId> {
    let targets = registry.targets(None, &Key::new(key));
    targets.iter().map(Session::id).collect()
}

#[test]
fn a_session_is_found_from_its_handshake_to_its_drop() {
    let registry = Arc::new(Registry::new());
    let registered = opening(&registry, &NEWEST, "1");
    let count = || registry.count(NEWEST.endpoint);
    assert_eq!(reached(&registry, "1"), [registered.session().id()]);
    assert_eq!(count(), 1);
    accepted(&registered);
    assert_eq!(reached(&registry, "1"), [registered.session().id()]);
    assert_eq!(count(), 1);
    registered.close();
    assert_eq!(count(), 0);
    drop(registered);
    assert_eq!((reached(&registry, "1"), registry.held_keys()), (vec![], 0));
}

#[test]
fn a_key_that_is_taken_is_rejected_until_its_holder_is_gone() {
    let registry = Arc::new(Registry::new());
    let first = registry
        .register(session(&REJECT), Some(Key::new("1")))
        .unwrap();
    let second = || registry.register(session(&REJECT), Some(Key::new("1")));
    assert!(second().is_err(), "taken by a handshake");
    accepted(&first);
    first.close();
    assert!(second().is_err(), "its last handler still runs");
    drop(first);
    assert!(second().is_ok());
}

#[test]
fn an_older_session_is_closed_by_one_that_was_accepted_and_not_by_a_mere_handshake() {
    let registry = Arc::new(Registry::new());
    let older = opened(&registry, &CLOSE_OLDER, "1");
    let newer = opening(&registry, &CLOSE_OLDER, "1");
    assert!(
        older.session().is_open(),
        "the newer one is not accepted yet"
    );
    accepted(&newer);
    assert!(!older.session().is_open());
    drop(older);
    assert_eq!(reached(&registry, "1"), [newer.session().id()]);
}

#[test]
fn an_older_session_keeps_the_key_until_the_newer_one_is_accepted() {
    for site in [&NEWEST, &CLOSE_OLDER] {
        let registry = Arc::new(Registry::new());
        let older = opened(&registry, site, "1");
        let newer = opening(&registry, site, "1");
        assert_eq!(reached(&registry, "1"), [older.session().id()]);
        accepted(&newer);
        assert_eq!(reached(&registry, "1"), [newer.session().id()]);
    }
    let registry = Arc::new(Registry::new());
    let older = opened(&registry, &ALL, "1");
    let newer = opening(&registry, &ALL, "1");
    let both = [older.session().id(), newer.session().id()];
    assert_eq!(reached(&registry, "1"), both);
}

#[test]
fn a_session_that_is_being_opened_is_reached_when_the_older_one_has_gone() {
    let registry = Arc::new(Registry::new());
    let older = opened(&registry, &NEWEST, "1");
    let newer = opening(&registry, &NEWEST, "1");
    older.session().close();
    assert_eq!(reached(&registry, "1"), [newer.session().id()]);
}

#[test]
fn a_session_that_was_closed_while_it_opened_takes_the_key_from_nobody() {
    let registry = Arc::new(Registry::new());
    let older = opened(&registry, &CLOSE_OLDER, "1");
    let newer = opening(&registry, &CLOSE_OLDER, "1");
    newer.session().close();
    accepted(&newer);
    assert!(older.session().is_open());
    assert_eq!(reached(&registry, "1"), [older.session().id()]);
}

#[test]
fn a_handshake_that_was_never_finished_leaves_a_handle_that_is_closed_and_in_no_room() {
    let registry = Arc::new(Registry::new());
    let registered = opening(&registry, &NEWEST, "1");
    let session = registered.session().clone();
    let room = RoomName::new("a handshake that was never finished".into()).unwrap();
    join(room.clone(), &session).unwrap();
    drop(registered);
    assert!(!session.is_open());
    assert_eq!(ROOMS.len(&room), 0);
    assert!(session.outbox().push(&Frame::new("late").unwrap()).is_err());
}

#[test]
fn a_session_that_opens_while_the_server_drains_is_closed() {
    let registry = Arc::new(Registry::new());
    let before = opened(&registry, &NEWEST, "1");
    registry.drain();
    let after = opened(&registry, &NEWEST, "2");
    assert!(!before.session().is_open() && !after.session().is_open());
}

/// Acceptance test (d): whatever happens in whatever order, the registry knows exactly who is there.
#[test]
fn a_thousand_random_steps_leave_the_registry_equal_to_a_model() {
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Open(u8),
        Close(usize),
        Drop(usize),
    }
    let step = prop_oneof![
        (0..4_u8).prop_map(Step::Open),
        any::<prop::sample::Index>().prop_map(|at| Step::Close(at.index(1000))),
        any::<prop::sample::Index>().prop_map(|at| Step::Drop(at.index(1000))),
    ];
    proptest!(ProptestConfig::with_cases(32), |(steps in prop::collection::vec(step, 1000))| {
        let registry = Arc::new(Registry::new());
        // Each with its key and whether it is open; the newest last.
        let mut model: Vec<(String, bool, Registered)> = Vec::new();
        for step in steps {
            match step {
                Step::Open(key) => {
                    let site = if key < 2 { &NEWEST } else { &ALL };
                    let key = key.to_string();
                    let registered = opened(&registry, site, &key);
                    model.push((key, true, registered));
                }
                Step::Close(at) if !model.is_empty() => {
                    let at = at % model.len();
                    model[at].1 = false;
                    model[at].2.session().close();
                }
                Step::Drop(at) if !model.is_empty() => {
                    model.remove(at % model.len());
                }
                Step::Close(_) | Step::Drop(_) => {}
            }
            for key in ["0", "1", "2", "3"] {
                let open = model.iter().rev().filter(|(of, open, _)| of == key && *open);
                let wanted = if key < "2" { 1 } else { usize::MAX };
                let expected: Vec<_> = open.take(wanted).map(|(.., it)| it.session().id()).collect();
                prop_assert_eq!(reached(&registry, key), expected);
            }
        }
        let held: HashSet<_> = model.iter().map(|(key, ..)| key).collect();
        prop_assert_eq!(registry.held_keys(), held.len());
        drop(model);
        prop_assert_eq!(registry.held_keys(), 0);
        prop_assert_eq!(registry.members().len(), 0);
    });
}

#[test]
fn a_broadcast_reaches_who_is_open_or_about_to_be_and_nobody_else() {
    let registry = Arc::new(Registry::new());
    let endpoint = NEWEST.endpoint;
    let registries = [Arc::clone(&registry)];
    let frame = Frame::new("news").unwrap();
    let reached = || {
        deliver_to_all(&registries, endpoint, &frame, &[])
            .unwrap()
            .sessions
    };
    assert_eq!(reached(), 0);
    let first = opened(&registry, &ALL, "1");
    let second = opening(&registry, &ALL, "2");
    assert_eq!(reached(), 2, "the second gets it when it is accepted");
    accepted(&second);
    assert_eq!(reached(), 2);
    first.session().close();
    assert_eq!(reached(), 1, "the first has said goodbye");
    second.close();
    assert_eq!(reached(), 0);
}

#[test]
fn a_push_to_a_full_session_closes_it_and_one_to_the_others_goes_on() {
    let registry = Arc::new(Registry::new());
    let slow = opened(&registry, &ALL, "1");
    let quick = opened(&registry, &ALL, "1");
    let frame = Frame::new("x".repeat(1000)).unwrap();
    slow.session().outbox().push(&frame).unwrap();
    let registries = [Arc::clone(&registry)];
    let delivered = deliver_to_key(&registries, None, &frame, &Key::new("1")).unwrap();
    assert_eq!(delivered.sessions, 1);
    assert!(!slow.session().is_open() && quick.session().is_open());
    drop(quick);
    let offline = deliver_to_key(&registries, None, &frame, &Key::new("1"));
    assert!(matches!(offline, Err(SendError::Offline { key }) if key == "1"));
}
