//! Proxies in front of the server: which ones are believed, and what they say about the client.

mod forwarded;
mod preface;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::HeaderValue;
use http::header::HOST;
use http::request::Parts;
use ipnet::IpNet;

use self::forwarded::Forwarded;
use crate::handshake::{self, Refusal};
use crate::request::{Peer, Remote, Secure};

pub(super) use self::preface::read_preface;

/// The networks of the proxies whose word on the client's address, scheme and host is taken.
///
/// The default is none: headers such as `X-Forwarded-For` change nothing then, because any client can send them.
///
/// ```
/// use wspring::{Server, TrustedProxies};
///
/// let server = Server::builder().trusted_proxies(TrustedProxies::list(["10.0.0.0/8", "::1"])?);
/// # Ok::<(), wspring::InvalidNetwork>(())
/// ```
///
/// From these peers the server takes `Forwarded` (RFC 7239), `X-Forwarded-For`, `X-Forwarded-Proto` and
/// `X-Forwarded-Host`. Each proxy adds the address of its own peer at the end of the list, so the list is read from its
/// end: the client is the first address that is not a trusted proxy, and what stands before it is what that client sent
/// itself. Then [`Session::remote_addr`](crate::Session::remote_addr), [`Session::is_secure`](crate::Session::is_secure),
/// [`Handshake::full_uri`](crate::Handshake::full_uri), the comparison of origins, the limits of addresses and the log are
/// those of the client, and the header `Host` is the one that the client sent. The port of `remote_addr` is 0 if the
/// proxy does not tell it. If it hides the address (`unknown`, `_hidden`), `remote_addr` is the proxy's, which has no
/// limit.
///
/// A proxy has to set or extend at least one of `Forwarded` and `X-Forwarded-For`; one that passes on whatever its client
/// sent lets the client choose. If both come and they name different clients, the answer is 400, because one of them is
/// then likely the client's own: have the proxy remove the header that it does not write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text that is not a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a network: write an address or a network such as `10.0.0.0/8` or `::1`")]
pub struct InvalidNetwork(String);

impl TrustedProxies {
    /// No proxy.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The proxies in these networks, each an IP address or a network with the length of its prefix.
    ///
    /// # Errors
    ///
    /// [`InvalidNetwork`] for any other text.
    pub fn list<T: AsRef<str>>(
        networks: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidNetwork> {
        let networks = networks.into_iter().map(|text| network(text.as_ref()));
        Ok(Self(networks.collect::<Result<_, _>>()?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Gives a request from a trusted proxy the form in which the client sent it.
    pub(super) fn apply(&self, request: &mut Parts) -> Result<(), Refusal> {
        let Some(peer) = request.extensions.get_mut::<Peer>() else {
            return Ok(());
        };
        if peer.remote != Remote::Proxy {
            return Ok(());
        }
        let Forwarded {
            address,
            is_hidden,
            is_secure,
            host,
        } = Forwarded::read(&request.headers, self)?;
        if address.is_some() {
            peer.remote_addr = address;
            if !is_hidden {
                peer.remote = Remote::Client;
            }
        }
        match is_secure {
            Some(true) if request.extensions.get::<Secure>().is_none() => {
                request.extensions.insert(Secure::default());
            }
            Some(false) => {
                request.extensions.remove::<Secure>();
            }
            Some(true) | None => {}
        }
        // A request that has no `Host`, or two, stays one that is refused for it.
        if let Some(host) = host
            && handshake::only(&request.headers, &HOST).is_some()
            && let Ok(host) = HeaderValue::from_str(host.as_str())
        {
            request.headers.insert(HOST, host);
        }
        Ok(())
    }
}

fn network(text: &str) -> Result<IpNet, InvalidNetwork> {
    let text = text.trim();
    let address = text
        .parse::<IpAddr>()
        .map(|address| IpNet::from(address.to_canonical()));
    address
        .or_else(|_| text.parse::<IpNet>())
        .map_err(|_| InvalidNetwork(text.to_owned()))
}

/// Networks separated by commas.
impl FromStr for TrustedProxies {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        Self::list(text.split(',').filter(|network| !network.trim().is_empty()))
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, network) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{network}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_listed() {
        let proxies = TrustedProxies::list(["10.0.0.0/8", "::1", "192.0.2.7", "2001:db8::/32"]);
        let proxies = proxies.unwrap();
        for (address, is_trusted) in [
            ("10.255.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("11.0.0.1", false),
            ("::1", true),
            ("::2", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("2001:db8:ffff::1", true),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(proxies.contains(address), is_trusted, "{address}");
        }
        assert_eq!(proxies.to_string().parse(), Ok(proxies));
        assert_eq!("".parse(), Ok(TrustedProxies::none()));
    }

    #[test]
    fn a_text_that_is_not_a_network_is_named() {
        for text in ["unix", "10.0.0.0/33", "proxy.example.com", "*", "10.0.0"] {
            let error = TrustedProxies::list([text]).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
