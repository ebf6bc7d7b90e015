use proptest::prelude::*;

use super::*;
use crate::site::OnDuplicate;

fn shared(key: &str) -> SharedKey {
    SharedKey::new(&Key::new(key)).unwrap()
}

fn announced(key: &str) -> Announced {
    let place = Place {
        site: u64::MAX,
        endpoint: 7,
        policy: OnDuplicate::CloseOlder,
    };
    Announced::new(shared(key), SessionId::random(), u64::MAX, place)
}

fn packets(key: &str) -> Vec<Packet> {
    let left = Change::Left {
        key: shared(key),
        session: [1, u64::MAX],
    };
    vec![
        Packet::Alive {
            seq: u64::MAX,
            clock: u64::MAX,
            beat: 1,
            hello: true,
        },
        Packet::Changes {
            seq: 1,
            clock: u64::MAX,
            changes: vec![
                Change::Joined(announced(key)),
                left,
                Change::Occupied(room(key)),
                Change::Vacated(room(key)),
            ],
        },
        Packet::Goodbye,
        Packet::AskAll,
        Packet::All {
            seq: 1,
            clock: u64::MAX,
            answer: 3,
            page: 0,
            pages: 1,
            entries: vec![Entry::Session(announced(key)), Entry::Room(room(key))],
        },
        Packet::Where {
            question: 1,
            endpoint: Some(1),
            key: shared(key),
        },
        Packet::Here {
            question: 1,
            sessions: vec![announced(key)],
        },
        Packet::Push {
            site: 1,
            key: shared(key),
            kind: Kind::Text,
        },
        Packet::Ping,
        Packet::Broadcast {
            to: Audience::Room(room(key)),
            kind: Kind::Binary,
        },
        Packet::Broadcast {
            to: Audience::Endpoint(u64::MAX),
            kind: Kind::Pong,
        },
        Packet::Count {
            of: Audience::Room(room(key)),
        },
        Packet::Close {
            whose: Whose::Key {
                endpoint: Some(1),
                key: key.to_owned(),
            },
            code: 4000,
            reason: "bye".to_owned(),
        },
        Packet::Close {
            whose: Whose::User(key.to_owned()),
            code: 1008,
            reason: String::new(),
        },
    ]
}

/// No room has no name.
fn room(name: &str) -> RoomName {
    let name = if name.is_empty() { "r" } else { name };
    RoomName::new(name.into()).unwrap()
}

fn written(packet: &Packet, payload: &[u8]) -> Bytes {
    [write(packet).as_slice(), payload].concat().into()
}

#[test]
fn what_is_written_is_read_and_nothing_else() {
    for key in ["", "1", "a.b *>\0", "Jürgen 🙂", &"x".repeat(MAX_KEY)] {
        for packet in packets(key) {
            let whole = written(&packet, b"");
            assert_eq!(read(&whole), Ok((packet.clone(), Bytes::new())));
            for end in 0..whole.len() {
                assert_eq!(
                    read(&whole.slice(..end)),
                    Err(Malformed),
                    "{packet:?} cut at {end}"
                );
            }
            let longer = written(&packet, b"more");
            match packet {
                Packet::Push { .. } | Packet::Broadcast { .. } => {
                    assert_eq!(read(&longer).unwrap().1, "more");
                }
                _ => assert_eq!(read(&longer), Err(Malformed), "{packet:?}"),
            }
        }
    }
}

#[test]
fn a_key_that_is_too_long_is_refused() {
    let long = SharedKey(Key::new("x".repeat(MAX_KEY + 1)));
    let packet = Packet::Where {
        question: 0,
        endpoint: None,
        key: long,
    };
    assert_eq!(read(&written(&packet, b"")), Err(Malformed));
}

#[test]
fn a_change_is_no_longer_than_is_counted_on() {
    let change = Change::Joined(announced(&"x".repeat(MAX_KEY)));
    assert!(encoded(&change).len() <= MAX_CHANGE);
}

#[test]
fn an_answer_is_read_as_it_was_written_and_not_when_it_is_cut() {
    let answer = Answer {
        sessions: u32::MAX,
        failed: Some(Failed::TooLarge {
            size: u64::MAX,
            limit: 1,
        }),
    };
    let bytes = write_answer(answer);
    assert_eq!(read_answer(&bytes), Ok(answer));
    for end in 0..bytes.len() {
        assert_eq!(read_answer(&bytes[..end]), Err(Malformed));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let bytes = Bytes::from(bytes);
        if let Ok((packet, payload)) = read(&bytes) {
            let again = written(&packet, &payload);
            prop_assert_eq!(read(&again), Ok((packet, payload)));
        }
        let _ = read_answer(&bytes);
    }
}
