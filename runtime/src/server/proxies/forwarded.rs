//! The headers `Forwarded` (RFC 7239) and `X-Forwarded-…`.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::header::{self, HeaderName};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue};
use rfc7239::NodeName;

use super::TrustedProxies;
use crate::handshake::Refusal;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// More proxies than this in a row are a mistake, or somebody's long list.
const MAX_HOPS: usize = 32;

/// The client as trusted proxies describe it, as far as they do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarded {
    /// The last address that is known: the client's, or that of the proxy that hides its client.
    pub(super) address: Option<SocketAddr>,
    pub(super) is_hidden: bool,
    pub(super) is_secure: Option<bool>,
    pub(super) host: Option<Authority>,
}

/// The peer of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Address(SocketAddr),
    /// The proxy does not know it, or hides it.
    Hidden,
}

/// One element of `Forwarded`.
#[derive(Debug, Default)]
struct Hop {
    node: Option<Node>,
    is_secure: Option<bool>,
    host: Option<Authority>,
}

impl Forwarded {
    pub(super) fn read(headers: &HeaderMap, proxies: &TrustedProxies) -> Result<Self, Refusal> {
        let standard = Self::standard(headers, proxies)?;
        let x = Self::x(headers, proxies)?;
        if !standard.names_client() {
            return Ok(x.or(standard));
        }
        // A proxy writes one of them, and passes on the other as its client has sent it.
        let ip = |forwarded: &Self| forwarded.address.map(|address| address.ip());
        if x.names_client() && (ip(&x), x.is_hidden) != (ip(&standard), standard.is_hidden) {
            return Err(Refusal::Forwarded(
                "the headers Forwarded and X-Forwarded-For name different clients: the proxy must remove the one that it does not write",
            ));
        }
        Ok(standard.or(x))
    }

    /// What `Forwarded` says, from the element of the nearest proxy to that of the first one that is not trusted.
    fn standard(headers: &HeaderMap, proxies: &TrustedProxies) -> Result<Self, Refusal> {
        let mut forwarded = Self::default();
        let elements = values(headers, &header::FORWARDED)
            .flat_map(|value| rsplit(value, b','))
            .filter(|element| !element.is_empty());
        for (index, element) in elements.enumerate() {
            let Hop {
                node,
                is_secure,
                host,
            } = Hop::parse(element).ok_or(Refusal::Forwarded(
                "the header Forwarded cannot be read (RFC 7239 §4)",
            ))?;
            forwarded.is_secure = is_secure.or(forwarded.is_secure);
            forwarded.host = host.or(forwarded.host);
            if !node.is_some_and(|node| forwarded.goes_on(node, proxies)) {
                break;
            }
            bound(index)?;
        }
        Ok(forwarded)
    }

    /// What `X-Forwarded-For` and its kin say, in the same order.
    fn x(headers: &HeaderMap, proxies: &TrustedProxies) -> Result<Self, Refusal> {
        let mut forwarded = Self::default();
        let mut last = 0;
        for (index, element) in elements(headers, &FOR).enumerate() {
            let node = Node::parse(element).ok_or(Refusal::Forwarded(
                "the header X-Forwarded-For cannot be read: it lists addresses",
            ))?;
            last = index;
            if !forwarded.goes_on(node, proxies) {
                break;
            }
            bound(index)?;
        }
        // Most proxies set one value. If all of them extend the lists, the values of a proxy stand at the same place.
        let count = elements(headers, &FOR).take(MAX_HOPS).count();
        let of_hop = |name: &HeaderName| {
            let is_parallel = elements(headers, name).take(MAX_HOPS).count() == count;
            elements(headers, name).nth(if is_parallel { last } else { 0 })
        };
        forwarded.is_secure = of_hop(&PROTO).map(is_secure);
        if let Some(text) = of_hop(&HOST) {
            let host = host(text).ok_or(Refusal::Forwarded(
                "the header X-Forwarded-Host is not a host",
            ))?;
            forwarded.host = Some(host);
        }
        Ok(forwarded)
    }

    /// Takes the next node towards the client, and says whether it is a proxy that is asked about its own peer.
    fn goes_on(&mut self, node: Node, proxies: &TrustedProxies) -> bool {
        match node {
            Node::Address(address) => {
                self.address = Some(address);
                proxies.contains(address.ip())
            }
            Node::Hidden => {
                self.is_hidden = true;
                false
            }
        }
    }

    fn names_client(&self) -> bool {
        self.address.is_some() || self.is_hidden
    }

    /// What this does not say is taken from `other`.
    fn or(self, other: Self) -> Self {
        let (address, is_hidden) = if self.names_client() {
            (self.address, self.is_hidden)
        } else {
            (other.address, other.is_hidden)
        };
        Self {
            address,
            is_hidden,
            is_secure: self.is_secure.or(other.is_secure),
            host: self.host.or(other.host),
        }
    }
}

impl Hop {
    /// The crate reads no spaces between the pairs, which some proxies write, and keeps quotes; so it gets each pair alone.
    ///
    /// A proxy that writes the `Host` of its client without quotes lets it add pairs, and one of a name that is there
    /// already is then the client's own (RFC 7239 §4: none may stand twice).
    fn parse(element: &str) -> Option<Self> {
        let mut hop = Self::default();
        for pair in rsplit(element, b';').filter(|pair| !pair.is_empty()) {
            // The crate takes a separator in quotes for one outside. No address, scheme or host has any.
            if pair.contains([',', ';', '\\']) {
                return None;
            }
            let read = rfc7239::parse(pair).next()?.ok()?;
            let is_twice = (read.forwarded_for.is_some() && hop.node.is_some())
                || (read.protocol.is_some() && hop.is_secure.is_some())
                || (read.host.is_some() && hop.host.is_some());
            if is_twice {
                return None;
            }
            if let Some(node) = read.forwarded_for {
                let port = node.port.unwrap_or_default();
                hop.node = Some(match node.name {
                    NodeName::Ip(ip) => Node::Address(SocketAddr::new(ip.to_canonical(), port)),
                    _ => Node::Hidden,
                });
            }
            if let Some(protocol) = read.protocol {
                hop.is_secure = Some(is_secure(protocol.trim_matches('"')));
            }
            if let Some(text) = read.host {
                hop.host = Some(host(text.trim_matches('"'))?);
            }
        }
        Some(hop)
    }
}

impl Node {
    /// An element of `X-Forwarded-For`, which no standard describes: an address, with a port or brackets or without.
    fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("unknown") || text.starts_with('_') {
            return Some(Self::Hidden);
        }
        let bare = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        let address = match bare {
            Some(v6) => SocketAddr::new(v6.parse::<Ipv6Addr>().ok()?.into(), 0),
            None => match text.parse::<IpAddr>() {
                Ok(ip) => SocketAddr::new(ip, 0),
                Err(_) => text.parse().ok()?,
            },
        };
        let ip = address.ip().to_canonical();
        Some(Self::Address(SocketAddr::new(ip, address.port())))
    }
}

/// The elements of a header's lists, the last one first, without empty ones.
fn elements<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'h str> + use<'h> {
    values(headers, name)
        .flat_map(|value| value.rsplit(','))
        .map(str::trim)
        .filter(|element| !element.is_empty())
}

/// The values of a header, the last one first.
fn values<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'h str> + use<'h> {
    /// Nothing that is listed can be read as this.
    const UNREADABLE: &str = "\u{fffd}";
    let values = headers.get_all(name).into_iter().rev();
    values.map(|value: &HeaderValue| value.to_str().unwrap_or(UNREADABLE))
}

/// Splits a text at a separator that is not in quotes (RFC 9110 §5.6.4), from its end: what stands there is the nearest
/// proxy's, and no quote that a client has sent before it changes how it is read.
fn rsplit(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let bytes = text.as_bytes();
        let mut is_quoted = false;
        for (at, byte) in bytes.iter().enumerate().rev() {
            if *byte == b'"' {
                let backslashes = bytes[..at].iter().rev().take_while(|it| **it == b'\\');
                // Escaped, it is a part of what is quoted.
                is_quoted ^= !is_quoted || backslashes.count() % 2 == 0;
            } else if *byte == separator && !is_quoted {
                rest = text.get(..at);
                return text.get(at + 1..).map(str::trim);
            }
        }
        rest.take().map(str::trim)
    })
}

fn bound(index: usize) -> Result<(), Refusal> {
    if index + 1 < MAX_HOPS {
        return Ok(());
    }
    Err(Refusal::Forwarded(
        "the request has come through more trusted proxies than can be meant",
    ))
}

fn is_secure(protocol: &str) -> bool {
    protocol.eq_ignore_ascii_case("https") || protocol.eq_ignore_ascii_case("wss")
}

fn host(text: &str) -> Option<Authority> {
    let host = Authority::try_from(text).ok()?;
    (!host.as_str().contains('@') && !host.host().is_empty()).then_some(host)
}

#[cfg(test)]
mod tests;
