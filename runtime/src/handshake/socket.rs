//! What the kernel knows of a TCP connection.

#[cfg(target_os = "linux")]
mod tcp_info;

use std::time::Duration;

use tokio::net::TcpStream;

/// How far the peer has acknowledged what was sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// Bytes since the connection began.
    pub(crate) bytes: u64,
    /// The kernel has nothing that is not acknowledged.
    pub(crate) is_all: bool,
    /// How long ago the last acknowledgement came, of whatever.
    pub(crate) ago: Duration,
}

impl Acknowledged {
    /// Asks the kernel. It is a system call, so it is for deadlines that are about to strike.
    pub(super) fn of(tcp: &TcpStream) -> Option<Self> {
        #[cfg(target_os = "linux")]
        return tcp_info::ask(tcp);
        #[cfg(not(target_os = "linux"))]
        {
            let _ = tcp;
            None
        }
    }
}
