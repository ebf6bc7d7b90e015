use proptest::prelude::*;

use super::*;
use crate::cluster::wire::Entry;

/// Numbers at both ends of what there is.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..4_u64, u64::MAX - 3..=u64::MAX]
}

fn session() -> impl Strategy<Value = SessionId> {
    (0..3_u64).prop_map(|bits| SessionId::from_bits([bits, bits]))
}

fn announced() -> impl Strategy<Value = Announced> {
    ((0..3_u8), session(), number()).prop_map(|(key, session, stamp)| {
        Announced::new(shared(&key.to_string()), session, stamp, place(NEWEST))
    })
}

fn a_room() -> impl Strategy<Value = RoomName> {
    (0..3_u8).prop_map(|name| room(&name.to_string()))
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        announced().prop_map(Change::Joined),
        (0..3_u8, session()).prop_map(|(key, session)| Change::Left {
            key: shared(&key.to_string()),
            session: session.to_bits(),
        }),
        a_room().prop_map(Change::Occupied),
        a_room().prop_map(Change::Vacated),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        announced().prop_map(Entry::Session),
        a_room().prop_map(Entry::Room),
    ]
}

fn packet() -> impl Strategy<Value = Packet> {
    let changes = prop::collection::vec(change(), 0..3);
    let entries = prop::collection::vec(entry(), 0..3);
    let pages = prop_oneof![0..4_u32, u32::MAX - 1..=u32::MAX];
    prop_oneof![
        (number(), number(), any::<bool>()).prop_map(|(seq, clock, hello)| Packet::Alive {
            seq,
            clock,
            beat: clock,
            hello,
        }),
        (number(), number(), changes).prop_map(|(seq, clock, changes)| Packet::Changes {
            seq,
            clock,
            changes,
        }),
        Just(Packet::Goodbye),
        Just(Packet::AskAll),
        (number(), number(), 0..4_u32, pages, entries).prop_map(
            |(seq, answer, page, pages, entries)| Packet::All {
                seq,
                clock: seq,
                answer,
                page,
                pages,
                entries,
            }
        ),
    ]
}

proptest! {
    /// Whoever may publish at the broker may say what it likes: nobody panics, and what this node has stays.
    #[test]
    fn whatever_others_say_this_node_knows_its_own(
        packets in prop::collection::vec(
            (0..3_usize, packet(), 0..1500_u64, any::<bool>()),
            0..60,
        ),
    ) {
        let mut now = Instant::now();
        let me = NodeId::random();
        let others = [NodeId::random(), NodeId::random(), me];
        let mut directory = Directory::new(me, 1024, now);
        let own = SessionId::random();
        directory.join(&shared("0"), own, place(NEWEST), now);
        directory.occupy(&room("0"));
        for (from, packet, passed, is_newest) in packets {
            now += Duration::from_millis(passed);
            directory.tick(Some(1), now);
            directory.receive(others[from], packet, is_newest, now);
            while directory.next(now).is_some() {}
            let found = directory.find(&Key::new("0"));
            prop_assert!(found.iter().any(|found| found.session == own && found.node == me));
            prop_assert!(directory.rooms.nodes(&room("0")).contains(&me));
            prop_assert!(directory.peers() <= 2);
        }
    }
}
