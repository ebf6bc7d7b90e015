//! What a server's answer has to be (RFC 6455 §4.1).

use bytes::Bytes;
use http::{Response, Version, header};
use hyper_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::error::{Error, ErrorKind};
use crate::handshake::{Compression, only};
use crate::protocol::{Agreement, Deflater};
use crate::request::{Handshake, lists};

/// Checks a 101 against the request that it answers, and returns which compression it means.
///
/// # Errors
///
/// [`ErrorKind::Handshake`], which says which header is wrong.
pub(super) fn verify(
    request: &Handshake,
    answer: &Response<Bytes>,
    compression: Compression,
) -> Result<Option<(Agreement, Deflater)>, Error> {
    let wrong = |text: &str| {
        let text = format!("the server's answer is no WebSocket handshake (RFC 6455 §4.1): {text}");
        Err(Error::new(ErrorKind::Handshake, text))
    };
    let headers = answer.headers();
    if answer.version() != Version::HTTP_11 {
        return wrong("it is not HTTP/1.1");
    }
    let upgrade = only(headers, &header::UPGRADE);
    if !upgrade.is_some_and(|value| value.eq_ignore_ascii_case(b"websocket")) {
        return wrong("the header Upgrade is not `websocket`");
    }
    if !lists(headers, &header::CONNECTION, "upgrade") {
        return wrong("the header Connection lacks `Upgrade`");
    }
    let key = only(request.headers(), &header::SEC_WEBSOCKET_KEY).unwrap_or_default();
    let accept = only(headers, &header::SEC_WEBSOCKET_ACCEPT);
    if accept != Some(derive_accept_key(key).as_bytes()) {
        return wrong("the header Sec-WebSocket-Accept does not answer the key that was sent");
    }
    if headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL) {
        let chosen = only(headers, &header::SEC_WEBSOCKET_PROTOCOL);
        let mut offered = request.subprotocols();
        if !offered.any(|name| Some(name.as_bytes()) == chosen) {
            return wrong("the header Sec-WebSocket-Protocol is none of those that were offered");
        }
    }
    compression.agree(headers).or_else(|_| {
        wrong("the header Sec-WebSocket-Extensions is not what was offered, or not in this way")
    })
}
