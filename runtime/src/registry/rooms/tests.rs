use std::sync::Barrier;
use std::thread;

use super::*;
use crate::registry::sample::session;
use crate::session::CloseRequest;
use crate::site::{OnDuplicate, sample};

fn name(text: &str) -> RoomName {
    RoomName::new(text.into()).unwrap()
}

fn begun() -> Session {
    session(&sample("/<id>", OnDuplicate::Newest))
}

fn rooms_held(rooms: &Rooms) -> usize {
    let held = |shard: &Mutex<HashMap<RoomName, Occupants>>| shard.lock().unwrap().len();
    rooms.shards.iter().map(held).sum()
}

#[test]
fn an_empty_room_leaves_nothing_behind() {
    let rooms = Rooms::new();
    let [one, other] = [begun(), begun()];
    assert_eq!(rooms.join(name("a"), &one), Ok(true));
    assert_eq!(rooms.join(name("a"), &one), Ok(false));
    assert_eq!(rooms.join(name("a"), &other), Ok(true));
    assert_eq!((rooms.len(&name("a")), rooms_held(&rooms)), (2, 1));
    assert!(rooms.leave(&name("a"), &one));
    assert!(!rooms.leave(&name("a"), &one));
    assert!(!rooms.leave(&name("b"), &one));
    assert!(rooms.leave(&name("a"), &other));
    assert_eq!((rooms.len(&name("a")), rooms_held(&rooms)), (0, 0));
}

#[test]
fn who_says_goodbye_cannot_join() {
    let rooms = Rooms::new();
    let late = begun();
    let request = CloseRequest::app(crate::session::CloseCode::NORMAL, "");
    late.outbox().close(request);
    assert_eq!(rooms.join(name("a"), &late), Err(JoinError::Closed));
    assert_eq!(rooms_held(&rooms), 0);
}

#[test]
fn a_session_may_be_in_256_rooms() {
    let rooms = Rooms::new();
    let session = begun();
    for number in 0..256 {
        assert_eq!(rooms.join(name(&number.to_string()), &session), Ok(true));
    }
    let one_more = rooms.join(name("one more"), &session);
    assert_eq!(one_more, Err(JoinError::TooMany { max: 256 }));
    assert_eq!(rooms.join(name("7"), &session), Ok(false), "it is in there");
    assert!(rooms.leave(&name("7"), &session));
    assert_eq!(rooms.join(name("one more"), &session), Ok(true));
}

/// Whoever is first: a session that has ended is in no room.
#[test]
fn a_session_that_ends_while_others_let_it_join_is_in_no_room() {
    const THREADS: usize = 4;
    for round in 0..200 {
        let session = begun();
        let room = |thread| name(&format!("{round} {thread}"));
        let start = Barrier::new(THREADS + 1);
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (session, start) = (&session, &start);
                scope.spawn(move || {
                    start.wait();
                    for _ in 0..20 {
                        let _ = ROOMS.join(room(thread), session);
                        ROOMS.leave(&room(thread), session);
                        let _ = ROOMS.join(room(thread), session);
                    }
                });
            }
            start.wait();
            leave_all(&session);
        });
        for thread in 0..THREADS {
            assert_eq!(ROOMS.len(&room(thread)), 0);
            assert_eq!(ROOMS.join(room(thread), &session), Err(JoinError::Closed));
        }
    }
}
