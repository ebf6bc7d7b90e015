//! A client that says exactly what it is told, and expects exactly what it is told.

use wspring_tests::client::masked_frame;
use wspring_tests::raw_client::Frame as Received;
use wspring_tests::{RawClient, TestServer};

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8a;
/// Set in the first byte of every frame that ends its message.
pub(crate) const FIN: u8 = 0x80;
/// The first byte of a fragment that neither begins nor ends a message.
pub(crate) const CONTINUATION: u8 = 0x00;

/// FIN, the reserved bits and the opcode, and the payload.
pub(crate) type Frame<'f> = (u8, &'f [u8]);

/// A connection to the echo, in one test case.
pub(crate) struct Peer {
    name: String,
    client: RawClient,
}

impl Peer {
    pub(crate) async fn open(server: &TestServer, name: impl Into<String>) -> Self {
        Self::with(RawClient::upgraded(server.address(), "/echo").await, name)
    }

    pub(crate) fn with(client: RawClient, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { name, client }
    }

    /// Writes bytes as they are.
    pub(crate) async fn writes(&mut self, bytes: &[u8]) {
        self.client.write(bytes).await;
    }

    /// Writes masked frames, all at once.
    pub(crate) async fn sends(&mut self, frames: &[Frame<'_>]) {
        self.writes(&wire(frames)).await;
    }

    /// Writes masked frames byte by byte, each in a segment of its own.
    pub(crate) async fn sends_slowly(&mut self, frames: &[Frame<'_>]) {
        for byte in wire(frames) {
            self.writes(&[byte]).await;
        }
    }

    /// These frames come next.
    pub(crate) async fn gets(&mut self, frames: &[Frame<'_>]) {
        for (first, payload) in frames {
            let frame = self.client.read_frame().await;
            assert_eq!(frame.first, *first, "{}: {frame:?}", self.name);
            // Megabytes are not to be printed.
            assert!(frame.payload == *payload, "{}: another payload", self.name);
        }
    }

    /// The next frame, whatever it is.
    pub(crate) async fn frame(&mut self) -> Received {
        self.client.read_frame().await
    }

    /// What the case is called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Nothing is left to come: a ping is answered next.
    pub(crate) async fn is_served(&mut self) {
        self.sends(&[(PING, b"still there?")]).await;
        self.gets(&[(PONG, b"still there?")]).await;
    }

    /// A Close frame with this code comes next, and then the end of the TCP connection.
    pub(crate) async fn ends_with(mut self, code: u16) {
        let (got, reason) = self.client.read_close().await;
        assert_eq!(got, code, "{}: {reason}", self.name);
        assert!(reason.len() <= 123, "{}: {reason}", self.name);
        if code == 1005 {
            assert_eq!(reason, "", "{}", self.name);
        }
        assert_eq!(self.client.rest().await, b"", "{}", self.name);
    }
}

/// Masked frames, one behind the other.
pub(crate) fn wire(frames: &[Frame<'_>]) -> Vec<u8> {
    let frames = frames.iter();
    frames
        .flat_map(|(first, payload)| masked_frame(*first, payload))
        .collect()
}
