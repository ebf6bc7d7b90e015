//! `send_info` and what belongs to it: keys, duplicates, what is delivered, and receivers that do not read.

mod broadcast;
mod duplicates;
mod errors;
mod keyless;
mod keys;
mod opening;
mod order;
mod scopes;
mod sessions;
mod slow;
mod told;

use std::sync::Arc;

use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring::{Builder, Delivered};
use wspring_tests::{Client, Events, Recorder, TestServer, events};

/// So many messages of 60 KB are more than every buffer on the way holds, if the outbox has a bound.
const TOO_MANY: usize = 1_000;

/// What the handlers tell a test.
#[derive(Debug)]
enum Event {
    Opened(Session),
    Closed(CloseReason),
}

type Seen = State<Recorder<Event>>;

/// Lets one `#[on_open]` return for each permit.
type Gate = Arc<Semaphore>;

/// A server and what its handlers saw.
struct Scene {
    server: TestServer,
    events: Events<Event>,
    gate: Gate,
}

impl Scene {
    async fn start() -> Self {
        Self::start_with(Server::builder()).await
    }

    async fn start_with(builder: Builder) -> Self {
        let (recorder, events) = events::<Event>();
        let gate = Gate::new(Semaphore::new(0));
        let builder = builder.state(recorder).state(Arc::clone(&gate));
        let server = TestServer::start_with(builder).await;
        Self {
            server,
            events,
            gate,
        }
    }

    /// Connects, and waits until the session can be reached.
    async fn open(&mut self, path: &str) -> Client {
        let mut client = self.server.connect(path).await;
        self.opened().await;
        client.send("are you there?").await;
        assert_eq!(client.text().await, "are you there?");
        client
    }

    async fn opened(&mut self) -> Session {
        match self.events.next().await {
            Event::Opened(session) => session,
            Event::Closed(reason) => panic!("a session closed: {reason}"),
        }
    }

    async fn closed(&mut self) -> CloseReason {
        match self.events.next().await {
            Event::Closed(reason) => reason,
            Event::Opened(session) => panic!("another session opened: {session:?}"),
        }
    }

    async fn push(&self, message: impl IntoMessage, key: &str) -> Result<usize, SendError> {
        let pushed = self.server.handle().send_info(message, key).await;
        pushed.map(|Delivered { sessions, .. }| sessions)
    }
}

#[track_caller]
fn assert_offline(pushed: &Result<usize, SendError>) {
    assert!(
        matches!(pushed, Err(SendError::Offline { .. })),
        "{pushed:?}"
    );
}

macro_rules! endpoint {
    ($name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        struct $name {
            seen: Seen,
        }

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_open]
            fn on_open(session: Session, seen: Seen) -> Self {
                seen.record(Event::Opened(session));
                Self { seen }
            }

            #[on_message]
            fn echo(&self, text: String) -> String {
                text
            }

            #[on_close]
            fn on_close(&self, reason: CloseReason) {
                self.seen.record(Event::Closed(reason));
            }
        }
    };
}

endpoint!(Newest at "/newest/<user>");
endpoint!(Everyone at "/everyone/<user>", on_duplicate = "all");
endpoint!(First at "/first/<user>", on_duplicate = "reject");
endpoint!(Replacing at "/replacing/<user>", on_duplicate = "close_older");
endpoint!(Room at "/rooms/<room>/users/<user>", key = "user");
endpoint!(Pair at "/pairs/<one>/<other>");
endpoint!(Lobby at "/lobby");
