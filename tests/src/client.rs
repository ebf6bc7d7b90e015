//! A client of the crate tokio-tungstenite, and the bytes that clients send.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::soon;

/// A WebSocket client of the crate tokio-tungstenite.
#[derive(Debug)]
pub struct Client<S = MaybeTlsStream<TcpStream>>(WebSocketStream<S>);

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
}

impl<S> From<WebSocketStream<S>> for Client<S> {
    fn from(stream: WebSocketStream<S>) -> Self {
        Self(stream)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// A client on a stream whose handshake is over.
    pub async fn over(stream: S) -> Self {
        Self(WebSocketStream::from_raw_socket(stream, Role::Client, None).await)
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
    pub fn into_inner(self) -> WebSocketStream<S> {
        self.0
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
