use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Http;
use crate::handshake::{Arrival, Network, Refusal};
use crate::log_limits::{LogKind, log_limited};
use crate::request::{Peer, Remote, Secure};
use crate::server::proxies::read_preface;

impl Http {
    /// Finds room for a connection that was accepted, or turns it away.
    pub(in crate::server) fn admit(&self, stream: &TcpStream, peer: SocketAddr) -> Option<Arrival> {
        let network = Network::from(peer.ip());
        // The connections of a proxy are those of many clients, which have limits of their own.
        let counts = !self.deployment.proxies.contains(peer.ip());
        match self.deployment.door.arrive(network, counts) {
            Ok(arrival) => Some(arrival),
            Err(refusal) => {
                self.turn_away(stream, peer, &refusal);
                None
            }
        }
    }

    /// Finds out who is at the other end, with the PROXY protocol if it is on; `None` if the connection is over.
    ///
    /// The limit of an address is that of the client, so it begins here for one that a proxy names. Before that, the
    /// connection counts among those in all alone.
    pub(super) async fn introduce(
        &self,
        stream: &mut TcpStream,
        peer: SocketAddr,
        arrival: &Arrival,
    ) -> Option<(Peer, Option<Secure>)> {
        let deployment = &self.deployment;
        let remote = |address: SocketAddr, otherwise| {
            let is_proxy = deployment.proxies.contains(address.ip());
            if is_proxy { Remote::Proxy } else { otherwise }
        };
        let mut known = Peer {
            remote_addr: Some(peer),
            local_addr: stream.local_addr().ok(),
            remote: remote(peer, Remote::Peer),
        };
        if !deployment.proxy_protocol || known.remote != Remote::Proxy {
            return Some((known, None));
        }
        let reading = timeout(deployment.handshake_timeout, read_preface(stream));
        let read = tokio::select! {
            read = reading => read.unwrap_or_else(|late| Err(late.into())),
            () = self.stop.cancelled() => return None,
        };
        let preface = match read {
            Ok(preface) => preface,
            Err(error) => {
                log_limited!(
                    deployment.defaults.logs,
                    LogKind::NoPreface,
                    %peer,
                    %error,
                    "a connection of a trusted proxy was cut off (PROXY protocol)"
                );
                return None;
            }
        };
        if let Some(client) = preface.client {
            known.remote_addr = Some(client);
            known.remote = remote(client, Remote::Client);
        }
        if known.remote == Remote::Client
            && let Some(client) = preface.client
            && let Err(refusal) = arrival.comes_from(Network::from(client.ip()))
        {
            self.turn_away(stream, client, &refusal);
            return None;
        }
        Some((known, preface.is_secure.then(Secure::default)))
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
