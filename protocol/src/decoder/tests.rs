use std::num::NonZeroU32;

use proptest::prelude::*;

use super::super::encoder::encode_header;
use super::*;

const LIMITS: Limits = Limits::new(10_000, NonZeroU32::new(8));

/// Returns the bytes of memory held for a message under assembly.
fn held(decoder: &Decoder) -> usize {
    match (&decoder.phase, &decoder.unfinished) {
        (Phase::Data(_, message), _) | (_, Some(message)) => message.capacity(),
        _ => 0,
    }
}

fn is_idle(decoder: &Decoder) -> bool {
    matches!(decoder.phase, Phase::Header(_)) && decoder.unfinished.is_none()
}

#[test]
fn a_whole_frame_is_lent_out_and_holds_no_memory() {
    let mut decoder = Decoder::new(Role::Client, LIMITS);
    let mut wire = *b"\x81\x05Hello\x82\x02\xff\xfe";
    let mut input = wire.as_mut_slice();
    let first = decoder.decode(&mut input).unwrap();
    assert!(matches!(first, Some(Event::Text(Cow::Borrowed("Hello")))));
    assert!(is_idle(&decoder));
    let second = decoder.decode(&mut input).unwrap();
    assert!(matches!(
        second,
        Some(Event::Binary(Cow::Borrowed(b"\xff\xfe")))
    ));
    assert!(is_idle(&decoder) && input.is_empty());
}

#[test]
fn an_assembled_message_holds_no_memory_afterwards() {
    let mut decoder = Decoder::new(Role::Client, LIMITS);
    let mut wire = *b"\x01\x03Hel\x80\x02lo";
    let mut input = wire.as_mut_slice();
    let event = decoder.decode(&mut input).unwrap();
    assert_eq!(event, Some(Event::Text("Hello".into())));
    assert!(is_idle(&decoder));
}

#[test]
fn a_close_frame_ends_an_unfinished_message() {
    let mut decoder = Decoder::new(Role::Client, LIMITS);
    let mut wire = *b"\x01\x03Hel\x88\x00";
    let event = decoder.decode(&mut wire.as_mut_slice()).unwrap();
    assert_eq!(event, Some(Event::Close(None)));
    assert_eq!(held(&decoder), 0);
    assert!(!decoder.is_mid_message());
}

proptest! {
    #[test]
    fn memory_is_bounded_by_the_bytes_received_and_by_the_limit(
        text in any::<bool>(),
        fragments in proptest::collection::vec(0..4_000_usize, 1..8),
        piece in 1..2_000_usize,
    ) {
        let mut decoder = Decoder::new(Role::Client, LIMITS);
        let mut opcode = if text { Opcode::Text } else { Opcode::Binary };
        let mut content = "€".bytes().cycle();
        let mut received = 0;
        'frames: for length in fragments {
            let mut wire = Vec::new();
            encode_header(&mut wire, opcode, false, None, length);
            opcode = Opcode::Continuation;
            wire.extend(content.by_ref().take(length));
            for chunk in wire.chunks_mut(piece) {
                received += chunk.len();
                let mut input = chunk;
                if decoder.decode(&mut input).is_err() {
                    prop_assert_eq!(held(&decoder), 0);
                    break 'frames;
                }
                prop_assert!(held(&decoder) <= LIMITS.max_text_size);
                prop_assert!(held(&decoder) <= 2 * received);
            }
        }
    }
}
