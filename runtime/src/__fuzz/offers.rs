//! `Sec-WebSocket-Extensions`, as clients send it and as servers answer.

use http::HeaderValue;

use super::Choices;
use crate::protocol::DeflateConfig;

/// What a server answers to any offer, and what a client makes of any answer.
pub fn extension_header(data: &[u8]) {
    let mut choices = Choices(data);
    let config = DeflateConfig {
        client_context_takeover: choices.one_of(&[false, true]),
        server_context_takeover: choices.one_of(&[false, true]),
        ..DeflateConfig::default()
    };
    let headers = || choices.0.split(|byte| *byte == b'\n');

    if let Some((agreement, answer)) = config.accept(headers()) {
        HeaderValue::from_str(&answer).expect("an answer is a header");
        let (again, repeated) = config
            .accept([answer.as_bytes()])
            .expect("an answer is a good offer");
        assert_eq!((again, &repeated), (agreement, &answer));
    }

    if let Ok(Some(_)) = config.check(headers()) {
        let twice = headers().chain([&b"permessage-deflate"[..]]);
        assert!(config.check(twice).is_err(), "one answer is all");
    }
}
