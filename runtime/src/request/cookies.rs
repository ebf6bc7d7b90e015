//! The cookies of a request (RFC 6265 §4.2).

use http::HeaderMap;
use http::header::COOKIE;

use super::list::elements;

/// Returns the names and values of all cookies, in the order of the request.
///
/// Servers of other programs on the same site set cookies too, so one that cannot be read hides no other. The crates
/// that parse cookies take the whole header as text, and browsers send the bytes that a server has set.
pub(super) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    elements(headers, &COOKIE, b';')
        .filter_map(|pair| str::from_utf8(pair).ok())
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| {
            let value = value.trim_ascii();
            let bare = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'));
            (name.trim_ascii(), bare.unwrap_or(value))
        })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(values: &[&[u8]]) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(COOKIE, HeaderValue::from_bytes(value).unwrap());
        }
        cookies(&headers)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_value_in_utf_8_stays_as_it_is() {
        let found = of(&["login=abc; campaign=Undersøgelse; 名=値".as_bytes()]);
        let expected = [("login", "abc"), ("campaign", "Undersøgelse"), ("名", "値")];
        assert_eq!(found, pairs(&expected));
    }

    #[test]
    fn what_cannot_be_read_hides_no_other_cookie() {
        for unreadable in [
            &b"latin1=\xf8"[..],
            b"\xff",
            b"no value",
            b"",
            b"tab\t=\"",
            b"half=\xc3",
        ] {
            let list = [b"a=1; ", unreadable, b"; b=2"].concat();
            let found = of(&[&list]);
            for expected in pairs(&[("a", "1"), ("b", "2")]) {
                assert!(found.contains(&expected), "{unreadable:?}: {found:?}");
            }
            let found = of(&[unreadable, b"c=3"]);
            assert!(found.contains(&pairs(&[("c", "3")])[0]), "{unreadable:?}");
        }
    }

    #[test]
    fn spaces_and_quotes_around_a_value_are_not_part_of_it() {
        let found = of(&[b" a = 1 ;b=\"2\";c=\";d==;e=", b"f=x=y"]);
        let expected = [
            ("a", "1"),
            ("b", "2"),
            ("c", "\""),
            ("d", "="),
            ("e", ""),
            ("f", "x=y"),
        ];
        assert_eq!(found, pairs(&expected));
    }
}
