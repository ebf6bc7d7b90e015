use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::{DeflateConfig, Deflater, WindowBits};
use super::*;

const LIMIT: usize = 100_000;

const TOO_BIG: ProtocolError = ProtocolError::MessageTooBig {
    size: LIMIT as u64 + 1,
    limit: LIMIT,
};

fn inflater(takeover: bool) -> Inflater {
    Inflater::new(&Agreement {
        outgoing_takeover: false,
        outgoing_window_bits: WindowBits::MAX,
        incoming_takeover: takeover,
    })
}

/// Inflates one message that arrives in these pieces, up to [`LIMIT`] bytes.
fn inflate(inflater: &mut Inflater, pieces: &[&[u8]]) -> Result<Vec<u8>, ProtocolError> {
    let mut content = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        inflater.inflate(piece, i + 1 == pieces.len(), |bytes, _| {
            content.extend_from_slice(bytes);
            if content.len() > LIMIT {
                return Err(TOO_BIG);
            }
            Ok(())
        })?;
        assert!(content.len() <= LIMIT);
    }
    Ok(content)
}

fn alone(payload: &[u8]) -> Result<Vec<u8>, ProtocolError> {
    inflate(&mut inflater(false), &[payload])
}

/// Returns a million zeros, compressed.
fn bomb() -> Vec<u8> {
    let stream = miniz_oxide::deflate::compress_to_vec(&vec![0; 1_000_000], 9);
    assert!(stream.len() < 2_000);
    stream
}

#[test]
fn a_bomb_stops_one_piece_beyond_the_limit() {
    let bomb = bomb();
    for pieces in [vec![bomb.as_slice()], bomb.chunks(1).collect()] {
        let mut most = 0;
        let mut inflater = inflater(true);
        let result = pieces.iter().try_for_each(|piece| {
            inflater.inflate(piece, false, |bytes, _| {
                assert!(bytes.len() <= pool::PIECE);
                most += bytes.len();
                if most > LIMIT {
                    return Err(ProtocolError::InvalidText);
                }
                Ok(())
            })
        });
        assert_eq!(result, Err(ProtocolError::InvalidText), "the sink's error");
        assert!(most <= LIMIT + pool::PIECE, "{most}");
        assert!(inflater.state.is_none(), "the state is given up");
    }
}

#[test]
fn without_takeover_nothing_is_held_between_messages() {
    let mut inflater = inflater(false);
    assert!(inflater.state.is_none());
    inflate(&mut inflater, &[b"\xf2\x48\xcd", b"\xc9\xc9\x07\x00"]).unwrap();
    assert!(inflater.state.is_none());
}

#[test]
fn with_takeover_nothing_is_held_before_the_first_message() {
    let mut inflater = inflater(true);
    inflater.inflate(b"", false, |_, _| Ok(())).unwrap();
    assert!(inflater.state.is_none());
    inflate(&mut inflater, &[b"\xf2\x48\xcd\xc9\xc9\x07\x00"]).unwrap();
    assert!(inflater.state.is_some());
}

#[test]
fn state_that_met_invalid_data_does_not_return_to_the_pool() {
    let broken = alone(b"\xf2\x48\xcd\xff\xff\xff");
    assert_eq!(broken, Err(ProtocolError::InvalidDeflate));
    assert_eq!(alone(b"\xf2\x48\xcd\xc9\xc9\x07\x00").unwrap(), b"Hello");
    // A second message on the state of the first one sees nothing of it.
    assert_eq!(
        alone(b"\xf2\x00\x11\x00\x00"),
        Err(ProtocolError::InvalidDeflate)
    );
}

#[test]
fn section_7_2_1_streams_that_end_may_follow_each_other() {
    let hello = b"\xf3\x48\xcd\xc9\xc9\x07\x00";
    for takeover in [false, true] {
        let mut inflater = inflater(takeover);
        // One stream that ends; one, then an unfinished block; two that end.
        assert_eq!(inflate(&mut inflater, &[hello]).unwrap(), b"Hello");
        assert_eq!(inflate(&mut inflater, &[hello, b"\x00"]).unwrap(), b"Hello");
        assert_eq!(
            inflate(&mut inflater, &[hello, hello]).unwrap(),
            b"HelloHello"
        );
        assert_eq!(
            inflate(&mut inflater, &[hello, b"", hello, b"\0", b""]).unwrap(),
            b"HelloHello"
        );
        // The second stream cannot refer to the first one.
        let refers = inflate(&mut inflater, &[hello, b"\xf2\x00\x11\x00\x00"]);
        assert_eq!(refers, Err(ProtocolError::InvalidDeflate));
    }
}

#[test]
fn section_7_2_2_a_message_that_stops_inside_a_block_is_refused() {
    let whole = [
        &b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..],
        b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
        b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
    ];
    for payload in whole {
        assert_eq!(alone(payload).unwrap(), b"Hello");
        for end in 1..payload.len() {
            let cut = &payload[..end];
            if matches!(cut, b"\x00" | b"\xf3\x48\xcd\xc9\xc9\x07\x00") {
                continue; // These are whole messages too.
            }
            assert_eq!(alone(cut), Err(ProtocolError::InvalidDeflate), "{cut:x?}");
        }
    }
    // With context, missing bytes are found at once if the tail would become content.
    let stored = &b"\x00\x05\x00\xfa\xff\x48"[..];
    let cut = inflate(&mut inflater(true), &[stored]);
    assert_eq!(cut, Err(ProtocolError::InvalidDeflate));
}

#[test]
fn section_7_2_3_6_an_empty_message_is_one_byte_or_none() {
    for takeover in [false, true] {
        let mut inflater = inflater(takeover);
        for payload in [&b"\x00"[..], b"", b"\x01", b"\x02\x00", b"\x03\x00"] {
            assert_eq!(
                inflate(&mut inflater, &[payload]).unwrap(),
                b"",
                "{payload:x?}"
            );
        }
        assert_eq!(
            inflate(&mut inflater, &[b"\xf2\x48\xcd\xc9\xc9\x07\x00"]).unwrap(),
            b"Hello"
        );
    }
}

/// Inflates one DEFLATE stream at the front of `input` with miniz_oxide. Returns the status, the number of
/// bytes taken, and the content.
fn stream(input: &[u8]) -> (TINFLStatus, usize, Vec<u8>) {
    let mut output = vec![0; 4 * LIMIT];
    let (status, taken, given) = decompress(
        &mut DecompressorOxide::new(),
        input,
        &mut output,
        0,
        TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
    );
    output.truncate(given);
    (status, taken, output)
}

/// Reads a message without context as RFC 7692 §7.2.2 says, by an independent implementation.
fn reference(mut payload: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        if payload.is_empty() {
            return Some(content);
        }
        let (status, taken, part) = stream(payload);
        match status {
            TINFLStatus::Done => {
                content.extend(part);
                payload = &payload[taken..];
            }
            TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => {
                // With the tail it is complete, or one more block would complete it.
                let valid = [&TAIL[..], &TAIL_AND_FINAL].into_iter().any(|tail| {
                    let completed = [payload, tail].concat();
                    let whole = (TINFLStatus::Done, completed.len(), part.clone());
                    stream(&completed) == whole
                });
                content.extend(part);
                return valid.then_some(content);
            }
            _ => return None,
        }
    }
}

/// Generates compressed messages, some of them damaged.
fn payloads() -> impl Strategy<Value = Vec<u8>> {
    let content = prop_oneof![
        vec(any::<u8>(), 0..400),
        "[ab]{0,400}".prop_map(String::into_bytes),
        (any::<u8>(), 0..90_000_usize).prop_map(|(byte, n)| vec![byte; n]),
    ];
    let ours = content.clone().prop_map(|content| {
        let config = DeflateConfig {
            threshold: 0,
            ..DeflateConfig::default()
        };
        let (agreement, _) = config.accept([b"permessage-deflate".as_slice()]).unwrap();
        let payload = Deflater::new(&config, &agreement).compress(&content);
        payload.map_or_else(|| vec![0], |payload| payload.to_vec())
    });
    let theirs = (content, 0..=10_u8)
        .prop_map(|(content, level)| miniz_oxide::deflate::compress_to_vec(&content, level));
    let whole = vec(prop_oneof![ours, theirs], 1..3).prop_map(|parts| parts.concat());
    let damage = vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    (whole, damage, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut payload, damage, end, cut)| {
            for (at, byte) in damage {
                let at = at.index(payload.len());
                payload[at] = byte;
            }
            if cut {
                payload.truncate(end.index(payload.len() + 1));
            }
            payload
        },
    )
}

proptest! {
    #[test]
    fn agrees_with_another_implementation(
        payload in prop_oneof![4 => payloads(), 1 => vec(any::<u8>(), 0..100)],
        piece in 1..200_usize,
    ) {
        let expected = reference(&payload).ok_or(ProtocolError::InvalidDeflate);
        let at_once = alone(&payload);
        let pieces: Vec<_> = payload.chunks(piece).chain([&[][..]]).collect();
        let in_pieces = inflate(&mut inflater(false), &pieces);
        prop_assert_eq!(&at_once, &in_pieces);
        if at_once != Err(TOO_BIG) {
            prop_assert_eq!(at_once, expected);
        }
    }

    #[test]
    fn any_bytes_in_any_pieces_cause_no_panic(
        messages in vec(vec(vec(any::<u8>(), 0..60), 1..4), 1..6),
        takeover in any::<bool>(),
    ) {
        let mut inflater = inflater(takeover);
        for message in &messages {
            let pieces: Vec<_> = message.iter().map(Vec::as_slice).collect();
            if inflate(&mut inflater, &pieces).is_err() {
                prop_assert!(inflater.state.is_none());
                break;
            }
        }
    }
}
