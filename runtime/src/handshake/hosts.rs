//! Which names a server answers to. An `Origin` that equals `Host` proves nothing where an attacker writes both: a page
//! at `http://evil.example` whose name is pointed at 127.0.0.1 sends its own name in both (DNS rebinding).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::HeaderMap;
use http::header::{self, HeaderName};
use http::request::Parts;
use http::uri::Authority;

use super::origin::{Origin, beginning};
use super::verify::{authority, only};
use super::{Refusal, Stream};
use crate::request::{Peer, Remote, Secure};

/// The hosts that a server answers to, as clients write them in the header `Host`.
///
/// The default, [`auto`](Self::auto), needs no setting: not for a server behind a proxy either, on the same machine or
/// on another.
///
/// ```
/// use wspring::{Hosts, Server};
///
/// let server = Server::builder().hosts(Hosts::list(["app.example.com", "localhost:8080"])?);
/// # Ok::<(), wspring::InvalidHost>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(Known);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Known {
    #[default]
    Auto,
    List(Vec<Host>),
    Any,
}

/// A text that is not a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a host: write a name or an address, with or without a port, such as `app.example.com` or `[::1]:8080`"
)]
pub struct InvalidHost(String);

/// A host in one spelling; without a port it stands for all ports.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Host {
    name: Name,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Domain(String),
    Address(IpAddr),
}

impl Hosts {
    /// Every host, but for a guard against DNS rebinding: a page that was loaded over `http` from a host name other than
    /// `localhost` is not taken for the server's own page at a loopback address.
    ///
    /// The guard leaves alone what cannot be such a page: a request with `Forwarded`, `X-Forwarded-…`, `X-Real-IP` or
    /// `Via`, which a proxy adds and a page cannot; a connection with TLS; a page that was loaded over `https`, or from an
    /// IP address; a page that [`Origins`](super::Origins) lists; and a client that is not a browser.
    ///
    /// In a service that is mounted in another server, the address of this machine is known only when the connection has
    /// been upgraded. Such a page then gets a Close frame with 1008, before the session opens. The guard finds the address
    /// only if the other server's connection is a `TcpStream` of tokio, or with the feature `tls` a `TlsStream` of
    /// tokio-rustls around one, as hyper knows it through `hyper_util::rt::TokioIo`. Over any other type, such as a
    /// `TcpStream` in a wrapper, there is no guard: give the server a [`list`](Self::list).
    #[must_use]
    pub fn auto() -> Self {
        Self(Known::Auto)
    }

    /// These hosts only; every other one is answered with 403. A host without a port stands for all ports.
    ///
    /// # Errors
    ///
    /// [`InvalidHost`] for a text that is not a host name or an IP address, with or without a port.
    pub fn list<T: AsRef<str>>(hosts: impl IntoIterator<Item = T>) -> Result<Self, InvalidHost> {
        let parse = |text: T| {
            let text = text.as_ref();
            let host = text.parse().ok().and_then(|host| Host::of(&host));
            host.ok_or_else(|| InvalidHost(text.to_owned()))
        };
        Ok(Self(Known::List(
            hosts.into_iter().map(parse).collect::<Result<_, _>>()?,
        )))
    }

    /// Every host, without a guard.
    #[must_use]
    pub fn any() -> Self {
        Self(Known::Any)
    }

    /// Checks the host that a request was sent to.
    ///
    /// # Errors
    ///
    /// [`Refusal::ForeignHost`] if there is a list without it.
    pub(crate) fn verify(&self, request: &Parts) -> Result<(), Refusal> {
        let Known::List(list) = &self.0 else {
            return Ok(());
        };
        let asked = authority(request);
        let host = asked.as_ref().and_then(Host::of);
        if host.is_some_and(|host| list.iter().any(|known| known.stands_for(&host))) {
            return Ok(());
        }
        let text = match &asked {
            Some(host) => host.as_str().into(),
            None => {
                String::from_utf8_lossy(only(&request.headers, &header::HOST).unwrap_or_default())
            }
        };
        Err(Refusal::ForeignHost(beginning(&text)))
    }

    /// Says whether an origin that equals the host of its request is the server's own.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rebinding`] if the page's host may be an attacker's name for this machine.
    pub(super) fn trust(&self, origin: &Origin, request: &Parts) -> Result<Trust, Refusal> {
        if self.0 != Known::Auto || !may_be_rebound(origin, request) {
            return Ok(Trust::Full);
        }
        let peer = request.extensions.get::<Peer>();
        // A trusted proxy on this machine has the address that a browser on it has too, so it counts once it has named
        // its client.
        if peer.is_some_and(|peer| peer.remote == Remote::Client) {
            return Ok(Trust::Full);
        }
        match peer.and_then(|peer| peer.local_addr) {
            Some(address) if is_loopback(address.ip()) => {
                Err(Refusal::Rebinding(beginning(&origin.to_string())))
            }
            Some(_) => Ok(Trust::Full),
            None => Ok(Trust::UnlessLoopback),
        }
    }
}

/// Whether a page may connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Full,
    /// Unless the connection, whose addresses are known after the upgrade alone, came to a loopback address.
    UnlessLoopback,
}

impl Trust {
    /// Whether the page may connect, now that its connection is known. Only one without TLS can have been rebound.
    pub(crate) fn covers(self, stream: &Stream) -> bool {
        let is_at_loopback = || match stream {
            Stream::Tcp(stream) => stream.local_addr().is_ok_and(|it| is_loopback(it.ip())),
            _ => false,
        };
        self == Self::Full || !is_at_loopback()
    }
}

/// Whether an address is one of those that only this machine reaches.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Whether a page of this origin can have been loaded from somebody else's server by a name that now means this machine.
fn may_be_rebound(origin: &Origin, request: &Parts) -> bool {
    // A page that was loaded over TLS cannot open a connection without it, and for a connection with TLS the server
    // would have needed a certificate of that name.
    let Some(host) = origin.http_host() else {
        return false;
    };
    let is_secure = request.extensions.get::<Secure>().is_some();
    is_foreign_name(host) && !is_secure && !is_forwarded(&request.headers)
}

/// Whether a host is a name that anybody can point at any machine; browsers do not ask DNS for `localhost` and those
/// below it.
fn is_foreign_name(host: &str) -> bool {
    match Name::of(host) {
        Name::Address(_) => false,
        Name::Domain(name) => name != "localhost" && !name.ends_with(".localhost"),
    }
}

/// Whether a proxy has passed the request on. Scripts cannot add any header to the handshake of a WebSocket.
fn is_forwarded(headers: &HeaderMap) -> bool {
    let is_of_proxy = |name: &HeaderName| {
        [header::FORWARDED, header::VIA].contains(name)
            || name == "x-real-ip"
            || name.as_str().starts_with("x-forwarded-")
    };
    headers.keys().any(is_of_proxy)
}

impl Host {
    fn of(authority: &Authority) -> Option<Self> {
        let host = authority.host();
        let has_port = authority.as_str().len() > host.len();
        if host.is_empty()
            || authority.as_str().contains(['@', '*'])
            || has_port != authority.port_u16().is_some()
        {
            return None;
        }
        Some(Self {
            name: Name::of(host),
            port: authority.port_u16(),
        })
    }

    /// Whether a host in a list means the one that was asked for.
    fn stands_for(&self, asked: &Self) -> bool {
        self.name == asked.name && (self.port.is_none() || self.port == asked.port)
    }
}

impl Name {
    fn of(host: &str) -> Self {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        match bare.parse::<IpAddr>() {
            Ok(address) => Self::Address(address.to_canonical()),
            // A dot at the end says that the name is complete.
            Err(_) => Self::Domain(host.trim_end_matches('.').to_ascii_lowercase()),
        }
    }
}

impl FromStr for Hosts {
    type Err = InvalidHost;

    /// `auto`, `any`, or hosts separated by commas.
    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        match text {
            "auto" => Ok(Self::auto()),
            "any" => Ok(Self::any()),
            list => Self::list(list.split(',').map(str::trim)),
        }
    }
}

impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Known::Auto => f.write_str("auto"),
            Known::Any => f.write_str("any"),
            Known::List(list) => {
                for (i, host) in list.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    write!(f, "{comma}{host}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Domain(name) => f.write_str(name)?,
            Name::Address(IpAddr::V4(address)) => write!(f, "{address}")?,
            Name::Address(IpAddr::V6(address)) => write!(f, "[{address}]")?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
