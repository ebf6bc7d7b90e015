//! `Sec-WebSocket-Extensions`, as clients send it and as servers answer.

use http::HeaderValue;

use super::Choices;
use crate::protocol::{DeflateConfig, WindowBits};

/// What a server answers to any offer, and what a client makes of any answer.
pub fn extension_header(data: &[u8]) {
    let mut choices = Choices(data);
    let (client_context_takeover, client_max_window_bits) = side(&mut choices);
    let (server_context_takeover, server_max_window_bits) = side(&mut choices);
    let config = DeflateConfig {
        client_context_takeover,
        server_context_takeover,
        client_max_window_bits,
        server_max_window_bits,
        ..DeflateConfig::default()
    };
    let headers = || choices.0.split(|byte| *byte == b'\n');

    if let Some((agreement, answer)) = config.accept(headers()) {
        HeaderValue::from_str(&answer).expect("an answer is a header");
        let (again, _) = config
            .accept([answer.as_bytes()])
            .expect("an answer is a good offer");
        assert_eq!(again, agreement);
        let client = config.check([answer.as_bytes()]);
        assert!(matches!(client, Ok(Some(_))), "it fits our own offer");
    }

    if let Ok(Some(_)) = config.check(headers()) {
        let twice = headers().chain([&b"permessage-deflate"[..]]);
        assert!(config.check(twice).is_err(), "one answer is all");
    }
}

/// Whether a side keeps its context, and how far back it may refer.
fn side(choices: &mut Choices<'_>) -> (bool, WindowBits) {
    let byte = choices.byte();
    let bits = WindowBits::new(15 - byte / 2 % 7).expect("9 to 15 bits");
    (byte % 2 == 1, bits)
}
