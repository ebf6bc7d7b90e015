//! Messages in parts: where they are cut decides nothing.

use std::borrow::Cow;

use super::decode;
use crate::protocol::{Decoder, Event, InParts, Limits, Position, ProtocolError};

/// Decodes `wire` with both kinds in parts; what is not refused for its size must be what `whole` is.
pub(super) fn same_in_parts(
    decoder: Decoder,
    wire: &[u8],
    step: usize,
    (events, error): &(Vec<Event<'static>>, Option<ProtocolError>),
) {
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

/// The messages of which `events` are the parts; one that is not finished is left out.
fn join(events: Vec<Event<'static>>) -> Vec<Event<'static>> {
    let mut joined = Vec::new();
    let mut begun: Option<Event<'static>> = None;
    for event in events {
        let position = match &event {
            Event::TextPart(_, position) | Event::BinaryPart(_, position) => *position,
            Event::Text(_) | Event::Binary(_) => {
                assert_eq!(begun, None, "a message begins inside another one");
                joined.push(event);
                continue;
            }
            Event::Ping(_) | Event::Pong(_) | Event::Close(_) => {
                joined.push(event);
                continue;
            }
        };
        let all = match (begun.take(), event) {
            (None, event) => {
                assert_eq!(position, Position::First);
                event
            }
            (Some(Event::TextPart(before, _)), Event::TextPart(part, _)) => {
                Event::TextPart(Cow::Owned(before.into_owned() + &part), position)
            }
            (Some(Event::BinaryPart(before, _)), Event::BinaryPart(part, _)) => {
                Event::BinaryPart([before, part].concat().into(), position)
            }
            (before, event) => panic!("{event:?} after {before:?}"),
        };
        match all {
            Event::TextPart(text, Position::Last) => joined.push(Event::Text(text)),
            Event::BinaryPart(bytes, Position::Last) => joined.push(Event::Binary(bytes)),
            all => begun = Some(all),
        }
    }
    joined
}
