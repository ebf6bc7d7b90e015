use std::cmp::Reverse;
use std::fmt;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::OnceLock;

use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};

/// The names that handshakes have, each of which is kept as one byte: its place in here.
const NAMES: [HeaderName; 18] = [
    header::HOST,
    header::USER_AGENT,
    header::ORIGIN,
    header::UPGRADE,
    header::CONNECTION,
    header::SEC_WEBSOCKET_KEY,
    header::SEC_WEBSOCKET_VERSION,
    header::SEC_WEBSOCKET_EXTENSIONS,
    header::SEC_WEBSOCKET_PROTOCOL,
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    header::COOKIE,
    header::FORWARDED,
    header::PRAGMA,
    header::VIA,
];

/// No name in full begins with this or more: names are ASCII.
const SHORT: u8 = 0x80;

/// The target and the headers of a request, kept as text for as long as the session lives; of a client's session, the
/// headers of the answer too.
///
/// hyper's own are slices of its read buffer, which they would keep alive, and a map of headers is several times as
/// large as what it holds. Few sessions look at them after the handshake, and those parse them once.
pub(super) struct Head {
    /// The target, behind a space the local address, then a line for each header; then, if there was an answer, an empty
    /// line and its headers.
    text: Box<[u8]>,
    parsed: OnceLock<Box<Parsed>>,
}

struct Parsed {
    uri: Uri,
    headers: HeaderMap,
    answer: Option<HeaderMap>,
}

impl Head {
    pub(super) fn new(request: &Parts, local_addr: Option<SocketAddr>) -> Self {
        let mut text = request.uri.to_string().into_bytes();
        if let Some(address) = local_addr {
            // Few ask for it, and as text it is half as large. A `Vec` takes all that is written.
            let _ = write!(text, " {address}");
        }
        text.push(b'\n');
        write(&mut text, &request.headers);
        Self {
            text: text.into_boxed_slice(),
            parsed: OnceLock::new(),
        }
    }

    /// Adds the headers of the answer.
    pub(super) fn answered(&mut self, headers: &HeaderMap) {
        let mut text = std::mem::take(&mut self.text).into_vec();
        text.push(b'\n');
        write(&mut text, headers);
        self.text = text.into_boxed_slice();
        self.parsed = OnceLock::new();
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.parsed().uri
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.parsed().headers
    }

    /// The headers of the answer, if this program was the one who asked.
    pub(super) fn answer(&self) -> Option<&HeaderMap> {
        self.parsed().answer.as_ref()
    }

    /// Keeps the text alone, until somebody looks again.
    pub(super) fn forget_parsed(&mut self) {
        self.parsed.take();
    }

    /// Drops the largest header fields until the others have at most `kept` bytes, and returns the names of those that are
    /// gone.
    pub(super) fn trim(&mut self, kept: usize) -> Vec<HeaderName> {
        let (target, lines) = self.lines();
        let mut excess = lines.len().saturating_sub(kept);
        if excess == 0 {
            return Vec::new();
        }
        let mut fields: Vec<_> = lines.split_inclusive(|byte| *byte == b'\n').collect();
        let mut by_size: Vec<_> = (0..fields.len()).collect();
        by_size.sort_by_key(|at| Reverse(fields[*at].len()));
        let mut dropped = Vec::new();
        for at in by_size {
            if excess == 0 {
                break;
            }
            let field = std::mem::take(&mut fields[at]);
            excess = excess.saturating_sub(field.len());
            dropped.extend(header(field).map(|(name, _)| name));
        }
        self.text = [target, b"\n", &fields.concat()]
            .concat()
            .into_boxed_slice();
        self.parsed = OnceLock::new();
        dropped
    }

    /// What is behind the `?` of the target.
    pub(super) fn query(&self) -> Option<&str> {
        let target = str::from_utf8(self.target().0).ok()?;
        target.split_once('?').map(|(_, query)| query)
    }

    /// The address that the connection came to.
    pub(super) fn local_addr(&self) -> Option<SocketAddr> {
        str::from_utf8(self.target().1).ok()?.parse().ok()
    }

    /// The target, in which no space is possible, and what stands behind the space.
    fn target(&self) -> (&[u8], &[u8]) {
        let (line, _) = self.lines();
        let end = line.iter().position(|byte| *byte == b' ');
        let (target, address) = line.split_at(end.unwrap_or(line.len()));
        (target, address.get(1..).unwrap_or_default())
    }

    /// The line of the target, and the lines of the headers.
    fn lines(&self) -> (&[u8], &[u8]) {
        let end = self.text.iter().position(|byte| *byte == b'\n');
        let (target, headers) = self.text.split_at(end.unwrap_or(self.text.len()));
        (target, headers.get(1..).unwrap_or_default())
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let (target, _) = self.target();
            let (_, lines) = self.lines();
            let mut headers = HeaderMap::new();
            let mut answer = None;
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                if line == b"\n" {
                    answer = Some(HeaderMap::new());
                } else if let Some((name, value)) = header(line) {
                    answer.as_mut().unwrap_or(&mut headers).append(name, value);
                }
            }
            let uri = Uri::try_from(target).unwrap_or_default();
            Box::new(Parsed {
                uri,
                headers,
                answer,
            })
        })
    }
}

fn write(text: &mut Vec<u8>, headers: &HeaderMap) {
    for (name, value) in headers {
        // Neither a colon in a name nor a line break in a value is possible.
        match (SHORT..).zip(&NAMES).find(|(_, known)| *known == name) {
            Some((short, _)) => text.push(short),
            None => {
                text.extend_from_slice(name.as_str().as_bytes());
                text.push(b':');
            }
        }
        text.extend_from_slice(value.as_bytes());
        text.push(b'\n');
    }
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let line = line.strip_suffix(b"\n")?;
    let (name, value) = match line.split_first()? {
        (short @ SHORT.., value) => (NAMES.get(usize::from(short - SHORT))?.clone(), value),
        _ => {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            (name, &line[colon + 1..])
        }
    };
    Some((name, HeaderValue::from_bytes(value).ok()?))
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("uri", self.uri())
            .field("headers", self.headers())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn target_and_headers_come_back_as_they_were() {
        let (parts, ()) = Request::get("/a%20b?c=%3F&d=?")
            .header("host", "localhost:8080")
            .header("cookie", "first: with a colon")
            .header("cookie", "")
            .header("x-bytes", HeaderValue::from_bytes(b"\xff\t\x80").unwrap())
            .body(())
            .unwrap()
            .into_parts();
        let address = "[::1]:80".parse().ok();
        let head = Head::new(&parts, address);
        assert_eq!(head.local_addr(), address);
        assert_eq!(head.query(), Some("c=%3F&d=?"));
        assert_eq!(head.uri(), &parts.uri);
        assert_eq!(head.headers(), &parts.headers);
        assert_eq!(head.answer(), None);
        let (bare, ()) = Request::get("/").body(()).unwrap().into_parts();
        let bare = Head::new(&bare, None);
        assert_eq!((bare.query(), bare.local_addr()), (None, None));
    }

    #[test]
    fn the_largest_fields_go_until_the_others_fit() {
        let sizes = [
            ("host", 9),
            ("x-a", 500),
            ("cookie", 3000),
            ("x-b", 400),
            ("cookie", 20),
        ];
        let mut request = Request::get("/a?b=c");
        for (name, size) in sizes {
            request = request.header(name, "x".repeat(size));
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        for (kept, gone) in [
            (10_000, &[][..]),
            (1000, &["cookie"]),
            (900, &["cookie", "x-a"]),
            (40, &["cookie", "x-a", "x-b"]),
            (0, &["cookie", "x-a", "x-b", "cookie", "host"]),
        ] {
            let address = "[::1]:80".parse().ok();
            let mut head = Head::new(&parts, address);
            assert_eq!(head.headers(), &parts.headers);
            assert_eq!(head.trim(kept), gone, "{kept}");
            assert_eq!(head.headers().len(), sizes.len() - gone.len(), "{kept}");
            assert_eq!((head.uri(), head.local_addr()), (&parts.uri, address));
            let last = head.headers().get_all("cookie").iter().next_back();
            assert_eq!(last.is_some_and(|it| it.len() == 20), kept > 0);
            assert!(head.lines().1.len() <= kept);
            assert_eq!(head.trim(kept), [""; 0]);
        }
    }

    #[test]
    fn the_answer_stands_beside_the_request() {
        let (parts, ()) = Request::get("ws://localhost/?a")
            .header("host", "localhost")
            .body(())
            .unwrap()
            .into_parts();
        let mut head = Head::new(&parts, None);
        assert_eq!(head.answer(), None);
        let mut answer = HeaderMap::new();
        answer.insert("upgrade", HeaderValue::from_static("websocket"));
        answer.append("set-cookie", HeaderValue::from_static("a=1"));
        answer.append("set-cookie", HeaderValue::from_static("b=2"));
        head.answered(&answer);
        assert_eq!(head.answer(), Some(&answer));
        assert_eq!((head.uri(), head.headers()), (&parts.uri, &parts.headers));
        assert_eq!(head.query(), Some("a"));
    }
}
