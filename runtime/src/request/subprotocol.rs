//! Subprotocols: what a client offers, and which of them is spoken (RFC 6455 §1.9, §11.3.4).

use http::HeaderMap;
use http::header::SEC_WEBSOCKET_PROTOCOL;

use super::list::elements;

/// What a request offers, the most wanted first.
pub(crate) fn offered(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    elements(headers, &SEC_WEBSOCKET_PROTOCOL, b',')
        .filter_map(|name| str::from_utf8(name).ok())
        .filter(|name| is_token(name))
}

/// Whether this can be the name of a subprotocol: a token (RFC 9110 §5.6.2).
pub(crate) fn is_token(name: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_token)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_not_a_name_hides_no_other_offer() {
        let mut headers = HeaderMap::new();
        for line in [&b"a, \xc3\xb8, b"[..], b"\xff,c, ,two words,", b"d\t,e"] {
            let line = HeaderValue::from_bytes(line).unwrap();
            headers.append(SEC_WEBSOCKET_PROTOCOL, line);
        }
        assert_eq!(
            offered(&headers).collect::<Vec<_>>(),
            ["a", "b", "c", "d", "e"]
        );
    }
}
