use std::net::{IpAddr, SocketAddr};

/// Both ends of the connection that a request came on, as far as they are known; a request extension.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Peer {
    pub(crate) remote_addr: Option<SocketAddr>,
    pub(crate) local_addr: Option<SocketAddr>,
    pub(crate) remote: Remote,
}

/// Whose address the `remote_addr` of a [`Peer`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Remote {
    /// The peer's, which is the client as far as the server knows.
    #[default]
    Peer,
    /// That of a trusted proxy, which has not named its client yet.
    Proxy,
    /// That of the client, as a trusted proxy has named it.
    Client,
}

impl Peer {
    /// The address that has the limits of a client; a proxy has none.
    pub(crate) fn client(&self) -> Option<IpAddr> {
        let address = self.remote_addr?;
        (self.remote != Remote::Proxy).then(|| address.ip())
    }
}
