//! Properties of all compressed traffic.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::join::join;
use super::super::traffic::{Content, Control, pieces};
use super::*;

/// A message, the cuts of its payload into fragments, and the control frames between them.
#[derive(Clone, Debug)]
struct Message {
    content: Content,
    cuts: Vec<usize>,
    between: Vec<Control>,
    /// Whether it is sent uncompressed.
    plain: bool,
}

impl Message {
    /// Appends its frames to `wire` and the events to `events`.
    fn send(&self, deflater: &mut Deflater, wire: &mut Vec<u8>, events: &mut Vec<Event<'static>>) {
        let (opcode, content) = match &self.content {
            Content::Text(text) => (Opcode::Text, text.as_bytes()),
            Content::Binary(bytes) => (Opcode::Binary, bytes.as_slice()),
        };
        let compressed = if self.plain {
            None
        } else {
            deflater.compress(content)
        };
        let payload = compressed.as_deref().unwrap_or(content);
        let mut cuts: Vec<_> = self
            .cuts
            .iter()
            .map(|cut| cut % (payload.len() + 1))
            .collect();
        cuts.sort_unstable();
        cuts.push(payload.len());
        let mut start = 0;
        for (i, end) in cuts.iter().copied().enumerate() {
            let part = &payload[start..end];
            let fin = i + 1 == cuts.len();
            match (i, &compressed) {
                (0, Some(_)) => encode_compressed_frame(wire, opcode, fin, KEY, part),
                (0, None) => encode_frame(wire, opcode, fin, KEY, part),
                _ => encode_frame(wire, Opcode::Continuation, fin, KEY, part),
            }
            start = end;
            if !fin && let Some(control) = self.between.get(i) {
                let frame = control.frame();
                encode_frame(wire, frame.opcode, true, KEY, &frame.payload);
                events.push(control.event());
            }
        }
        events.push(match &self.content {
            Content::Text(content) => text(content),
            Content::Binary(content) => binary(content),
        });
    }
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let content = prop_oneof![
        any::<String>().prop_map(Content::Text),
        vec(any::<u8>(), 0..300).prop_map(Content::Binary),
        ("[aé€😀]{0,40}", 0..400_usize).prop_map(|(part, n)| Content::Text(part.repeat(n))),
        (vec(any::<u8>(), 1..20), 0..3_000_usize)
            .prop_map(|(part, n)| Content::Binary(part.repeat(n))),
    ];
    let control = vec(any::<u8>(), 0..20).prop_map(Control::Ping);
    let cuts = prop_oneof![Just(Vec::new()), vec(any::<usize>(), 0..6)];
    let message = (content, cuts, vec(control, 0..4), prop::bool::weighted(0.2)).prop_map(
        |(content, cuts, between, plain)| Message {
            content,
            cuts,
            between,
            plain,
        },
    );
    vec(message, 0..6)
}

/// Generates frames of any bytes, many with RSV1, some of them valid DEFLATE data.
fn loose_frames() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        20 => prop::sample::select(&[0x00, 0x80, 0x01, 0x41, 0x42, 0xc1, 0xc2, 0xc1, 0xc2, 0x89][..]),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        vec(any::<u8>(), 0..60),
        vec(any::<u8>(), 0..3),
        "[aé€]{1,60}".prop_map(|text| client(false)
            .compress(text.as_bytes())
            .unwrap_or_default()
            .to_vec()),
        (any::<u8>(), 1..100_000_usize).prop_map(|(byte, n)| client(false)
            .compress(&vec![byte; n])
            .unwrap_or_default()
            .to_vec()),
        Just(b"\x03\x80".to_vec()),
    ];
    vec((first, payload), 0..12).prop_map(|frames| {
        let mut wire = Vec::new();
        for (first, payload) in frames {
            let start = wire.len();
            encode_frame(&mut wire, Opcode::Binary, true, KEY, &payload);
            wire[start] = first;
        }
        wire
    })
}

proptest! {
    #[test]
    fn any_compressed_traffic_cut_anywhere_gives_its_events(
        messages in messages(),
        takeover in any::<bool>(),
        pieces in pieces(),
    ) {
        let mut deflater = client(takeover);
        let (mut wire, mut events) = (Vec::new(), Vec::new());
        for message in &messages {
            message.send(&mut deflater, &mut wire, &mut events);
        }
        let mut decoder = server(takeover, LIMITS);
        prop_assert_eq!(decode(&mut decoder, &wire, &pieces), (events, None));
        prop_assert!(!decoder.is_mid_message());
    }

    #[test]
    fn any_compressed_traffic_gives_parts_that_join_to_its_messages(
        messages in messages(),
        takeover in any::<bool>(),
        pieces in pieces(),
    ) {
        let mut deflater = client(takeover);
        let (mut wire, mut events) = (Vec::new(), Vec::new());
        for message in &messages {
            message.send(&mut deflater, &mut wire, &mut events);
        }
        let both = InParts { text: true, binary: true };
        let mut decoder = server(takeover, LIMITS).in_parts(both);
        let (parts, error) = decode(&mut decoder, &wire, &pieces);
        prop_assert_eq!((join(parts), error), (events, None));
        prop_assert!(!decoder.is_mid_message());
    }

    #[test]
    fn loose_frames_are_judged_the_same_however_they_are_cut(
        wire in loose_frames(),
        pieces in pieces(),
        takeover in any::<bool>(),
    ) {
        let at_once = decode(&mut server(takeover, LIMITS), &wire, &[]);
        let in_pieces = decode(&mut server(takeover, LIMITS), &wire, &pieces);
        prop_assert_eq!(at_once, in_pieces);
    }

    #[test]
    fn no_compressed_message_exceeds_the_limits(
        wire in loose_frames(),
        takeover in any::<bool>(),
        max_text_size in 0..1_000_usize,
        max_binary_size in 0..1_000_usize,
    ) {
        let limits = Limits { max_text_size, max_binary_size, max_fragments: NonZeroU32::new(4) };
        let (events, _) = decode(&mut server(takeover, limits), &wire, &[]);
        for event in events {
            match &event {
                Event::Text(text) => prop_assert!(text.len() <= max_text_size),
                Event::Binary(bytes) => prop_assert!(bytes.len() <= max_binary_size),
                Event::TextPart(..) | Event::BinaryPart(..) => prop_assert!(false, "{event:?}"),
                Event::Ping(_) | Event::Pong(_) | Event::Close(_) => {}
            }
        }
    }
}
