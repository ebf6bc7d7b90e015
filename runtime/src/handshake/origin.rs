//! Which pages may connect. Browsers send cookies with every handshake and no script can forge `Origin`, so
//! the server has to look at it (RFC 6455 §10.2). Java: `Configurator.checkOrigin`.

use std::fmt;
use std::str::FromStr;

use http::header;
use http::request::Parts;
use http::uri::{Authority, Scheme};

use super::request::{authority, only};
use super::{Hosts, Refusal, Trust};

/// The origins of pages that may open a session. Clients other than browsers send no `Origin` and are allowed.
///
/// The default is the server's own origin only: that of the `Host` header. See [`Hosts`] for what protects a server on
/// a loopback address from pages that write both headers.
///
/// ```
/// use wspring::{Origins, Server};
///
/// let server = Server::builder().origins(Origins::list(["https://app.example.com"])?);
/// let for_an_extension = Server::builder().origins(Origins::list(["chrome-extension://abcdefghijklmnop"])?);
/// let open_to_all = Server::builder().origins(Origins::any());
/// # Ok::<(), wspring::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Allowed);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Allowed {
    #[default]
    Same,
    List(Vec<Origin>),
    Any,
}

/// A text that is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an origin: write it as browsers send it, such as `https://app.example.com`, `http://localhost:3000`, `chrome-extension://abcdefghijklmnop` or `null`"
)]
pub struct InvalidOrigin(String);

impl FromStr for Origins {
    type Err = InvalidOrigin;

    /// `same`, `any`, or origins separated by commas.
    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        match text {
            "same" => Ok(Self::same()),
            "any" => Ok(Self::any()),
            list => Self::list(list.split(',').map(str::trim)),
        }
    }
}

impl fmt::Display for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Allowed::Same => f.write_str("same"),
            Allowed::Any => f.write_str("any"),
            Allowed::List(list) => {
                for (i, origin) in list.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    write!(f, "{comma}{origin}")?;
                }
                Ok(())
            }
        }
    }
}

/// An origin in one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// `null`: the page has none, such as a local file or a frame with the attribute `sandbox`.
    Opaque,
    /// Scheme, host and port. The scheme has a port of its own if there is none; `file://` has no host either.
    Tuple {
        scheme: String,
        host: String,
        port: Option<u16>,
    },
}

impl Origins {
    /// The server's own origin only.
    #[must_use]
    pub fn same() -> Self {
        Self(Allowed::Same)
    }

    /// The server's own origin and these, compared exactly.
    ///
    /// An origin is a scheme and a host, and a port unless it is the usual one of the scheme:
    /// `https://app.example.com`, `http://localhost:3000`, `chrome-extension://…`, `moz-extension://…`, `file://`. Or it is
    /// `null`, which browsers send for local files and sandboxed frames. Every site can put a page into such a frame, so
    /// list `null` only at endpoints that authenticate with something that a browser does not send by itself.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] for any other text. `ws` and `wss` are not schemes of pages.
    pub fn list<T: AsRef<str>>(
        origins: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidOrigin> {
        let parse = |text: T| {
            let text = text.as_ref();
            Origin::parse(text)
                .filter(Origin::can_be_listed)
                .ok_or_else(|| InvalidOrigin(text.to_owned()))
        };
        Ok(Self(Allowed::List(
            origins.into_iter().map(parse).collect::<Result<_, _>>()?,
        )))
    }

    /// Every page on the web; for endpoints that trust nothing that a browser sends by itself.
    #[must_use]
    pub fn any() -> Self {
        Self(Allowed::Any)
    }

    /// The argument `origins` of an endpoint: one of the two words, or a list.
    pub(crate) fn declared(texts: &[&str]) -> Result<Self, InvalidOrigin> {
        match texts {
            ["same" | "any"] => texts[0].parse(),
            list => Self::list(list),
        }
    }

    /// Checks the page that sends a request, if it comes from one.
    ///
    /// # Errors
    ///
    /// [`Refusal::Origin`], or what [`Hosts::trust`] says about an origin that is allowed only because it is the server's
    /// own.
    pub(crate) fn verify(&self, request: &Parts, hosts: &Hosts) -> Result<Trust, Refusal> {
        if self.0 == Allowed::Any || !request.headers.contains_key(header::ORIGIN) {
            return Ok(Trust::Full);
        }
        let text =
            only(&request.headers, &header::ORIGIN).and_then(|value| str::from_utf8(value).ok());
        if let Some(origin) = text.and_then(Origin::parse) {
            if matches!(&self.0, Allowed::List(list) if list.contains(&origin)) {
                return Ok(Trust::Full);
            }
            if origin.is_of(request) {
                return hosts.trust(&origin, request);
            }
        }
        let host = only(&request.headers, &header::HOST).map(String::from_utf8_lossy);
        Err(Refusal::Origin {
            origin: beginning(text.unwrap_or("(unreadable)")),
            host: beginning(&host.unwrap_or_default()),
        })
    }
}

impl Origin {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "null" {
            return Some(Self::Opaque);
        }
        let (scheme, rest) = text.split_once("://")?;
        if !is_scheme(scheme) {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let usual = usual_port(&scheme);
        if rest.is_empty() && usual.is_none() {
            return Some(Self::Tuple {
                scheme,
                host: String::new(),
                port: None,
            });
        }
        // It takes neither a path nor anything else behind the port.
        let authority: Authority = rest.parse().ok()?;
        let has_port = authority.as_str().len() > authority.host().len();
        if authority.as_str().contains(['@', '*']) || has_port != authority.port_u16().is_some() {
            return None;
        }
        let host = authority.host().to_ascii_lowercase();
        (!host.is_empty()).then(|| Self::Tuple {
            port: authority.port_u16().or(usual),
            host,
            scheme,
        })
    }

    /// Returns the host of a page that was loaded over `http`.
    pub(super) fn http_host(&self) -> Option<&str> {
        match self {
            Self::Tuple { scheme, host, .. } if scheme == Scheme::HTTP.as_str() => Some(host),
            _ => None,
        }
    }

    /// A WebSocket's own scheme is a mistake for that of its page.
    fn can_be_listed(&self) -> bool {
        !matches!(self, Self::Tuple { scheme, .. } if scheme == "ws" || scheme == "wss")
    }

    /// Whether this is the origin that the request was sent to. A proxy may have taken the TLS off, so the
    /// scheme is not compared; a port that the `Host` header leaves out is the scheme's.
    fn is_of(&self, request: &Parts) -> bool {
        let Self::Tuple { scheme, host, port } = self else {
            return false;
        };
        authority(request).is_some_and(|asked| {
            asked.host().eq_ignore_ascii_case(host)
                && port.is_some()
                && asked.port_u16().or_else(|| usual_port(scheme)) == *port
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opaque => f.write_str("null"),
            Self::Tuple { scheme, host, port } => {
                write!(f, "{scheme}://{host}")?;
                match port {
                    Some(port) => write!(f, ":{port}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// As much of a value that came from a peer as a refusal shows.
pub(super) fn beginning(value: &str) -> String {
    value.chars().take(100).collect()
}

/// RFC 3986 §3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn usual_port(scheme: &str) -> Option<u16> {
    if scheme == Scheme::HTTP.as_str() {
        Some(80)
    } else if scheme == Scheme::HTTPS.as_str() {
        Some(443)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn verify(origins: &Origins, host: &str, origin: &str) -> Result<Trust, Refusal> {
        let request = Request::get("/chat")
            .header(header::HOST, host)
            .header(header::ORIGIN, origin);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        origins.verify(&parts, &Hosts::any())
    }

    #[test]
    fn by_default_only_the_own_origin_passes() {
        let same = Origins::same();
        for (host, origin) in [
            ("localhost:8009", "http://localhost:8009"),
            ("Example.com", "https://example.com"),
            ("example.com:443", "https://example.com"),
            ("example.com", "http://example.com:80"),
            ("[::1]:8009", "http://[::1]:8009"),
        ] {
            assert_eq!(
                verify(&same, host, origin),
                Ok(Trust::Full),
                "{origin} at {host}"
            );
        }
        for (host, origin) in [
            ("localhost:8009", "http://localhost:8010"),
            ("localhost:8009", "http://localhost"),
            ("example.com", "https://example.com.evil.org"),
            ("example.com", "https://evil-example.com"),
            ("example.com", "https://user@example.com"),
            ("example.com", "null"),
            ("example.com", ""),
            ("example.com", "example.com"),
            ("example.com", "https://example.com/path"),
            ("example.com", "file://example.com"),
        ] {
            assert!(verify(&same, host, origin).is_err(), "{origin} at {host}");
        }
    }

    #[test]
    fn a_list_is_compared_exactly_and_keeps_the_own_origin() {
        let list = Origins::list(["https://app.example.com", "http://localhost:3000"]).unwrap();
        assert_eq!(
            verify(&list, "api.example.com", "https://app.example.com"),
            Ok(Trust::Full)
        );
        assert_eq!(
            verify(&list, "api.example.com", "https://app.example.com:443"),
            Ok(Trust::Full)
        );
        assert_eq!(
            verify(&list, "api.example.com", "https://api.example.com"),
            Ok(Trust::Full)
        );
        assert!(verify(&list, "api.example.com", "http://app.example.com").is_err());
        assert!(verify(&list, "api.example.com", "https://app.example.com.evil.org").is_err());
    }

    #[test]
    fn two_origins_are_refused_and_none_passes() {
        let request = Request::get("/chat")
            .header(header::HOST, "example.com")
            .header(header::ORIGIN, "https://example.com")
            .header(header::ORIGIN, "https://evil.org");
        let (two, ()) = request.body(()).unwrap().into_parts();
        assert!(Origins::same().verify(&two, &Hosts::any()).is_err());

        let (none, ()) = Request::get("/chat").body(()).unwrap().into_parts();
        assert_eq!(
            Origins::same().verify(&none, &Hosts::any()),
            Ok(Trust::Full)
        );
    }

    #[test]
    fn what_is_not_an_origin_is_refused_when_it_is_listed() {
        for text in [
            "",
            "example.com",
            "https://",
            "https://example.com/",
            "https://example.com:",
            "https://example.com:65536",
            "https://*.example.com",
            "https://user@example.com",
            "chrome-extension://abc/",
            "wss://example.com",
            "://example.com",
            "1a://example.com",
            "a b://example.com",
            "Null",
            "*",
        ] {
            assert_eq!(Origins::list([text]), Err(InvalidOrigin(text.to_owned())));
        }
    }

    #[test]
    fn every_origin_that_a_browser_sends_can_be_listed() {
        for text in [
            "null",
            "file://",
            "chrome-extension://abcdefghijklmnop",
            "moz-extension://6c9f5b0e-1f0c-4c29-a4bd-1c9d1a7f7d5e",
            "capacitor://localhost",
            "tauri://localhost:1430",
            "http://[::1]:8009",
        ] {
            let list = Origins::list([text]).unwrap();
            assert_eq!(
                verify(&list, "example.com", text),
                Ok(Trust::Full),
                "{text}"
            );
            assert_eq!(list.to_string().parse(), Ok(list.clone()), "{text}");
            assert!(verify(&Origins::same(), "example.com", text).is_err());
            for other in [
                "null",
                "file://",
                "chrome-extension://other",
                "http://a.example",
            ] {
                assert_eq!(verify(&list, "example.com", other).is_ok(), other == text);
            }
        }
    }

    #[test]
    fn a_scheme_without_a_port_is_not_the_server_s_own_origin() {
        for (host, origin) in [
            ("example.com", "file://example.com"),
            ("localhost", "capacitor://localhost"),
            ("", "file://"),
        ] {
            assert!(verify(&Origins::same(), host, origin).is_err(), "{origin}");
        }
    }

    #[test]
    fn a_refusal_says_what_was_compared_on_one_line() {
        let refusal = verify(&Origins::same(), "example.com", "https://example.com:8443");
        let text = refusal.unwrap_err().to_string();
        for part in [
            "https://example.com:8443",
            "Host is example.com",
            "`origins`",
        ] {
            assert!(text.contains(part), "`{part}` is not in: {text}");
        }
        let long = format!("https://{}", "\u{85}x\u{202e}".repeat(1000));
        let text = verify(&Origins::same(), "example.com", &long)
            .unwrap_err()
            .to_string();
        assert!(
            text.len() < 1000 && !text.contains(['\u{85}', '\u{202e}']),
            "{text}"
        );
    }
}
