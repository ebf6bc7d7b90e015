use std::fmt;

use http::request::Parts;
use http::uri::{Authority, Scheme};

use super::verify::authority;

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
    pub(super) fn can_be_listed(&self) -> bool {
        !matches!(self, Self::Tuple { scheme, .. } if scheme == "ws" || scheme == "wss")
    }

    /// Whether this is the origin that the request was sent to. A proxy may have taken the TLS off, so the
    /// scheme is not compared; a port that the `Host` header leaves out is the scheme's.
    pub(super) fn is_of(&self, request: &Parts) -> bool {
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
