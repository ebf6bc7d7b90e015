//! Headers that are lists. Elements are told apart as bytes, so that one that is not text hides no other.

use http::HeaderMap;
use http::header::HeaderName;

/// Returns the elements of all lines of a header, without the spaces around them. Several lines mean the same as one
/// list (RFC 9110 §5.2).
pub(super) fn elements<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
    separator: u8,
) -> impl Iterator<Item = &'h [u8]> {
    headers
        .get_all(name)
        .iter()
        .flat_map(move |line| line.as_bytes().split(move |byte| *byte == separator))
        .map(<[u8]>::trim_ascii)
}

/// Whether any element of a comma-separated header is `wanted`, in any case.
pub(crate) fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    elements(headers, name, b',').any(|element| element.eq_ignore_ascii_case(wanted.as_bytes()))
}
