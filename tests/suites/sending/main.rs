//! What a session sends, row by row of `RemoteEndpoint` in Jakarta WebSocket: each test is named after the row that it
//! shows (G1 to G16, and what other sections say of sending).

mod batches;
mod completion;
mod control;
mod objects;
mod parts;
mod refused;
mod streams;
mod tasks;
mod timeouts;

use bytes::Bytes;
use wspring::prelude::*;
use wspring::{Builder, ErrorKind};
use wspring_tests::{Events, RawClient, Recorder, TestServer, events};

/// What the handlers tell a test.
#[derive(Debug)]
enum Event {
    Opened(Session),
    Pong(Bytes),
    Failed(ErrorKind, String),
    Closed(CloseReason),
}

type Seen = State<Recorder<Event>>;

/// Sends back what it gets.
struct Echo {
    seen: Seen,
}

#[server_endpoint("/echo/<user>", heartbeat = "beat")]
impl Echo {
    #[on_open]
    async fn on_open(session: Session, seen: Seen) -> Result<Self, SendError> {
        session.send("welcome").await?;
        seen.record(Event::Opened(session));
        Ok(Self { seen })
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }

    #[on_message]
    fn pong(&self, pong: Pong) {
        self.seen.record(Event::Pong(pong.0));
    }

    #[on_error]
    fn on_error(seen: Seen, error: &Error) {
        seen.record(Event::Failed(error.kind(), error.to_string()));
    }

    #[on_close]
    fn on_close(&self, reason: CloseReason) {
        self.seen.record(Event::Closed(reason));
    }
}

/// A server and what its handlers saw.
struct Scene {
    server: TestServer,
    events: Events<Event>,
}

impl Scene {
    async fn start() -> Self {
        Self::start_with(Server::builder()).await
    }

    async fn start_with(builder: Builder) -> Self {
        let (recorder, events) = events::<Event>();
        let server = TestServer::start_with(builder.state(recorder)).await;
        Self { server, events }
    }

    /// A client that reads frames, and its session.
    async fn open(&mut self) -> (RawClient, Session) {
        let client = RawClient::upgraded(self.server.address(), "/echo/ann").await;
        self.opened(client).await
    }

    /// A client that takes little as long as it does not read.
    async fn open_narrow(&mut self) -> (RawClient, Session) {
        let client = RawClient::narrow(self.server.address(), "/echo/ann").await;
        self.opened(client).await
    }

    async fn opened(&mut self, mut client: RawClient) -> (RawClient, Session) {
        assert_frame(&mut client, 0x81, b"welcome").await;
        match self.events.next().await {
            Event::Opened(session) => (client, session),
            other => panic!("{other:?} before a session opened"),
        }
    }

    async fn closed(&mut self) -> CloseReason {
        match self.events.next().await {
            Event::Closed(reason) => reason,
            other => panic!("{other:?} before the session closed"),
        }
    }

    async fn push(&self, message: impl IntoMessage) -> Result<usize, SendError> {
        let pushed = self.server.handle().send_info(message, "ann").await;
        pushed.map(|delivered| delivered.sessions)
    }
}

/// The next frame that is no ping of the runtime.
async fn assert_frame(client: &mut RawClient, first: u8, payload: &[u8]) {
    let frame = client.read_frame().await;
    let got = String::from_utf8_lossy(&frame.payload[..frame.payload.len().min(100)]);
    assert!(
        frame.first == first && frame.payload == payload,
        "{:#x} {got:?} instead of {first:#x} {:?}",
        frame.first,
        String::from_utf8_lossy(&payload[..payload.len().min(100)]),
    );
}

/// The message that begins with the next frame: its first byte, its payload, and how many frames it had.
async fn read_message(client: &mut RawClient) -> (u8, Vec<u8>, usize) {
    let mut frame = client.read_frame().await;
    let (first, mut payload, mut frames) = (frame.first & 0x0f, frame.payload, 1);
    while frame.first & 0x80 == 0 {
        frame = client.read_frame().await;
        assert_eq!(frame.first & 0x7f, 0, "a part, not {:#x}", frame.first);
        payload.extend(frame.payload);
        frames += 1;
    }
    (first, payload, frames)
}

/// Queues messages of 60 KB until no more fit, because the client does not read, and returns how many.
async fn fill(session: &Session) -> usize {
    for queued in 0..1_000 {
        if session.try_send(vec![7; 60_000]).is_err() {
            return queued;
        }
        tokio::task::yield_now().await;
    }
    panic!("the outbox has no bound");
}
