//! What the fuzz targets of `fuzz/` run: each function takes any bytes and panics when a promise is broken.
//!
//! They stand here because what they look at is not public. The tests run them over the seeds.

mod handshake;
mod inflate;
mod offers;
mod parts;
mod reading;
mod template;

use std::num::NonZeroU32;

use crate::protocol::{Decoder, Event, Limits, Position, ProtocolError};

pub use handshake::handshake;
pub use inflate::inflate;
pub use offers::extension_header;
pub use reading::{client_reading, server_reading};
pub use template::path_template;

/// Bytes off the front of the input choose what is done with the rest.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        match self.0 {
            [first, rest @ ..] => {
                self.0 = rest;
                *first
            }
            [] => 0,
        }
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::from(self.byte()) % all.len()]
    }

    fn limits(&mut self) -> Limits {
        let max_message_size = self.one_of(&[0, 16, 125, 1000, 65_536]);
        let max_fragments = self.one_of(&[1, 3, 1024]);
        Limits::new(max_message_size, NonZeroU32::new(max_fragments))
    }
}

/// Decodes `wire`, cut into pieces of up to `step` bytes, and checks what is true of all of it.
fn decode(
    mut decoder: Decoder,
    limits: Limits,
    wire: &[u8],
    step: usize,
) -> (Vec<Event<'static>>, Option<ProtocolError>) {
    let mut wire = wire.to_vec();
    let mut events = Vec::new();
    for piece in wire.chunks_mut(step) {
        let mut rest = &mut *piece;
        loop {
            let before = rest.len();
            match decoder.decode(&mut rest) {
                Ok(Some(event)) => {
                    assert!(rest.len() < before, "an event takes at least a byte");
                    check(&event, limits);
                    let is_last = matches!(event, Event::Close(_));
                    events.push(owned(event));
                    if is_last {
                        return (events, None);
                    }
                }
                Ok(None) => break assert!(rest.is_empty(), "what is left is lost"),
                Err(error) => {
                    assert!([1002, 1007, 1008, 1009].contains(&error.close_code()));
                    assert_eq!(
                        decoder.decode(&mut rest),
                        Ok(None),
                        "nothing follows an error"
                    );
                    assert!(rest.is_empty() && !decoder.is_mid_message());
                    return (events, Some(error));
                }
            }
        }
    }
    (events, None)
}

fn check(event: &Event<'_>, limits: Limits) {
    match event {
        Event::Text(text) => assert!(text.len() <= limits.max_text_size),
        Event::Binary(bytes) => assert!(bytes.len() <= limits.max_binary_size),
        Event::TextPart(text, position) => assert!(*position == Position::Last || !text.is_empty()),
        Event::BinaryPart(bytes, position) => {
            assert!(*position == Position::Last || !bytes.is_empty());
        }
        Event::Ping(payload) | Event::Pong(payload) => assert!(payload.len() <= 125),
        Event::Close(Some(close)) => {
            assert!(close.reason.len() <= 123);
            assert!(matches!(close.code, 1000..=1003 | 1007..=1014 | 3000..=4999));
        }
        Event::Close(None) => {}
    }
}

fn owned(event: Event<'_>) -> Event<'static> {
    match event {
        Event::Text(text) => Event::Text(text.into_owned().into()),
        Event::Binary(bytes) => Event::Binary(bytes.into_owned().into()),
        Event::TextPart(text, position) => Event::TextPart(text.into_owned().into(), position),
        Event::BinaryPart(bytes, position) => {
            Event::BinaryPart(bytes.into_owned().into(), position)
        }
        Event::Ping(payload) => Event::Ping(payload.into_owned().into()),
        Event::Pong(payload) => Event::Pong(payload.into_owned().into()),
        Event::Close(close) => Event::Close(close),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_seeds_break_no_promise() {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds");
        type Target = (&'static str, fn(&[u8]));
        let targets: [Target; 6] = [
            ("server_reading", server_reading),
            ("client_reading", client_reading),
            ("inflate", inflate),
            ("extension_header", extension_header),
            ("path_template", path_template),
            ("handshake", handshake),
        ];
        for (name, target) in targets {
            let mut count = 0;
            for seed in fs::read_dir(format!("{seeds}/{name}")).unwrap() {
                target(&fs::read(seed.unwrap().path()).unwrap());
                count += 1;
            }
            assert!(count > 0, "{name} has no seeds");
        }
    }
}
