//! The rules of a handshake request that do not depend on the endpoint (RFC 6455 §4.2.1, RFC 8441 §5).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use http::header::{self, HeaderName};
use http::request::Parts;
use http::uri::Authority;
use http::{Extensions, HeaderMap, HeaderValue, Method, Uri, Version};

use super::Refusal;
use crate::request::lists;

/// Base64 whose last character may have any unused bits (RFC 4648 §3.5): the example of RFC 6455 §4.1 has some.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// A query may have this many parameters: they are kept, decoded, for as long as the session lives, and a head of
/// 32 KiB has room for 16,000.
const MAX_QUERY_PARAMS: usize = 256;

/// Whether the request comes from a WebSocket client, be it good or not.
pub(crate) fn is_handshake(headers: &HeaderMap, extensions: &Extensions) -> bool {
    headers.contains_key(header::UPGRADE) || protocol(extensions).is_some()
}

/// Gives a request over HTTP/2 the form that it has over HTTP/1.1: a target without scheme and authority, and a
/// `Host` header. So all that is done with it, and what handlers see of it, is the same.
pub(crate) fn in_origin_form(request: &mut Parts) {
    if request.version != Version::HTTP_2 {
        return;
    }
    if let Some(authority) = request.uri.authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        // It takes the place of a `Host` that came with it (RFC 9113 §8.3.1).
        request.headers.insert(header::HOST, host);
    }
    if let Some(target) = request.uri.path_and_query() {
        request.uri = Uri::from(target.clone());
    }
}

/// Whether the request asks for a WebSocket, in the order in which a person would want to be corrected.
pub(crate) fn verify(request: &Parts) -> Result<(), Refusal> {
    if cfg!(feature = "http2") && request.version == Version::HTTP_2 {
        verify_connect(request)?;
    } else {
        verify_upgrade(request)?;
    }
    let headers = &request.headers;
    if only(headers, &header::HOST).is_none() {
        return Err(Refusal::Host);
    }
    if announces_body(headers) {
        return Err(Refusal::Body);
    }
    let query = request.uri.query().unwrap_or_default();
    if query.split('&').count() > MAX_QUERY_PARAMS {
        return Err(Refusal::Query(MAX_QUERY_PARAMS));
    }
    Ok(())
}

/// The upgrade of an HTTP/1.1 connection.
fn verify_upgrade(request: &Parts) -> Result<(), Refusal> {
    let headers = &request.headers;
    if request.method != Method::GET {
        return Err(Refusal::Method(request.method.to_string()));
    }
    if !lists(headers, &header::UPGRADE, "websocket") {
        return Err(Refusal::NoUpgrade);
    }
    if request.version != Version::HTTP_11 {
        return Err(Refusal::HttpVersion);
    }
    if !lists(headers, &header::CONNECTION, "upgrade") {
        return Err(Refusal::NoConnectionUpgrade);
    }
    if only(headers, &header::SEC_WEBSOCKET_VERSION) != Some(b"13") {
        return Err(Refusal::Version);
    }
    let key = only(headers, &header::SEC_WEBSOCKET_KEY).ok_or(Refusal::Key)?;
    if !is_nonce(key) {
        return Err(Refusal::Key);
    }
    Ok(())
}

/// The extended CONNECT of HTTP/2. It has no key: there is no cache that an answer could fool.
fn verify_connect(request: &Parts) -> Result<(), Refusal> {
    let protocol = protocol(&request.extensions);
    let Some(protocol) = protocol.filter(|_| request.method == Method::CONNECT) else {
        return Err(Refusal::NoConnect);
    };
    if !protocol.eq_ignore_ascii_case("websocket") {
        return Err(Refusal::Protocol);
    }
    if only(&request.headers, &header::SEC_WEBSOCKET_VERSION) != Some(b"13") {
        return Err(Refusal::ConnectVersion);
    }
    Ok(())
}

/// What an extended CONNECT asks for with its `:protocol`.
#[cfg(feature = "http2")]
fn protocol(extensions: &Extensions) -> Option<&str> {
    let protocol = extensions.get::<hyper::ext::Protocol>();
    protocol.map(hyper::ext::Protocol::as_str)
}

#[cfg(not(feature = "http2"))]
fn protocol(_: &Extensions) -> Option<&str> {
    None
}

/// Whether a body follows (RFC 9112 §6.3). The body itself cannot be asked where a layer before us has wrapped it.
fn announces_body(headers: &HeaderMap) -> bool {
    let mut lengths = headers.get_all(header::CONTENT_LENGTH).iter();
    headers.contains_key(header::TRANSFER_ENCODING) || lengths.any(|length| length != "0")
}

/// Returns the host and port that a request was sent to: those of the target if it has some (RFC 9112 §3.2.2), else
/// those of `Host`.
pub(super) fn authority(request: &Parts) -> Option<Authority> {
    match request.uri.authority() {
        Some(authority) => Some(authority.clone()),
        None => Authority::try_from(only(&request.headers, &header::HOST)?).ok(),
    }
}

/// The value of a header that stands exactly once.
pub(crate) fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

fn is_nonce(key: &[u8]) -> bool {
    let mut nonce = [0; 18];
    key.len() == 24 && matches!(LENIENT.decode_slice(key, &mut nonce), Ok(16))
}
