//! Clients: one of tokio-tungstenite, one that writes raw bytes.

use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::soon;

/// A WebSocket client of the crate tokio-tungstenite.
#[derive(Debug)]
pub struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

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

impl Client {
    /// Connects, or fails the test.
    ///
    /// # Panics
    ///
    /// When the handshake does not end with 101.
    pub async fn connect(request: impl IntoClientRequest + Unpin) -> Self {
        let connected = soon("the handshake", connect_async(request)).await;
        match connected {
            Ok((stream, _)) => Self(stream),
            Err(error) => panic!("the handshake failed: {error}"),
        }
    }

    /// Connects where it must not be possible, and returns status and body of the refusal.
    ///
    /// # Panics
    ///
    /// When the server accepts, or does not answer with HTTP.
    pub async fn refused(request: impl IntoClientRequest + Unpin) -> (u16, String) {
        match soon("the handshake", connect_async(request)).await {
            Err(Error::Http(response)) => {
                let body = response.body().clone().unwrap_or_default();
                (
                    response.status().as_u16(),
                    String::from_utf8_lossy(&body).into_owned(),
                )
            }
            Err(error) => panic!("no HTTP answer: {error}"),
            Ok(_) => panic!("the handshake was accepted"),
        }
    }

    /// Sends a message.
    ///
    /// # Panics
    ///
    /// When the connection is over.
    pub async fn send(&mut self, message: impl Into<Message>) {
        let sent = soon("a send", self.0.send(message.into())).await;
        sent.unwrap_or_else(|error| panic!("the client cannot send: {error}"));
    }

    /// The next message that is neither a ping nor a pong.
    ///
    /// # Panics
    ///
    /// When the connection breaks instead.
    pub async fn next(&mut self) -> Message {
        loop {
            match soon("a message", self.0.next()).await {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return message,
                Some(Err(error)) => panic!("the connection broke: {error}"),
                None => panic!("the connection is over"),
            }
        }
    }

    /// The text of the next message.
    ///
    /// # Panics
    ///
    /// When something else comes.
    pub async fn text(&mut self) -> String {
        match self.next().await {
            Message::Text(text) => text.as_str().to_owned(),
            other => panic!("expected a text message, got {other:?}"),
        }
    }

    /// Code and reason of the Close frame, which must be the next to come; then the end of the connection.
    ///
    /// # Panics
    ///
    /// When something else comes.
    pub async fn closed(&mut self) -> (u16, String) {
        let (code, reason) = match self.next().await {
            Message::Close(Some(CloseFrame { code, reason })) => {
                (code.into(), reason.as_str().to_owned())
            }
            Message::Close(None) => (1005, String::new()),
            other => panic!("expected a Close frame, got {other:?}"),
        };
        while let Some(Ok(_)) = soon("the end of the connection", self.0.next()).await {}
        (code, reason)
    }

    /// Closes with 1000 and waits for the server's answer.
    pub async fn close(mut self) {
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        let _ = self.0.close(Some(frame)).await;
        while let Some(Ok(_)) = soon("the answer to the Close frame", self.0.next()).await {}
    }

    /// The stream itself.
    #[must_use]
    pub fn into_inner(self) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
        self.0
    }
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

    async fn read_any_frame(&mut self) -> Frame {
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

/// A good handshake request for `path`, with further header lines.
#[must_use]
pub fn handshake(path: &str, headers: &[&str]) -> String {
    let mut request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    );
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    request
}

/// The handshake request for `path` without one of its headers, and with other header lines.
#[must_use]
pub fn handshake_without(name: &str, path: &str, headers: &[&str]) -> String {
    let is_kept = |line: &&str| line.split_once(':').is_none_or(|(other, _)| other != name);
    let request = handshake(path, headers);
    request.split_inclusive("\r\n").filter(is_kept).collect()
}

/// A frame with a mask, as clients send it.
#[must_use]
pub fn masked_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | u8::try_from(length).unwrap_or_default()),
        length @ 126..65536 => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(length).unwrap_or_default().to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(KEY);
    frame.extend(
        payload
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}
