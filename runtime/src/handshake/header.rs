//! Headers that the program adds to the answer of a handshake.

use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

/// Something that the program wants to answer and that cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsendable {
    #[error("this is no header: {0}; a value is one line of visible characters")]
    Header(String),
    #[error("the header {0} belongs to the protocol: it cannot be set")]
    Reserved(HeaderName),
    #[error(
        "`{0}` is not a subprotocol: it is one word of letters, digits and !#$%&'*+-.^_`|~ (RFC 6455 §4.1)"
    )]
    Subprotocol(String),
    #[error(
        "the subprotocol `{0}` cannot be chosen: the client does not offer it, and would not take it (RFC 6455 §4.1)"
    )]
    NotOffered(String),
    #[error("a handshake cannot be rejected with {0}: choose a status of 300 or more")]
    Success(u16),
}

/// Whether the header belongs to the protocol, and not to the program.
pub(crate) fn is_reserved(name: &HeaderName) -> bool {
    let others = [
        header::CONNECTION,
        header::UPGRADE,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
    ];
    name.as_str().starts_with("sec-websocket-") || others.contains(name)
}

/// Adds a header that the program may set.
pub(super) fn append<N, V>(headers: &mut HeaderMap, name: N, value: V) -> Result<(), Unsendable>
where
    N: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
{
    let bad = |error: http::Error| Unsendable::Header(error.to_string());
    let name = name.try_into().map_err(|error| bad(error.into()))?;
    let value = value.try_into().map_err(|error| bad(error.into()))?;
    if is_reserved(&name) {
        return Err(Unsendable::Reserved(name));
    }
    // A map of headers holds 32,768, and panics beyond them where it is not asked to try.
    headers
        .try_append(name, value)
        .map(drop)
        .map_err(|error| Unsendable::Header(error.to_string()))
}
