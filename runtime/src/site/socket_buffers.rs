use std::io;

use socket2::SockRef;
use tokio::net::TcpStream;

/// How much the kernel keeps of what is sent on a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SocketBuffers {
    /// `SO_SNDBUF`: bytes that are not acknowledged yet, sent or not. The kernel chooses if there is none.
    pub(crate) send_buffer: Option<usize>,
    /// `TCP_NOTSENT_LOWAT`: bytes that are not sent yet. There is no such limit if there is none.
    pub(crate) unsent: Option<usize>,
}

impl SocketBuffers {
    /// Few enough that a ping behind them is soon at the peer.
    pub(crate) const UNSENT: usize = 64 * 1024;

    /// Sets the options. It is best effort: without them a connection works, and needs more memory.
    pub(crate) fn apply(self, tcp: &TcpStream) {
        if let Err(error) = self.try_apply(tcp) {
            tracing::debug!(%error, "the socket's buffers were not set");
        }
    }

    fn try_apply(self, tcp: &TcpStream) -> io::Result<()> {
        let socket = SockRef::from(tcp);
        if let Some(bytes) = self.send_buffer {
            socket.set_send_buffer_size(bytes)?;
        }
        #[cfg(any(target_os = "android", target_os = "linux"))]
        if let Some(bytes) = self.unsent {
            socket.set_tcp_notsent_lowat(u32::try_from(bytes).unwrap_or(u32::MAX))?;
        }
        Ok(())
    }
}
