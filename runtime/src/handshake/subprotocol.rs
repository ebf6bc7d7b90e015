//! Subprotocols: what a client offers, and which of them is spoken (RFC 6455 §1.9, §11.3.4).

use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::{HeaderMap, HeaderValue};

/// What a request offers, the most wanted first.
pub(crate) fn offered(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| HeaderValue::to_str(value).ok())
        .flat_map(|list| list.split(','))
        .map(str::trim_ascii)
        .filter(|name| is_token(name))
}

/// Whether this can be the name of a subprotocol: a token (RFC 9110 §5.6.2).
pub(crate) fn is_token(name: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_token)
}
