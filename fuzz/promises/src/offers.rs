use http::HeaderValue;
use wspring_protocol::{DeflateConfig, WindowBits};

use super::choices::Choices;

/// Checks that a server answers any offer correctly, and that a client survives any answer
/// (`Sec-WebSocket-Extensions`).
///
/// # Panics
///
/// If a promise is broken.
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
            .expect("an answer is a valid offer");
        assert_eq!(again, agreement);
        let client = config.check([answer.as_bytes()]);
        assert!(matches!(client, Ok(Some(_))), "it fits our own offer");
    }

    if let Ok(Some(_)) = config.check(headers()) {
        let twice = headers().chain([&b"permessage-deflate"[..]]);
        assert!(config.check(twice).is_err(), "a second answer is refused");
    }
}

/// Chooses whether a side keeps its context, and its window.
fn side(choices: &mut Choices<'_>) -> (bool, WindowBits) {
    let byte = choices.byte();
    let bits = WindowBits::new(15 - byte / 2 % 7).expect("9 to 15 bits");
    (byte % 2 == 1, bits)
}
