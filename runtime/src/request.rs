//! The request that opened a session, as data: what its head said, who sent it, and who that is.

mod cookies;
mod head;
mod list;
mod peer;
mod principal;
mod secure;
mod subprotocol;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use compact_str::CompactString;
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Uri, request::Parts};
use smallvec::SmallVec;

use self::head::Head;
use crate::site::{Key, Site, StateMap};

pub(crate) use list::lists;
pub(crate) use peer::{Peer, Remote};
pub use principal::Principal;
pub(crate) use secure::Secure;
pub(crate) use subprotocol::{is_token, offered};

/// The HTTP request that opened a session, with its parameters decoded. Java: `HandshakeRequest`.
///
/// For a session that this program opened it is the request that was sent, and has the server's answer too.
///
/// ```
/// use wspring::prelude::*;
///
/// struct Chat { room: String }
///
/// #[server_endpoint("/chat/<room>")]
/// impl Chat {
///     #[on_open]
///     fn open(handshake: &Handshake, #[path_param] room: String) -> Self {
///         let agent = handshake.headers().get("user-agent");
///         println!("{agent:?} enters {room}, token {:?}", handshake.query_param("token"));
///         Self { room }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Handshake {
    head: Head,
    remote_addr: OnceLock<SocketAddr>,
    secure: Option<Secure>,
    site: Arc<Site>,
    values: PathValues,
    /// Decoded when somebody looks.
    query: OnceLock<Box<QueryParams>>,
}

/// The decoded names and values of a query; in a box of its own, so that a session that has none keeps a pointer.
type QueryParams = Vec<(CompactString, CompactString)>;

/// The decoded values of path variables; mostly there is one, which needs no memory of its own then.
pub(crate) type PathValues = SmallVec<[CompactString; 1]>;

impl Handshake {
    /// `values` are those of the variables of the path, in the same order.
    pub(crate) fn new(request: &Parts, peer: Peer, site: Arc<Site>, values: PathValues) -> Self {
        Self {
            head: Head::new(request, peer.local_addr),
            remote_addr: peer.remote_addr.map_or_else(OnceLock::new, OnceLock::from),
            secure: request.extensions.get().cloned(),
            site,
            values,
            query: OnceLock::new(),
        }
    }

    /// The target of the request: its path and query, and in a client's session the whole URL.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        self.head.uri()
    }

    /// The whole URI that the client asked for, with `ws` or `wss` and the host. Java:
    /// `HandshakeRequest.getRequestURI()`.
    ///
    /// It is put together of the target, the header `Host`, and [`is_secure`](Self::is_secure). Behind a proxy it is what
    /// the proxy asked for, unless the proxy is trusted ([`TrustedProxies`](crate::TrustedProxies)) and names the client's
    /// host. If `Host` has no host in it, it is the target alone.
    #[must_use]
    pub fn full_uri(&self) -> Uri {
        let uri = self.uri();
        let host = self.headers().get(HOST).map(HeaderValue::as_bytes);
        let (Some(host), Some(target), None) = (host, uri.path_and_query(), uri.scheme()) else {
            return uri.clone();
        };
        Uri::builder()
            .scheme(if self.is_secure() { "wss" } else { "ws" })
            .authority(host)
            .path_and_query(target.clone())
            .build()
            .unwrap_or_else(|_| uri.clone())
    }

    /// The headers of the request. Java: `HandshakeRequest.getHeaders()`.
    ///
    /// In `#[on_handshake]` they are complete. A session of a server keeps 8 KiB of them, or as much as
    /// [`kept_header_bytes`](crate::Builder::kept_header_bytes) says: if there are more, the largest fields are gone. Make a
    /// [property](crate::Accept::property) of what a session needs of a large one.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    /// The headers of the server's answer; `None` where this program is the server. Java:
    /// `HandshakeResponse.getHeaders()`.
    #[must_use]
    pub fn response_headers(&self) -> Option<&HeaderMap> {
        self.head.answer()
    }

    /// The server has answered.
    pub(crate) fn answered(&mut self, headers: &HeaderMap) {
        self.head.answered(headers);
    }

    /// Returns the value of the first cookie of this name, as the client sent it (RFC 6265 §4.2), without quotes around
    /// it. A cookie that is not UTF-8 is left out.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let (_, value) = self.cookies().find(|(known, _)| *known == name)?;
        Some(value)
    }

    /// Returns the names and values of all cookies that are UTF-8, in the order of the request.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        cookies::cookies(self.headers())
    }

    /// The subprotocols that the client offers, the most wanted first (`Sec-WebSocket-Protocol`). Java:
    /// the `requested` of `Configurator.getNegotiatedSubprotocol`.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> {
        offered(self.headers())
    }

    /// The origin of the page that connects, as its browser says; other clients have none. Java: the argument of
    /// `Configurator.checkOrigin`.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        str::from_utf8(self.headers().get(ORIGIN)?.as_bytes()).ok()
    }

    /// The address of the peer, or of the proxy in front of this server; see
    /// [`Session::remote_addr`](crate::Session::remote_addr).
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.remote_addr.get().copied()
    }

    /// Whether the client's connection to this server is TLS; see [`Session::is_secure`](crate::Session::is_secure).
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure.is_some()
    }

    /// The certificates that the client has proved to be its own, which
    /// stands first, and its chain, each in DER (X.509). There are none unless the server's
    /// configuration of `Builder::tls` asks for them. Java: `HttpServletRequest`, the attribute
    /// `jakarta.servlet.request.X509Certificate`.
    pub fn peer_certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.secure.iter().flat_map(Secure::peer_certificates)
    }

    /// Gives back memory before the session begins, which may live long: of what was looked at, which is made again when it
    /// is asked for again, and of the largest header fields, so that at most `kept` bytes are left. Returns their names.
    pub(crate) fn compact(&mut self, kept: Option<usize>) -> Vec<HeaderName> {
        self.head.forget_parsed();
        self.query.take();
        kept.map(|kept| self.head.trim(kept)).unwrap_or_default()
    }

    /// The address of this server that the connection came to. `None` where the endpoints are mounted in another server.
    /// Java: `HandshakeRequest`'s local address, since 2.3.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.head.local_addr()
    }

    /// The endpoint that the request is for.
    pub(crate) fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// The shared state of the server.
    pub(crate) fn state(&self) -> &StateMap {
        &self.site.state
    }

    /// The value of the variable that has the key, in its canonical form.
    pub(crate) fn key(&self) -> Option<Key> {
        let value = self.values.get(self.site.key?)?;
        let canonical = self.site.canonical_key(value);
        Some(canonical.map_or_else(|| Key::new(value), Key::new))
    }

    /// Where the endpoints are mounted in another server, the address is known only after the upgrade.
    pub(crate) fn learn_remote_addr(&self, address: Option<SocketAddr>) {
        if let Some(address) = address {
            self.remote_addr.get_or_init(|| address);
        }
    }

    /// The decoded value of a path variable; query parameters do not stand in for it.
    #[must_use]
    pub fn path_param(&self, name: &str) -> Option<&str> {
        let at = self.site.variable(name)?;
        self.values.get(at).map(CompactString::as_str)
    }

    /// The names and decoded values of all path variables, in the order of the path. Java: `Session.getPathParameters()`.
    pub fn path_params(&self) -> impl Iterator<Item = (&str, &str)> {
        let values = self.values.iter().map(CompactString::as_str);
        self.site.template.variables().zip(values)
    }

    /// The query string as it came, without the `?`. Java: `HandshakeRequest.getQueryString()`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.head.query()
    }

    /// The decoded value of the first query parameter of this name (`+` is a space).
    /// Java: `HandshakeRequest.getParameterMap()`, without the path parameters in it.
    #[must_use]
    pub fn query_param(&self, name: &str) -> Option<&str> {
        self.query_params()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The names and decoded values of all query parameters, in the order of the query; a name may have several values.
    /// Java: `HandshakeRequest.getParameterMap()`, without the path parameters in it.
    pub fn query_params(&self) -> impl Iterator<Item = (&str, &str)> {
        let decode = || {
            let query = self.query().unwrap_or_default();
            let params = form_urlencoded::parse(query.as_bytes());
            let params = params.map(|(name, value)| (name.into(), value.into()));
            Box::new(params.collect::<QueryParams>())
        };
        self.query
            .get_or_init(decode)
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
