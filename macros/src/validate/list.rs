//! The rules of arguments that are lists of names.

use std::collections::HashSet;

use syn::LitStr;

use crate::attr::{TextList, WordOrList};
use crate::diag::Errors;

/// `origins`: a word, or origins as browsers send them. The server parses them again when it starts.
pub(super) fn origins(value: WordOrList, errors: &mut Errors) -> Vec<LitStr> {
    match value {
        WordOrList::Word(word) => {
            if !matches!(word.value().as_str(), "same" | "any") {
                let text = "`origins` is \"same\", \"any\", or a list such as `[\"https://app.example.com\"]`";
                errors.at(&word, text);
            }
            vec![word]
        }
        WordOrList::List(TextList(list)) => {
            for origin in &list {
                if !is_origin(&origin.value()) {
                    let text = format!(
                        "`{}` is not an origin: write it as browsers send it, such as `https://app.example.com`, `http://localhost:3000`, `chrome-extension://abcdefghijklmnop` or `null`",
                        origin.value()
                    );
                    errors.at(origin, text);
                }
            }
            list
        }
    }
}

/// Each is a token (RFC 9110 §5.6.2), and stands there once (RFC 6455 §4.1).
pub(super) fn subprotocols(names: &[LitStr], errors: &mut Errors) {
    let mut seen = HashSet::new();
    for literal in names {
        let name = literal.value();
        if !is_token(&name) {
            let text = "not the name of a subprotocol: it has letters, digits and some signs, as in `\"chat.v1\"`";
            errors.at(literal, text);
        } else if !seen.insert(name) {
            errors.at(literal, "this subprotocol stands here twice: leave one out");
        }
    }
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text == "null";
    };
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    if rest.is_empty() && !is_web {
        // As in `file://`.
        return is_scheme(scheme);
    }
    let (host, port) = match rest.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let is_of_host = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'[' | b']' | b':')
    };
    is_scheme(scheme)
        && !host.is_empty()
        && host.bytes().all(is_of_host)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// The scheme of a page (RFC 3986 §3.1), which those of WebSockets are not.
fn is_scheme(text: &str) -> bool {
    let is_of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(is_of_scheme)
        && !text.eq_ignore_ascii_case("ws")
        && !text.eq_ignore_ascii_case("wss")
}

fn is_token(name: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_those_of_browsers() {
        for good in [
            "https://app.example.com",
            "http://localhost:3000",
            "http://[::1]:8009",
            "https://[2001:db8::1]",
            "null",
            "file://",
            "chrome-extension://abcdefghijklmnop",
            "capacitor://localhost",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "example.com",
            "https://",
            "https://:80",
            "https://example.com/",
            "https://a@example.com",
            "https://example.com:",
            "https://example.com:65536",
            "ws://example.com",
            "wss://",
            "://example.com",
            "1a://example.com",
            "Null",
            "https://exa mple.com",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }

    #[test]
    fn subprotocols_are_tokens() {
        for (name, is_good) in [
            ("v2.chat", true),
            ("graphql-ws", true),
            ("", false),
            ("v2 chat", false),
            ("a,b", false),
            ("\u{e9}", false),
        ] {
            assert_eq!(is_token(name), is_good, "{name}");
        }
    }
}
