//! A client that compresses, made of raw frames and flate2.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use wspring_tests::client::handshake;
use wspring_tests::raw_client::Frame;
use wspring_tests::{RawClient, TestServer};

/// What ends a message and is not sent (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// The first byte of a compressed text message in one frame.
pub(crate) const TEXT: u8 = 0xc1;

/// The same for a binary message.
pub(crate) const BINARY: u8 = 0xc2;

/// What Chromium offers.
pub(crate) const BROWSER: &str = "permessage-deflate; client_max_window_bits";

/// A connection with its context in both directions.
pub(crate) struct Peer {
    pub(crate) client: RawClient,
    /// The server's `Sec-WebSocket-Extensions`.
    pub(crate) answer: Option<String>,
    compressor: Compress,
    inflater: Decompress,
}

impl Peer {
    /// Connects to `path` and offers `extensions`, if any.
    pub(crate) async fn open(server: &TestServer, path: &str, extensions: Option<&str>) -> Self {
        let offer = extensions.map(|offer| format!("Sec-WebSocket-Extensions: {offer}"));
        let headers: Vec<_> = offer.iter().map(String::as_str).collect();
        let mut client = server.raw().await;
        client.write(handshake(path, &headers).as_bytes()).await;
        let response = client.response().await;
        assert_eq!(response.status, 101, "{}", response.head);
        Self {
            client,
            answer: response
                .header("sec-websocket-extensions")
                .map(str::to_owned),
            compressor: Compress::new(Compression::best(), false),
            inflater: Decompress::new(false),
        }
    }

    /// Compresses a message, with what came before as context.
    pub(crate) fn compress(&mut self, message: &[u8]) -> Vec<u8> {
        let mut payload = Vec::with_capacity(message.len() + 1_000);
        self.compressor
            .compress_vec(message, &mut payload, FlushCompress::Sync)
            .expect("a compressor that works");
        assert!(payload.ends_with(&TAIL));
        payload.truncate(payload.len() - TAIL.len());
        payload
    }

    /// Sends a compressed message in one frame.
    pub(crate) async fn send(&mut self, first: u8, message: &[u8]) {
        let payload = self.compress(message);
        self.client.frame(first, &payload).await;
    }

    /// Inflates the payload of the next frame, which has to begin with `first`.
    pub(crate) async fn receive(&mut self, first: u8) -> Vec<u8> {
        let frame = self.frame(first).await;
        self.inflate(&frame.payload)
    }

    /// The next frame, which has to begin with `first`.
    pub(crate) async fn frame(&mut self, first: u8) -> Frame {
        let frame = self.client.read_frame().await;
        assert_eq!(frame.first, first, "{frame:?}");
        frame
    }

    pub(crate) fn inflate(&mut self, payload: &[u8]) -> Vec<u8> {
        let mut message = Vec::with_capacity(1_000_000);
        let input = [payload, &TAIL].concat();
        self.inflater
            .decompress_vec(&input, &mut message, FlushDecompress::Sync)
            .expect("DEFLATE data");
        message
    }

    /// From now on neither direction refers to anything before.
    pub(crate) fn forget(&mut self) {
        self.compressor.reset();
        self.forget_received();
    }

    /// From now on nothing that comes may refer to anything before.
    pub(crate) fn forget_received(&mut self) {
        self.inflater.reset(false);
    }

    /// The server takes no compressed frame, because none was agreed on.
    pub(crate) async fn assert_plain(mut self) {
        assert_eq!(self.answer, None);
        let long = [b'x'; 1_000];
        self.client.frame(0x81, &long).await;
        assert_eq!(self.frame(0x81).await.payload, long);
        self.send(TEXT, &long).await;
        assert_eq!(self.client.read_close().await.0, 1002);
    }

    /// A long message comes back compressed.
    pub(crate) async fn assert_compressed(mut self) {
        let long = [b'x'; 1_000];
        self.send(TEXT, &long).await;
        assert_eq!(self.receive(TEXT).await, long);
    }
}
