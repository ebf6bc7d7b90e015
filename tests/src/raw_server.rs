//! A server that reads and writes bytes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::raw_client::Frame;
use crate::soon;

/// A TCP listener, for answers that no server would give.
#[derive(Debug)]
pub struct RawServer(TcpListener);

/// One connection of a [`RawServer`].
#[derive(Debug)]
pub struct RawPeer(TcpStream);

impl RawServer {
    /// Listens on a free port.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub async fn listen() -> Self {
        Self::listen_on(([127, 0, 0, 1], 0).into()).await
    }

    /// Listens on this address.
    ///
    /// # Panics
    ///
    /// When it is in use.
    pub async fn listen_on(address: SocketAddr) -> Self {
        Self(TcpListener::bind(address).await.expect("a free port"))
    }

    /// Where it listens.
    ///
    /// # Panics
    ///
    /// When the system does not know it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("a local address")
    }

    /// The `ws://` address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address())
    }

    /// The next connection.
    ///
    /// # Panics
    ///
    /// When none comes.
    pub async fn accept(&self) -> RawPeer {
        let (stream, _) = soon("a TCP connection", self.0.accept())
            .await
            .expect("a TCP connection");
        RawPeer(stream)
    }

    /// The next connection, with its request, to which `answer` is written: `{accept}` in it stands for the value that
    /// answers the request's key.
    pub async fn answer(&self, answer: &str) -> (RawPeer, String) {
        let mut peer = self.accept().await;
        let request = peer.request().await;
        let key = header(&request, "sec-websocket-key").unwrap_or_default();
        let accept = derive_accept_key(key.as_bytes());
        peer.write(answer.replace("{accept}", &accept).as_bytes())
            .await;
        (peer, request)
    }

    /// The next connection, upgraded, with further header lines in the answer.
    pub async fn upgrade(&self, headers: &[&str]) -> (RawPeer, String) {
        self.answer(&switching(headers)).await
    }
}

impl RawPeer {
    /// Reads the head of a request, up to and with the empty line.
    ///
    /// # Panics
    ///
    /// When the connection ends before.
    pub async fn request(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = soon("the head of a request", self.0.read_u8()).await;
            head.push(byte.expect("a request"));
        }
        String::from_utf8(head).expect("a request in ASCII")
    }

    /// Writes bytes as they are.
    ///
    /// # Panics
    ///
    /// When the connection is over.
    pub async fn write(&mut self, bytes: &[u8]) {
        let written = soon("a write", self.0.write_all(bytes)).await;
        written.expect("an open connection");
    }

    /// Reads the next frame, which must be masked, and returns its masking key beside it.
    ///
    /// # Panics
    ///
    /// When the connection ends before, or the frame is not masked.
    pub async fn read_masked(&mut self) -> (Frame, [u8; 4]) {
        let [first, second] = self.read().await;
        assert_eq!(second & 0x80, 0x80, "the mask bit (RFC 6455 §5.1)");
        let length = match second & 0x7f {
            126 => u64::from(u16::from_be_bytes(self.read().await)),
            127 => u64::from_be_bytes(self.read().await),
            length => u64::from(length),
        };
        let key: [u8; 4] = self.read().await;
        let mut payload = vec![0; usize::try_from(length).expect("a length that fits")];
        soon("a payload", self.0.read_exact(&mut payload))
            .await
            .expect("a payload");
        for (byte, key) in payload.iter_mut().zip(key.iter().cycle()) {
            *byte ^= key;
        }
        (Frame { first, payload }, key)
    }

    /// Everything until the client closes the TCP connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset ends the connection as well as a FIN.
        let _ = soon("the end of the connection", self.0.read_to_end(&mut rest)).await;
        rest
    }

    /// The stream itself.
    #[must_use]
    pub fn into_inner(self) -> TcpStream {
        self.0
    }

    async fn read<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        soon("bytes", self.0.read_exact(&mut bytes))
            .await
            .expect("bytes");
        bytes
    }
}

/// A good 101 with further header lines.
#[must_use]
pub fn switching(headers: &[&str]) -> String {
    let mut answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
        .to_owned();
    for header in headers {
        answer.push_str(header);
        answer.push_str("\r\n");
    }
    answer.push_str("\r\n");
    answer
}

/// The value of the first header of this name, in any case.
#[must_use]
pub fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
