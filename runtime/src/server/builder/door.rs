//! Who is let in, and how many at a time.

use super::Builder;
use crate::handshake::{Hosts, Origins};

impl Builder {
    /// How many connections there may be, those too whose handshake is under way; the next one is answered 503 with
    /// `Retry-After`. Default: no limit but that of the system's file descriptors.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.settings.max_connections = Some(connections);
        self
    }

    /// How many connections one address may have, those too whose handshake is under way; the next one is answered 429
    /// with `Retry-After`. Of IPv6 the first 64 bits count, which one customer has. Default: no limit.
    ///
    /// Behind a proxy all connections come from the proxy's address: leave the limit off there, and set it in the proxy.
    /// A company or a mobile network may have one address for thousands of people.
    #[must_use]
    pub fn max_connections_per_ip(mut self, connections: usize) -> Self {
        self.settings.max_connections_per_ip = Some(connections);
        self
    }

    /// How many connections one key may have at one endpoint; the next one is answered 429 with `Retry-After`. It has no
    /// meaning for endpoints with `on_duplicate = "reject"` or `"close_older"`, which have one. Default: no limit.
    #[must_use]
    pub fn max_connections_per_key(mut self, connections: usize) -> Self {
        self.settings.max_connections_per_key = Some(connections);
        self
    }

    /// How many handshakes are looked at in a second, in bursts of at most as many; more are answered 429 with
    /// `Retry-After`, before `#[on_handshake]` is asked. Default: no limit.
    #[must_use]
    pub fn handshakes_per_second(mut self, handshakes: usize) -> Self {
        self.settings.handshakes_per_second = Some(handshakes);
        self
    }

    /// The hosts that endpoints are served under, as `auto`, `any` or a list; another one is answered with 403. Default:
    /// [`Hosts::auto`], a guard against DNS rebinding that needs no setting.
    #[must_use]
    pub fn hosts(mut self, hosts: Hosts) -> Self {
        self.settings.hosts = hosts;
        self
    }

    /// Which web pages may connect, as `same`, `any` or a list; an endpoint may have its own. Default:
    /// [`Origins::same`].
    #[must_use]
    pub fn origins(mut self, origins: Origins) -> Self {
        self.settings.origins = origins;
        self
    }
}
