//! Percent-decoding of one path segment (RFC 3986 section 2.1).

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

/// Why a path segment cannot be percent-decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodingError {
    /// A `%` is not followed by two hexadecimal digits.
    MalformedEscape,
    /// The decoded bytes are not UTF-8.
    NotUtf8,
    /// The segment holds a NUL character, which no path needs and which later layers may take for
    /// an end.
    Nul,
}

impl fmt::Display for EncodingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedEscape => {
                "a `%` is not followed by two hexadecimal digits: write a `%` that stands for itself as `%25`"
            }
            Self::NotUtf8 => "percent-encoded bytes are not UTF-8: encode the text as UTF-8 first",
            Self::Nul => "a NUL character (`%00`) is not allowed in a path: leave it out",
        })
    }
}

impl std::error::Error for EncodingError {}

/// Decodes one segment; borrows when there is nothing to decode.
pub(crate) fn decode(segment: &str) -> Result<Cow<'_, str>, EncodingError> {
    // `percent_decode_str` would let a malformed escape through as plain text.
    let well_formed = |at: usize| {
        let digits = segment.as_bytes().get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !segment.match_indices('%').all(|(at, _)| well_formed(at)) {
        return Err(EncodingError::MalformedEscape);
    }
    let decoded = percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| EncodingError::NotUtf8)?;
    if decoded.contains('\0') {
        return Err(EncodingError::Nul);
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        for plain in ["", "webSocket", "a+b;c=d", "café"] {
            assert!(
                matches!(decode(plain), Ok(Cow::Borrowed(text)) if text == plain),
                "{plain}"
            );
        }
    }

    #[test]
    fn escapes_are_decoded_once() {
        for (encoded, decoded) in [
            ("%31%32", "12"),
            ("%2F", "/"),
            ("%2f", "/"),
            ("%3F", "?"),
            ("%252F", "%2F"),
            ("caf%C3%A9", "café"),
            ("%EF%BC%91", "１"),
            ("a%20b", "a b"),
        ] {
            assert_eq!(decode(encoded).as_deref(), Ok(decoded), "{encoded}");
        }
    }

    #[test]
    fn malformed_escapes_are_refused() {
        for malformed in [
            "%", "%4", "a%", "%ZZ", "%4G", "%%41", "%é", "%2%35", "%+1", "%-1", "% 1",
        ] {
            assert_eq!(
                decode(malformed),
                Err(EncodingError::MalformedEscape),
                "{malformed}"
            );
        }
    }

    #[test]
    fn other_bytes_than_utf8_are_refused() {
        // A lone byte, a cut character, a surrogate, an overlong slash.
        for bytes in ["%FF", "%E9", "%C3", "%ED%A0%80", "%C0%AF"] {
            assert_eq!(decode(bytes), Err(EncodingError::NotUtf8), "{bytes}");
        }
    }

    #[test]
    fn nul_is_refused() {
        assert_eq!(decode("a%00b"), Err(EncodingError::Nul));
        assert_eq!(decode("\0"), Err(EncodingError::Nul));
    }
}
