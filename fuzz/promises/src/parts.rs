use std::mem;

use wspring_protocol::{Decoder, Event, InParts, Limits, Position, ProtocolError};

use super::decoding::{Decoded, decode};

/// Checks that `wire`, decoded in parts, gives the same messages as `whole`, unless a message was refused
/// for its size.
pub(crate) fn same_in_parts(decoder: Decoder, wire: &[u8], step: usize, whole: &Decoded) {
    let (events, error) = whole;
    let decoder = decoder.in_parts(InParts {
        text: true,
        binary: true,
    });
    let no_limits = Limits::new(usize::MAX, None);
    let (parts, verdict) = decode(decoder, no_limits, wire, step);
    let joined = join(parts);
    match error {
        Some(ProtocolError::MessageTooBig { .. } | ProtocolError::TooManyFragments { .. }) => {
            assert_eq!(joined.get(..events.len()), Some(&events[..]));
        }
        _ => assert_eq!((&joined, &verdict), (events, error)),
    }
}

/// Joins parts to messages; an unfinished message is left out.
fn join(events: Vec<Event<'static>>) -> Vec<Event<'static>> {
    let mut joined = Vec::new();
    let mut text = String::new();
    let mut binary = Vec::new();
    for event in events {
        // A first part is never empty.
        let is_open = !text.is_empty() || !binary.is_empty();
        match event {
            Event::TextPart(part, position) => {
                assert_eq!(position == Position::First, !is_open);
                assert!(binary.is_empty(), "a text inside a binary message");
                text.push_str(&part);
                if position == Position::Last {
                    joined.push(Event::Text(mem::take(&mut text).into()));
                }
            }
            Event::BinaryPart(part, position) => {
                assert_eq!(position == Position::First, !is_open);
                assert!(text.is_empty(), "bytes inside a text message");
                binary.extend_from_slice(&part);
                if position == Position::Last {
                    joined.push(Event::Binary(mem::take(&mut binary).into()));
                }
            }
            Event::Text(_) | Event::Binary(_) => {
                assert!(!is_open, "a message begins inside another one");
                joined.push(event);
            }
            Event::Ping(_) | Event::Pong(_) | Event::Close(_) => joined.push(event),
        }
    }
    joined
}
