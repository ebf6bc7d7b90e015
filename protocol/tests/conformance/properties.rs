use proptest::collection::vec;
use proptest::prelude::*;

use super::traffic::{encode, loose_frames, masks, messages, pieces};
use super::*;

proptest! {
    #[test]
    fn any_traffic_cut_anywhere_gives_its_events(
        messages in messages(),
        masks in masks(),
        pieces in pieces(),
        end in proptest::option::of((3000..5000_u16, ".{0,30}")),
    ) {
        let frames: Vec<_> = messages.iter().flat_map(|message| message.frames()).collect();
        let mut wire = encode(&frames, masks.as_deref());
        let mut expected: Vec<_> = messages.iter().flat_map(|message| message.events()).collect();
        if let Some((code, reason)) = &end {
            let mask = masks.as_ref().map(|keys| keys[0]);
            encode_close(&mut wire, mask, Some(*code), reason);
            expected.push(close(*code, reason));
        }
        let role = if masks.is_some() { Role::Server } else { Role::Client };
        let mut decoder = Decoder::new(role, LIMITS);
        prop_assert_eq!(decode(&mut decoder, &wire, &pieces), (expected, None));
        prop_assert!(!decoder.is_mid_message());
    }

    #[test]
    fn a_prefix_of_traffic_is_unfinished_until_a_message_ends(
        messages in messages().prop_filter("some", |messages| !messages.is_empty()),
        at in any::<prop::sample::Index>(),
    ) {
        let message = &messages[0];
        let wire = encode(&message.frames(), Some(&[[1, 2, 3, 4]]));
        let cut = at.index(wire.len());
        let mut decoder = Decoder::new(Role::Server, LIMITS);
        let (mut events, error) = decode(&mut decoder, &wire[..cut], &[]);
        prop_assert_eq!(error, None);
        prop_assert_eq!(decoder.is_mid_message(), cut > 0);
        let (others, error) = decode(&mut decoder, &wire[cut..], &[]);
        prop_assert_eq!(error, None);
        prop_assert!(!decoder.is_mid_message());
        events.extend(others);
        prop_assert_eq!(events, message.events());
    }

    #[test]
    fn random_bytes_are_judged_the_same_however_they_are_cut(
        bytes in prop_oneof![vec(any::<u8>(), 0..500), loose_frames()],
        pieces in pieces(),
        client in any::<bool>(),
    ) {
        let role = if client { Role::Client } else { Role::Server };
        let at_once = decode(&mut Decoder::new(role, LIMITS), &bytes, &[]);
        let in_pieces = decode(&mut Decoder::new(role, LIMITS), &bytes, &pieces);
        prop_assert_eq!(at_once, in_pieces);
    }

    #[test]
    fn no_message_exceeds_the_limits(
        wire in loose_frames(),
        max_text_size in 0..500_usize,
        max_binary_size in 0..500_usize,
    ) {
        let limits = Limits { max_text_size, max_binary_size, max_fragments: NonZeroU32::new(4) };
        let (events, _) = decode(&mut Decoder::new(Role::Server, limits), &wire, &[]);
        for event in events {
            match &event {
                Event::Text(text) => prop_assert!(text.len() <= max_text_size),
                Event::Binary(bytes) => prop_assert!(bytes.len() <= max_binary_size),
                Event::TextPart(..) | Event::BinaryPart(..) => prop_assert!(false, "{event:?}"),
                Event::Ping(_) | Event::Pong(_) | Event::Close(_) => {}
            }
        }
    }

    #[test]
    fn bad_text_is_refused_at_the_byte_that_makes_it_bad(
        mut bytes in "[aé€😀]{1,40}".prop_map(String::into_bytes),
        broken in any::<prop::sample::Index>(),
        by in any::<u8>(),
        key in any::<[u8; 4]>(),
    ) {
        let broken = broken.index(bytes.len());
        bytes[broken] = by;
        let mut wire = Vec::new();
        encode_frame(&mut wire, Opcode::Text, true, Some(key), &bytes);
        let header = wire.len() - bytes.len();
        let mut decoder = Decoder::new(Role::Server, LIMITS);
        prop_assert_eq!(decode(&mut decoder, &wire[..header], &[]), (vec![], None));
        for end in 1..=bytes.len() {
            let verdict = str::from_utf8(&bytes[..end]);
            let hopeless = match verdict {
                Ok(_) => false,
                Err(error) => error.error_len().is_some() || end == bytes.len(),
            };
            let (_, error) = decode(&mut decoder, &wire[header + end - 1..header + end], &[]);
            prop_assert_eq!(error, hopeless.then_some(ProtocolError::InvalidText), "byte {}", end);
            if hopeless {
                break;
            }
        }
    }
}
