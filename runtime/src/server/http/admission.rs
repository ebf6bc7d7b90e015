use std::net::SocketAddr;

use tokio::net::TcpStream;

use super::Http;
use crate::handshake::{Arrival, Network, Refusal};
use crate::log_limits::log_limited;

impl Http {
    /// Finds room for a connection that was accepted, or turns it away.
    pub(in crate::server) fn admit(&self, stream: &TcpStream, peer: SocketAddr) -> Option<Arrival> {
        let network = Network::from(peer.ip());
        match self.deployment.door.arrive(network, true) {
            Ok(arrival) => Some(arrival),
            Err(refusal) => {
                self.turn_away(stream, peer, &refusal);
                None
            }
        }
    }

    /// Says why a connection is closed before its request, as far as that costs nothing: the socket takes the answer at
    /// once or not at all, and it is lost if the request is already there, because closing then resets the connection.
    /// Waiting for the request would keep a connection for which there is no room.
    pub(super) fn turn_away(&self, stream: &TcpStream, peer: SocketAddr, refusal: &Refusal) {
        log_limited!(
            self.deployment.defaults.logs,
            refusal.log_kind(),
            %peer,
            %refusal,
            "a connection was closed before its request"
        );
        // To a client of TLS it would be a broken record.
        if !self.is_tls() {
            let _ = stream.try_write(answer(refusal).as_bytes());
        }
    }

    fn is_tls(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.is_some();
        #[cfg(not(feature = "tls"))]
        return false;
    }
}

/// The refusal as it goes over the wire without hyper.
fn answer(refusal: &Refusal) -> String {
    let body = format!("{refusal}\n");
    format!(
        "HTTP/1.1 {}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\nretry-after: {}\r\nconnection: close\r\n\r\n{body}",
        refusal.status(),
        body.len(),
        Refusal::RETRY_AFTER,
    )
}
