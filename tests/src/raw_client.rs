//! A client that reads and writes bytes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::client::{handshake, masked_frame};
use crate::soon;

/// A TCP client, for what no WebSocket client would send.
#[derive(Debug)]
pub struct RawClient(TcpStream);

/// One frame as it came over the wire, unmasked as servers send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// FIN, the reserved bits and the opcode.
    pub first: u8,
    /// The payload.
    pub payload: Vec<u8>,
}

impl RawClient {
    /// Opens the TCP connection.
    ///
    /// # Panics
    ///
    /// When nobody listens.
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = soon("a TCP connection", TcpStream::connect(address)).await;
        Self(stream.unwrap_or_else(|error| panic!("no TCP connection: {error}")))
    }

    /// Connects and performs a good handshake at `path`.
    ///
    /// # Panics
    ///
    /// When the answer is not 101.
    pub async fn upgraded(address: SocketAddr, path: &str) -> Self {
        Self::connect(address).await.upgrade(path).await
    }

    /// [`upgraded`](Self::upgraded), with a receive buffer that fills up at once when nothing is read.
    ///
    /// # Panics
    ///
    /// When the answer is not 101.
    pub async fn narrow(address: SocketAddr, path: &str) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a receive buffer");
        let stream = soon("a TCP connection", socket.connect(address)).await;
        let client = Self(stream.unwrap_or_else(|error| panic!("no TCP connection: {error}")));
        client.upgrade(path).await
    }

    /// Ends the connection with a reset: no Close frame, and no FIN.
    ///
    /// # Panics
    ///
    /// When the socket does not allow it.
    pub fn reset(self) {
        self.0.set_zero_linger().expect("a socket option");
    }

    /// Writes bytes as they are.
    ///
    /// # Panics
    ///
    /// When the connection is over.
    pub async fn write(&mut self, bytes: &[u8]) {
        let written = soon("a write", self.0.write_all(bytes)).await;
        written.unwrap_or_else(|error| panic!("the client cannot write: {error}"));
    }

    /// Writes one masked frame; `first` holds FIN, the reserved bits and the opcode.
    pub async fn frame(&mut self, first: u8, payload: &[u8]) {
        self.write(&masked_frame(first, payload)).await;
    }

    /// Reads the head of an HTTP response, up to and with the empty line.
    ///
    /// # Panics
    ///
    /// When the connection ends before.
    pub async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = soon("the head of a response", self.0.read_u8()).await;
            head.push(byte.unwrap_or_else(|error| {
                panic!("no response ({error}): {}", String::from_utf8_lossy(&head))
            }));
        }
        String::from_utf8_lossy(&head).into_owned()
    }

    /// Fills `buffer`.
    ///
    /// # Panics
    ///
    /// When the connection ends before.
    pub async fn read(&mut self, buffer: &mut [u8]) {
        let read = soon("bytes", self.0.read_exact(buffer)).await;
        read.unwrap_or_else(|error| panic!("the connection is over: {error}"));
    }

    /// Reads the next frame that is no ping: the server's pings come at moments of their own.
    ///
    /// # Panics
    ///
    /// When the connection ends before.
    pub async fn read_frame(&mut self) -> Frame {
        loop {
            let frame = self.read_any_frame().await;
            if frame.first != 0x89 {
                return frame;
            }
        }
    }

    /// Reads the ping that must come next.
    ///
    /// # Panics
    ///
    /// When another frame comes.
    pub async fn read_ping(&mut self) -> Frame {
        let frame = self.read_any_frame().await;
        assert_eq!(frame.first, 0x89, "a ping, not {frame:?}");
        frame
    }

    /// Reads the Close frame that must come next: its code (1005 for none) and reason.
    ///
    /// # Panics
    ///
    /// When another frame comes.
    pub async fn read_close(&mut self) -> (u16, String) {
        let frame = self.read_frame().await;
        assert_eq!(frame.first, 0x88, "a Close frame, not {frame:?}");
        match frame.payload.split_first_chunk() {
            Some((code, reason)) => (
                u16::from_be_bytes(*code),
                String::from_utf8_lossy(reason).into_owned(),
            ),
            None => (1005, String::new()),
        }
    }

    /// Everything until the server closes the TCP connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset ends the connection as well as a FIN.
        let _ = soon("the end of the connection", self.0.read_to_end(&mut rest)).await;
        rest
    }

    /// The address of this end, as the server must see it.
    ///
    /// # Panics
    ///
    /// When the system does not know it.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.0.local_addr().expect("a local address")
    }

    /// The stream itself.
    #[must_use]
    pub fn into_inner(self) -> TcpStream {
        self.0
    }

    /// Reads the next frame, whatever it is.
    ///
    /// # Panics
    ///
    /// When the connection ends before.
    pub async fn read_any_frame(&mut self) -> Frame {
        let mut head = [0; 2];
        self.read(&mut head).await;
        let length = match head[1] {
            126 => {
                let mut length = [0; 2];
                self.read(&mut length).await;
                u64::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                self.read(&mut length).await;
                u64::from_be_bytes(length)
            }
            length => u64::from(length),
        };
        let mut payload = vec![0; usize::try_from(length).expect("a length that fits")];
        self.read(&mut payload).await;
        Frame {
            first: head[0],
            payload,
        }
    }

    async fn upgrade(mut self, path: &str) -> Self {
        self.write(handshake(path, &[]).as_bytes()).await;
        let head = self.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "no 101: {head}");
        self
    }
}
