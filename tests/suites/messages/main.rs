//! How messages reach a handler: whole, part by part, or as a stream.

mod chain;
mod decoders;
mod partial;
mod reader;

use std::io;
use std::sync::Arc;

use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring::{Builder, ErrorKind};
use wspring_tests::client::handshake;
use wspring_tests::{Events, RawClient, Recorder, TestServer, events};

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
/// The first fragment of a text message.
const FIRST_TEXT: u8 = 0x01;
/// The first fragment of a binary message.
const FIRST_BINARY: u8 = 0x02;
const MIDDLE: u8 = 0x00;
const LAST: u8 = 0x80;
/// A compressed text message in one frame.
const COMPRESSED_TEXT: u8 = 0xc1;
/// A compressed binary message in one frame.
const COMPRESSED_BINARY: u8 = 0xc2;

/// What a handler tells a test.
#[derive(Debug, PartialEq)]
enum Event {
    /// A part of a text message, and whether it is the last one.
    Text(String, bool),
    /// A part of a binary message, and whether it is the last one.
    Binary(Vec<u8>, bool),
    /// A whole message.
    Whole(String),
    /// A pong.
    Pong,
    /// What came out of a reader.
    Read(Result<usize, io::ErrorKind>),
    /// `#[on_close]` ran, with this code.
    Closed(u16),
    /// `#[on_error]` ran.
    Failed(ErrorKind, String),
}

type Seen = State<Recorder<Event>>;

/// Lets one handler pass for each permit that the test gives.
type Gate = State<Arc<Semaphore>>;

/// A server, what its handlers saw, and what holds them up.
struct Scene {
    server: TestServer,
    events: Events<Event>,
    gate: Arc<Semaphore>,
}

impl Scene {
    async fn start() -> Self {
        Self::start_with(Server::builder()).await
    }

    async fn start_with(builder: Builder) -> Self {
        let (recorder, events) = events::<Event>();
        let gate = Arc::new(Semaphore::new(0));
        let builder = builder.state(recorder).state(Arc::clone(&gate));
        Self {
            server: TestServer::start_with(builder).await,
            events,
            gate,
        }
    }

    async fn connect(&self, path: &str) -> RawClient {
        RawClient::upgraded(self.server.address(), path).await
    }

    /// Connects and agrees on compression.
    async fn connect_compressed(&self, path: &str) -> RawClient {
        let offer = "Sec-WebSocket-Extensions: permessage-deflate";
        let mut client = self.server.raw().await;
        client.write(handshake(path, &[offer]).as_bytes()).await;
        let response = client.response().await;
        let answer = response.header("sec-websocket-extensions");
        assert!(answer.is_some(), "{}", response.head);
        client
    }

    async fn assert_next(&mut self, event: Event) {
        assert_eq!(self.events.next().await, event);
    }
}

impl Event {
    fn failed(error: &Error) -> Self {
        Self::Failed(error.kind(), error.to_string())
    }

    fn closed(reason: &CloseReason) -> Self {
        Self::Closed(reason.code.as_u16())
    }
}

/// Waits for a permit.
async fn pass(gate: &Semaphore) {
    let permit = gate.acquire().await;
    permit.expect("the gate is never closed").forget();
}

/// The payload of a compressed message (RFC 7692 §7.2.1).
fn compress(message: &[u8]) -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress};
    let mut payload = Vec::with_capacity(message.len() + 1_000);
    Compress::new(Compression::best(), false)
        .compress_vec(message, &mut payload, FlushCompress::Sync)
        .expect("a compressor that works");
    payload.truncate(payload.len() - 4);
    payload
}
