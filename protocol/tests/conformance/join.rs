use std::mem;

use super::*;

/// Joins parts to messages; an unfinished message is left out.
pub(super) fn join(events: Vec<Event<'static>>) -> Vec<Event<'static>> {
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
