//! Messages that are passed on in parts, as they arrive.

use proptest::prelude::*;

use super::join::join;
use super::traffic::{encode, messages, pieces};
use super::*;

const BOTH: InParts = InParts {
    text: true,
    binary: true,
};

fn in_parts() -> Decoder {
    Decoder::new(Role::Server, LIMITS).in_parts(BOTH)
}

fn text_part(part: &str, position: Position) -> Event<'static> {
    Event::TextPart(Cow::Owned(part.to_owned()), position)
}

fn binary_part(part: &[u8], position: Position) -> Event<'static> {
    Event::BinaryPart(Cow::Owned(part.to_vec()), position)
}

#[track_caller]
fn gives(wire: &Wire, lengths: &[usize], events: &[Event<'static>], error: Option<ProtocolError>) {
    let (got, failed) = decode(&mut in_parts(), &wire.0, lengths);
    assert_eq!((got.as_slice(), failed), (events, error));
}

#[test]
fn each_fragment_is_a_part_as_soon_as_it_is_there() {
    let wire = Wire::default()
        .frame(Opcode::Text, false, b"Hel")
        .whole(Opcode::Ping, b"between")
        .frame(Opcode::Continuation, false, b"l")
        .frame(Opcode::Continuation, true, b"o")
        .frame(Opcode::Binary, false, b"\xff")
        .frame(Opcode::Continuation, true, b"\xfe");
    let events = [
        text_part("Hel", Position::First),
        Event::Ping(control(b"between")),
        text_part("l", Position::Middle),
        text_part("o", Position::Last),
        binary_part(b"\xff", Position::First),
        binary_part(b"\xfe", Position::Last),
    ];
    // Small frames are not cut, even if the network cuts them.
    for lengths in [&[] as &[usize], &[1], &[7, 2]] {
        gives(&wire, lengths, &events, None);
    }
}

#[test]
fn a_message_in_one_frame_is_whole() {
    let wire = Wire::default()
        .whole(Opcode::Text, b"whole")
        .whole(Opcode::Binary, b"");
    for lengths in [&[] as &[usize], &[1]] {
        gives(&wire, lengths, &[text("whole"), binary(b"")], None);
    }
}

#[test]
fn only_the_last_part_may_be_empty() {
    let wire = Wire::default()
        .frame(Opcode::Text, false, b"")
        .frame(Opcode::Continuation, false, b"text")
        .frame(Opcode::Continuation, false, b"")
        .frame(Opcode::Continuation, true, b"")
        .frame(Opcode::Binary, false, b"")
        .frame(Opcode::Continuation, true, b"");
    let events = [
        text_part("text", Position::First),
        text_part("", Position::Last),
        binary(b""),
    ];
    gives(&wire, &[], &events, None);
    gives(&wire, &[1], &events, None);
}

#[test]
fn a_large_frame_is_passed_on_while_it_arrives() {
    let payload: Vec<u8> = (0..=u8::MAX).cycle().take(100_000).collect();
    let wire = Wire::default().whole(Opcode::Binary, &payload);
    let (events, error) = decode(&mut in_parts(), &wire.0, &[10_000]);
    assert_eq!(error, None);
    // The first piece includes the header.
    assert_eq!(
        events[0],
        binary_part(&payload[..9_986], Position::First),
        "it is lent out at once"
    );
    assert_eq!(events.len(), 11);
    assert!(join(events) == [binary(&payload)]);
}

/// How the network cuts small frames does not matter, and large ones come in few parts.
#[test]
fn small_pieces_are_held_until_they_are_worth_a_part() {
    let payload = "a€😀".repeat(5_000);
    let wire = Wire::default().whole(Opcode::Text, payload.as_bytes());
    let (events, error) = decode(&mut in_parts(), &wire.0, &[1]);
    assert_eq!(error, None);
    assert_eq!(events.len(), payload.len().div_ceil(4_096));
    assert!(join(events) == [text(&payload)]);
}

#[test]
fn a_part_has_at_most_68_kib() {
    let payload = vec![7; 300_000];
    let wire = Wire::default().whole(Opcode::Binary, &payload);
    // The first piece is one byte too small for a part of its own.
    let header = wire.0.len() - payload.len();
    let (events, error) = decode(&mut in_parts(), &wire.0, &[header + 4095, 300_000]);
    assert_eq!(error, None);
    let sizes = events.iter().map(|event| match event {
        Event::BinaryPart(part, _) => part.len(),
        event => panic!("{event:?}"),
    });
    assert_eq!(sizes.max(), Some(4095 + 64 * 1024));
    assert!(join(events) == [binary(&payload)]);
}

#[test]
fn a_character_between_two_parts_comes_with_the_second_one() {
    let wire = Wire::default()
        .frame(Opcode::Text, false, b"a\xf0\x9f")
        .frame(Opcode::Continuation, false, b"\x98")
        .frame(Opcode::Continuation, true, b"\x80b");
    let events = [
        text_part("a", Position::First),
        text_part("😀b", Position::Last),
    ];
    gives(&wire, &[], &events, None);
    gives(&wire, &[1], &events, None);
}

#[test]
fn invalid_text_is_refused_wherever_it_is_cut() {
    let begun = Wire::default().frame(Opcode::Text, false, b"ok \xe2");
    let first = text_part("ok ", Position::First);
    for bad in [&b"\x28"[..], b"\x82", b""] {
        let wire = Wire(begun.0.clone()).frame(Opcode::Continuation, true, bad);
        for lengths in [&[] as &[usize], &[1]] {
            let error = Some(ProtocolError::InvalidText);
            gives(&wire, lengths, std::slice::from_ref(&first), error);
        }
    }
}

#[test]
fn a_message_in_parts_may_have_any_size_and_any_number_of_fragments() {
    const COUNT: usize = 3 * MAX_FRAGMENTS as usize;
    let fragment = [7; 100];
    let mut wire = Wire::default().frame(Opcode::Binary, false, &fragment);
    for _ in 0..COUNT {
        wire = wire.frame(Opcode::Continuation, false, &fragment);
    }
    wire = wire.frame(Opcode::Continuation, true, &[7; LIMITS.max_binary_size + 1]);
    let (events, error) = decode(&mut in_parts(), &wire.0, &[3_000]);
    assert_eq!(error, None);
    let size = (COUNT + 1) * fragment.len() + LIMITS.max_binary_size + 1;
    assert!(join(events) == [binary(&vec![7; size])]);
}

#[test]
fn an_announced_size_beyond_any_memory_costs_nothing() {
    let wire = Wire::default().raw(b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0abc");
    gives(&wire, &[], &[], None);
}

/// Otherwise a peer could send them without end, and the caller would not notice.
#[test]
fn empty_frames_between_parts_are_counted() {
    let empty = |wire: Wire, count| {
        (0..count).fold(wire, |wire: Wire, _| {
            wire.frame(Opcode::Continuation, false, b"")
        })
    };
    let wire = empty(
        Wire::default().frame(Opcode::Text, false, b"a"),
        MAX_FRAGMENTS - 1,
    );
    let wire = empty(wire.frame(Opcode::Continuation, false, b"b"), MAX_FRAGMENTS);
    let parts = [
        text_part("a", Position::First),
        text_part("b", Position::Middle),
    ];
    gives(&wire, &[], &parts, None);
    let error = ProtocolError::TooManyFragments {
        limit: MAX_FRAGMENTS,
    };
    gives(&empty(wire, 1), &[], &parts, Some(error));
}

#[test]
fn the_other_kind_is_assembled_and_limited() {
    let in_parts = InParts {
        text: false,
        binary: true,
    };
    let mut decoder = Decoder::new(Role::Server, LIMITS).in_parts(in_parts);
    let too_big = [b'x'; LIMITS.max_binary_size + 1];
    let wire = Wire::default()
        .frame(Opcode::Text, false, b"Hel")
        .frame(Opcode::Continuation, true, b"lo")
        .whole(Opcode::Binary, &too_big)
        .whole(Opcode::Text, &too_big);
    let (events, error) = decode(&mut decoder, &wire.0, &[]);
    assert!(join(events) == [text("Hello"), binary(&too_big)]);
    assert_eq!(
        error,
        Some(ProtocolError::MessageTooBig {
            size: 65_537,
            limit: 65_536
        })
    );
}

#[test]
fn a_close_frame_ends_an_unfinished_message() {
    let mut decoder = in_parts();
    let wire = Wire::default()
        .frame(Opcode::Text, false, b"a\xe2")
        .raw(b"\x88\x80\0\0\0\0");
    let (events, error) = decode(&mut decoder, &wire.0, &[]);
    let expected = [text_part("a", Position::First), Event::Close(None)];
    assert_eq!((events.as_slice(), error), (expected.as_slice(), None));
    assert!(!decoder.is_mid_message());
}

proptest! {
    #[test]
    fn any_traffic_cut_anywhere_gives_parts_that_join_to_its_messages(
        messages in messages(),
        key in any::<[u8; 4]>(),
        pieces in pieces(),
    ) {
        let frames: Vec<_> = messages.iter().flat_map(|message| message.frames()).collect();
        let wire = encode(&frames, Some(&[key]));
        let expected: Vec<_> = messages.iter().flat_map(|message| message.events()).collect();
        let mut decoder = in_parts();
        let (events, error) = decode(&mut decoder, &wire, &pieces);
        prop_assert_eq!((join(events), error), (expected, None));
        prop_assert!(!decoder.is_mid_message());
    }
}
