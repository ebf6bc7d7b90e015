use std::net::SocketAddr;

/// Both ends of the connection that a request came on, as far as they are known; a request extension.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Peer {
    pub(crate) remote_addr: Option<SocketAddr>,
    pub(crate) local_addr: Option<SocketAddr>,
}
