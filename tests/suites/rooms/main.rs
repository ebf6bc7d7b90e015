//! Rooms and broadcasts: who is in, who gets what, and how a session leaves, whatever ended it; and the keys that are online.
//!
//! Rooms belong to the process and so do broadcasts: each test has rooms of its own names, and endpoints of its own where
//! it broadcasts.

mod broadcast;
mod clients;
mod endings;
mod joining;
mod keys;
mod members;
mod names;
mod replies;
mod sending;
mod slow;
mod storms;

use std::sync::Arc;

use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring::{Builder, JoinError, Room};
use wspring_tests::{Client, Events, RawClient, Recorder, TestServer, events};

/// What the handlers tell a test.
#[derive(Debug)]
enum Event {
    Opened(Session),
    Closed(Ended),
}

/// What `#[on_close]` saw.
#[derive(Debug)]
struct Ended {
    reason: CloseReason,
    /// The rooms that the session was in, and how many are in each now.
    rooms: Vec<(String, usize)>,
}

type Seen = State<Recorder<Event>>;

/// Keeps some handlers waiting until the test lets one through.
#[derive(Clone)]
struct Gate(Arc<Semaphore>);

impl Gate {
    async fn pass(&self) {
        self.0.acquire().await.expect("it is never closed").forget();
    }

    fn let_through(&self) {
        self.0.add_permits(1);
    }
}

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
        let gate = Gate(Arc::new(Semaphore::new(0)));
        let builder = builder.state(recorder).state(gate.clone());
        let server = TestServer::start_with(builder).await;
        Self {
            server,
            events,
            gate,
        }
    }

    /// Connects, and waits until pushes reach the session.
    async fn open(&mut self, path: &str) -> (Client, Session) {
        let mut client = self.server.connect(path).await;
        let session = self.opened().await;
        in_step(&mut client).await;
        (client, session)
    }

    /// Connects a client that reads nothing.
    async fn open_stuck(&mut self, path: &str) -> (RawClient, Session) {
        let client = RawClient::narrow(self.server.address(), path).await;
        (client, self.opened().await)
    }

    async fn opened(&mut self) -> Session {
        match self.events.next().await {
            Event::Opened(session) => session,
            Event::Closed(ended) => panic!("a session closed: {ended:?}"),
        }
    }

    async fn closed(&mut self) -> Ended {
        match self.events.next().await {
            Event::Closed(ended) => ended,
            Event::Opened(session) => panic!("another session opened: {session:?}"),
        }
    }
}

/// Nothing else is on its way to this client: the echo is the next that it gets.
async fn in_step(client: &mut Client) {
    client.send("are you there?").await;
    assert_eq!(client.text().await, "are you there?");
}

fn names(rooms: &[Room]) -> Vec<&str> {
    rooms.iter().map(Room::name).collect()
}

/// Joins what the query says.
#[derive(Default)]
struct Member;

#[server_endpoint("/member")]
impl Member {
    #[on_open]
    fn on_open(
        &self,
        session: &Session,
        #[query_param] room: Option<String>,
        seen: Seen,
    ) -> Result<(), JoinError> {
        if let Some(room) = room {
            assert!(session.join(room)?);
        }
        seen.record(Event::Opened(session.clone()));
        Ok(())
    }

    #[on_message]
    fn on_message(text: String) -> String {
        assert_ne!(text, "panic");
        text
    }

    #[on_close]
    fn on_close(session: &Session, reason: CloseReason, seen: Seen) {
        seen.record(Event::Closed(Ended {
            reason,
            rooms: counted(session),
        }));
    }
}

fn counted(session: &Session) -> Vec<(String, usize)> {
    let rooms = session.rooms().into_iter();
    rooms.map(|room| (room.to_string(), room.len())).collect()
}
