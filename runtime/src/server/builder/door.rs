//! Who is let in, and how many at a time.

use super::Builder;
use crate::handshake::{Hosts, Origins};
use crate::server::TrustedProxies;

impl Builder {
    /// Sets how many sessions there may be, including handshakes under way. One more is answered with 503 and
    /// `Retry-After`. `None` sets no limit. Default: as many as the process may open files, less a reserve of a quarter
    /// (at least 32, at most 1,024) for the program's own; `ulimit -n` and systemd's `LimitNOFILE` raise it.
    ///
    /// A connection counts from when it is accepted, before TLS and before its request. There may be a few more of them
    /// than sessions, a sixteenth (at least 16, at most 256), so that a client can be told that there is no place. When
    /// there are as many, a new connection takes the room of one that has no request at the moment: the one that has
    /// waited longest, of the network that has the most of them. That one is cut off without an answer. So nobody keeps
    /// others out with connections that say nothing. If all have sessions or requests, the new one is cut off, over plain
    /// HTTP behind a short 503 that it gets if it has not begun to send.
    ///
    /// A session over HTTP/2 counts as one, although it shares its connection with others.
    #[must_use]
    pub fn max_connections(mut self, connections: impl Into<Option<usize>>) -> Self {
        self.settings.max_connections = connections.into().into();
        self
    }

    /// Sets how many sessions one address may have, including handshakes under way. One more is answered with 429 and
    /// `Retry-After`. For IPv6 the first 64 bits count, which one customer has. Default: no limit.
    ///
    /// A connection counts from when it is accepted, before TLS and before its request, and also if it asks for something
    /// other than a session. There may be one more of them than sessions. Then a new one takes the room of the one that
    /// has waited longest without a request, or is cut off as with [`max_connections`](Self::max_connections).
    ///
    /// Behind a proxy all connections come from the proxy's address: leave the limit off, or name the proxy in
    /// [`trusted_proxies`](Self::trusted_proxies). A company or a mobile network may have one address for thousands of people.
    #[must_use]
    pub fn max_connections_per_ip(mut self, connections: usize) -> Self {
        self.settings.max_connections_per_ip = Some(connections);
        self
    }

    /// How many connections one key may have at one endpoint; the next one is answered 429 with `Retry-After`. It has no
    /// effect at endpoints with `on_duplicate = "reject"` or `"close_older"`, which have one, and at endpoints whose sessions
    /// have no key, of which the server warns when it starts. Default: no limit.
    #[must_use]
    pub fn max_connections_per_key(mut self, connections: usize) -> Self {
        self.settings.max_connections_per_key = Some(connections);
        self
    }

    /// Sets how many handshakes are looked at per second, in bursts of at most this number. One more is answered with 429
    /// and `Retry-After`, before `#[on_handshake]` is asked. Default: no limit.
    #[must_use]
    pub fn handshakes_per_second(mut self, handshakes: usize) -> Self {
        self.settings.handshakes_per_second = Some(handshakes);
        self
    }

    /// The most bytes that the head of a request may have: its first line and its header fields. A larger one is answered
    /// with 431. From 1,024 to 1,048,576. Default: 32,768.
    ///
    /// The answer says what was exceeded, unless the head has more than twice as many bytes. That one is answered with 431
    /// alone, and the log says it.
    #[must_use]
    pub fn max_head_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_head_bytes = bytes;
        self
    }

    /// The most header fields that a request may have; with more of them it is answered with 431. From 16 to 4,096.
    /// Default: 128.
    #[must_use]
    pub fn max_head_fields(mut self, fields: usize) -> Self {
        self.settings.max_head_fields = fields;
        self
    }

    /// The hosts that endpoints are served under, as `auto`, `any` or a list; another one is answered with 403. Default:
    /// [`Hosts::auto`], a guard against DNS rebinding that needs no setting.
    #[must_use]
    pub fn hosts(mut self, hosts: Hosts) -> Self {
        self.settings.hosts = hosts;
        self
    }

    /// Sets how many handshakes of one address are looked at per second, in bursts of at most this number. One more is
    /// answered with 429 and `Retry-After`, and takes no turn of other addresses. For IPv6 the first 64 bits count. `None`
    /// sets no limit. Default: half of [`handshakes_per_second`](Self::handshakes_per_second), and no limit without it.
    ///
    /// Behind a proxy all handshakes come from the proxy's address, unless [`trusted_proxies`](Self::trusted_proxies) names it.
    #[must_use]
    pub fn handshakes_per_second_per_ip(mut self, handshakes: impl Into<Option<usize>>) -> Self {
        self.settings.handshakes_per_second_per_ip = handshakes.into().into();
        self
    }

    /// Which web pages may connect, as `same`, `any` or a list; an endpoint may have its own. Default:
    /// [`Origins::same`].
    #[must_use]
    pub fn origins(mut self, origins: Origins) -> Self {
        self.settings.origins = origins;
        self
    }

    /// Sets how many requests of one HTTP connection may be answered with an error, such as 404, or `None` for any number.
    /// With the last of these answers the connection is closed. Default: 100.
    #[must_use]
    pub fn max_refusals(mut self, requests: impl Into<Option<usize>>) -> Self {
        self.settings.max_refusals = requests.into();
        self
    }

    /// Names the proxies that are believed about the client's address, scheme and host; see [`TrustedProxies`]. Default:
    /// none.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.settings.trusted_proxies = proxies;
        self
    }

    /// Takes the client's address from the PROXY protocol, versions 1 and 2, in `wspring.toml` as `on` or `off`. Default:
    /// off.
    ///
    /// Each connection from one of the [`trusted_proxies`](Self::trusted_proxies) must begin with its header then, before
    /// TLS, and within [`handshake_timeout`](Self::handshake_timeout); otherwise it is cut off. The connection is secure if
    /// the header says so (haproxy: `send-proxy-v2-ssl`). Health checks of the proxy itself need the header too (haproxy:
    /// `check-send-proxy`), without an address (`LOCAL`, `UNKNOWN`). Connections from other addresses have no such header,
    /// and nothing changes for them: let nobody but the proxy reach the port if the proxy is to be the only way in.
    #[must_use]
    pub fn proxy_protocol(mut self, is_on: bool) -> Self {
        self.settings.proxy_protocol = is_on;
        self
    }
}
