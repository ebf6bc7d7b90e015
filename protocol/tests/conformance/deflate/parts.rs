//! Compressed messages that are passed on in parts.

use super::super::join::join;
use super::*;

/// No part is larger, whatever a peer compresses.
const LARGEST_PART: usize = 66 * 1024;

fn in_parts(takeover: bool) -> Decoder {
    server(takeover, LIMITS).in_parts(InParts {
        text: true,
        binary: true,
    })
}

#[test]
fn a_bomb_comes_in_parts_of_bounded_size() {
    const SIZE: usize = 5_000_000;
    for byte in [b'x', 0] {
        let bomb = miniz_oxide::deflate::compress_to_vec(&vec![byte; SIZE], 9);
        for lengths in [&[] as &[usize], &[1], &[1_000]] {
            for opcode in [Opcode::Text, Opcode::Binary] {
                let wire = Compressed::default().whole(opcode, &bomb);
                let mut decoder = in_parts(false);
                let mut size = 0;
                let mut pieces = lengths.iter().copied().cycle();
                let mut rest = wire.0;
                while !rest.is_empty() {
                    let length = pieces.next().unwrap_or(rest.len()).min(rest.len());
                    let others = rest.split_off(length);
                    let mut input = rest.as_mut_slice();
                    while let Some(event) = decoder.decode(&mut input).unwrap() {
                        let part = match event {
                            Event::TextPart(text, _) => text.len(),
                            Event::BinaryPart(bytes, _) => bytes.len(),
                            event => panic!("{event:?}"),
                        };
                        assert!(part <= LARGEST_PART, "{part}");
                        size += part;
                    }
                    rest = others;
                }
                assert_eq!(size, SIZE);
                assert!(!decoder.is_mid_message());
            }
        }
    }
}

#[test]
fn a_small_message_is_whole_and_a_fragment_is_a_part() {
    for takeover in [false, true] {
        for lengths in [&[] as &[usize], &[1]] {
            let (first, last) = HELLO.split_at(3);
            let wire = Compressed::default()
                .whole(Opcode::Text, HELLO)
                .first(Opcode::Text, false, first)
                .plain(Opcode::Continuation, true, last);
            let (events, error) = decode(&mut in_parts(takeover), &wire.0, lengths);
            assert_eq!(error, None);
            assert_eq!(events[0], text("Hello"));
            assert!(events.len() > 2, "{events:?}");
            assert_eq!(join(events), [text("Hello"), text("Hello")]);
        }
    }
}

#[test]
fn a_character_between_two_fragments_comes_with_the_second_one() {
    // Stored blocks, so that the cut is inside the character.
    let stored = |bytes: &[u8]| {
        let length = u16::try_from(bytes.len()).unwrap();
        let mut block = vec![0];
        block.extend(length.to_le_bytes());
        block.extend((!length).to_le_bytes());
        block.extend(bytes);
        block
    };
    let wire = Compressed::default()
        .first(Opcode::Text, false, &stored(b"a\xe2\x82"))
        .plain(
            Opcode::Continuation,
            true,
            &[stored(b"\xac"), vec![0]].concat(),
        );
    let (events, error) = decode(&mut in_parts(false), &wire.0, &[]);
    let expected = [
        Event::TextPart("a".into(), Position::First),
        Event::TextPart("€".into(), Position::Last),
    ];
    assert_eq!((events.as_slice(), error), (expected.as_slice(), None));
}

#[test]
fn invalid_data_is_refused_after_the_parts_before_it() {
    let wire = Compressed::default()
        .first(Opcode::Binary, false, b"\x00\x03\x00\xfc\xffabc")
        .plain(Opcode::Continuation, true, b"\xff\xff");
    for lengths in [&[] as &[usize], &[1]] {
        let (events, error) = decode(&mut in_parts(false), &wire.0, lengths);
        let expected = [Event::BinaryPart(b"abc".into(), Position::First)];
        assert_eq!(events, expected);
        assert_eq!(error, Some(ProtocolError::InvalidDeflate));
    }
}
