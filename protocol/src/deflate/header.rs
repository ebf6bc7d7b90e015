use std::borrow::Cow;

/// Returns the extensions listed in a `Sec-WebSocket-Extensions` header, in order (RFC 6455 §9.1).
///
/// An element that breaks the grammar is an error; the elements after it are read nevertheless.
pub(super) fn extensions(header: &[u8]) -> impl Iterator<Item = Result<Extension<'_>, Malformed>> {
    split_unquoted(header, b',')
        .filter(|element| !element.is_empty())
        .map(Extension::parse)
}

/// One extension and its parameters.
#[derive(Debug)]
pub(super) struct Extension<'a> {
    pub(super) name: &'a str,
    pub(super) parameters: Vec<Parameter<'a>>,
}

/// A parameter of an extension, with its value unquoted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    pub(super) value: Option<Cow<'a, str>>,
}

/// The error for an element of the header that breaks the grammar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl<'a> Extension<'a> {
    fn parse(element: &'a [u8]) -> Result<Self, Malformed> {
        let mut parts = split_unquoted(element, b';');
        let name = parts.next().and_then(token).ok_or(Malformed)?;
        let parameters = parts.map(Parameter::parse).collect::<Result<_, _>>()?;
        Ok(Self { name, parameters })
    }
}

impl<'a> Parameter<'a> {
    fn parse(part: &'a [u8]) -> Result<Self, Malformed> {
        let (name, value) = match part.iter().position(|byte| *byte == b'=') {
            Some(at) => (&part[..at], Some(&part[at + 1..])),
            None => (part, None),
        };
        let name = token(name.trim_ascii_end()).ok_or(Malformed)?;
        let value = match value.map(<[u8]>::trim_ascii_start) {
            None => None,
            Some([b'"', quoted @ ..]) => Some(Cow::Owned(unquote(quoted)?)),
            Some(value) => Some(Cow::Borrowed(token(value).ok_or(Malformed)?)),
        };
        Ok(Self { name, value })
    }
}

/// Splits at separators outside of quotes and trims the parts.
fn split_unquoted(list: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let mut escaped = false;
    list.split(move |byte| {
        if escaped {
            escaped = false;
        } else if quoted && *byte == b'\\' {
            escaped = true;
        } else if *byte == b'"' {
            quoted = !quoted;
        }
        !quoted && *byte == separator
    })
    .map(<[u8]>::trim_ascii)
}

/// Returns the content of a quoted string, given without its first quote. It must be a token
/// (RFC 6455 §9.1).
fn unquote(quoted: &[u8]) -> Result<String, Malformed> {
    let quoted = quoted.strip_suffix(b"\"").ok_or(Malformed)?;
    let mut content = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter().copied();
    while let Some(byte) = bytes.next() {
        content.push(match byte {
            b'\\' => bytes.next().ok_or(Malformed)?,
            byte => byte,
        });
    }
    token(&content).map(str::to_owned).ok_or(Malformed)
}

/// Returns the bytes as text if they are a token (RFC 7230 §3.2.6).
fn token(bytes: &[u8]) -> Option<&str> {
    let is_token = !bytes.is_empty()
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte));
    if !is_token {
        return None;
    }
    str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes each extension as a name and `name=value` words, and `!` for a malformed one.
    fn read(header: &[u8]) -> Vec<String> {
        let word = |parameter: &Parameter<'_>| match &parameter.value {
            None => format!(" {}", parameter.name),
            Some(value) => format!(" {}={value}", parameter.name),
        };
        extensions(header)
            .map(|extension| match extension {
                Ok(Extension { name, parameters }) => {
                    name.to_owned() + &parameters.iter().map(word).collect::<String>()
                }
                Err(Malformed) => "!".to_owned(),
            })
            .collect()
    }

    #[test]
    fn section_9_1_lists_extensions_with_parameters() {
        assert_eq!(read(b"foo"), ["foo"]);
        assert_eq!(
            read(b"foo, bar; baz=2 ;qux,foo;\tx = 1"),
            ["foo", "bar baz=2 qux", "foo x=1"]
        );
        assert_eq!(read(b", foo ,, bar,"), ["foo", "bar"]);
        assert!(read(b" ").is_empty());
    }

    #[test]
    fn section_9_1_values_may_be_quoted() {
        assert_eq!(
            read(br#"foo; a="1"; b="\2\3", bar"#),
            ["foo a=1 b=23", "bar"]
        );
        assert_eq!(read(br#"foo; a="1\"" , bar"#), ["!", "bar"]);
        assert_eq!(read(br#"foo; a="1,2;3", bar"#), ["!", "bar"]);
    }

    #[test]
    fn only_the_element_that_breaks_the_grammar_is_refused() {
        let malformed: [&[u8]; 13] = [
            b";",
            b"foo;",
            b"foo;;a",
            b"foo;=1",
            b"foo;a=",
            b"foo;a=\"\"",
            b"foo;a=\"1",
            b"foo;a=\"1\"2",
            b"foo;a=\"\\",
            b"foo;a=1=2",
            b"foo bar",
            b"f\xc3\xb6\xc3\xb6",
            b"foo;a=\0",
        ];
        for element in malformed {
            assert_eq!(read(element), ["!"], "{}", element.escape_ascii());
        }
        assert_eq!(read(b";, foo, a b, bar"), ["!", "foo", "!", "bar"]);
    }
}
