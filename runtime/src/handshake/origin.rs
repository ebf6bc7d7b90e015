//! Which pages may connect. Browsers send cookies with every handshake and no script can forge `Origin`, so
//! the server has to look at it (RFC 6455 §10.2). Java: `Configurator.checkOrigin`.

use std::fmt;
use std::str::FromStr;

use http::header;
use http::request::Parts;
use http::uri::{Authority, Scheme};

use super::verify::{authority, only};
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
mod tests;
