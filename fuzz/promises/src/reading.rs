use wspring_protocol::{Decoder, DeflateConfig, Event, Opcode, Role, encode_close, encode_frame};

use super::choices::Choices;
use super::decoding::decode;
use super::parts::same_in_parts;

/// Checks that a server reads any bytes from a client.
///
/// # Panics
///
/// If a promise is broken.
pub fn server_reading(data: &[u8]) {
    reading(Role::Server, data);
}

/// Checks that a client reads any bytes from a server.
///
/// # Panics
///
/// If a promise is broken.
pub fn client_reading(data: &[u8]) {
    reading(Role::Client, data);
}

fn reading(role: Role, data: &[u8]) {
    let mut choices = Choices(data);
    let limits = choices.limits();
    let offer = choices.one_of(&[
        "",
        "permessage-deflate",
        "permessage-deflate; client_no_context_takeover",
    ]);
    let step = choices.one_of(&[1, 2, 3, 7, 64, 1000]);
    let wire = choices.0;
    let config = DeflateConfig {
        client_context_takeover: true,
        ..DeflateConfig::default()
    };
    let agreed = config.accept([offer.as_bytes()]);
    let decoder = || {
        let decoder = Decoder::new(role, limits);
        match &agreed {
            Some((agreement, _)) => decoder.with_deflate(agreement),
            None => decoder,
        }
    };

    let at_once = decode(decoder(), limits, wire, wire.len().max(1));
    let in_pieces = decode(decoder(), limits, wire, step);
    assert_eq!(
        at_once, in_pieces,
        "the result depends on how the bytes are cut"
    );
    same_in_parts(decoder(), wire, step, &at_once);

    // What was understood is understood again as we encode it.
    let (events, _) = at_once;
    let (other, mask) = match role {
        Role::Server => (Role::Server, Some([0x37, 0xfa, 0x21, 0x3d])),
        Role::Client => (Role::Client, None),
    };
    let mut wire = Vec::new();
    for event in &events {
        match event {
            Event::Text(text) => {
                encode_frame(&mut wire, Opcode::Text, true, mask, text.as_bytes());
            }
            Event::Binary(bytes) => encode_frame(&mut wire, Opcode::Binary, true, mask, bytes),
            Event::Ping(payload) => encode_frame(&mut wire, Opcode::Ping, true, mask, payload),
            Event::Pong(payload) => encode_frame(&mut wire, Opcode::Pong, true, mask, payload),
            Event::Close(Some(close)) => {
                encode_close(&mut wire, mask, Some(close.code), &close.reason);
            }
            Event::Close(None) => encode_close(&mut wire, mask, None, ""),
            Event::TextPart(..) | Event::BinaryPart(..) => panic!("no parts were asked for"),
        }
    }
    let again = decode(Decoder::new(other, limits), limits, &wire, step);
    assert_eq!(again, (events, None));
}
