//! The life of a connection: which handler runs when, what it may take and return, and how the connection ends.

mod back_pressure;
mod closing;
mod deadlines;
mod drain;
mod endings;
mod errors;
mod hanging;
mod idle;
mod limits;
mod order;
mod payloads;
mod rates;
mod replies;
mod routing;
mod session;
mod sizes;
mod slow_peers;
mod state;
mod unfinished;
mod unhandled;

use std::sync::Arc;

use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring::{Builder, ErrorKind, Initiator};
use wspring_tests::{Client, Events, RawClient, Recorder, TestServer, events};

/// What a handler tells a test.
#[derive(Debug, PartialEq)]
enum Event {
    /// `#[on_open]` begins.
    Opening,
    /// `#[on_open]` ends.
    Opened(Session),
    /// A message was handled.
    Handled(String),
    /// `#[on_close]` ran: code, reason, who began, and whether it was clean.
    Closed(u16, String, Initiator, bool),
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
        let builder = builder
            .state(recorder)
            .state(Arc::clone(&gate))
            .state(state::Total::default());
        let server = TestServer::start_with(builder).await;
        Self {
            server,
            events,
            gate,
        }
    }

    /// Connects a client to [`Watched`] and waits until it is open.
    async fn open(&mut self, query: &str) -> (Client, Session) {
        let client = self.server.connect(&format!("/watched/ann{query}")).await;
        (client, self.opened().await)
    }

    /// The same with raw bytes.
    async fn open_raw(&mut self, query: &str) -> (RawClient, Session) {
        let path = format!("/watched/ann{query}");
        let client = RawClient::upgraded(self.server.address(), &path).await;
        (client, self.opened().await)
    }

    async fn opened(&mut self) -> Session {
        assert_eq!(self.events.next().await, Event::Opening);
        match self.events.next().await {
            Event::Opened(session) => session,
            event => panic!("expected that it opens, got {event:?}"),
        }
    }

    /// The next event is the end of a connection, and `#[on_close]` has run once.
    async fn assert_closed(&mut self, code: u16, reason: &str, initiator: Initiator, clean: bool) {
        let expected = Event::Closed(code, reason.to_owned(), initiator, clean);
        assert_eq!(self.events.next().await, expected);
    }

    async fn assert_handled(&mut self, text: &str) {
        assert_eq!(self.events.next().await, Event::Handled(text.to_owned()));
    }

    async fn assert_failed(&mut self, kind: ErrorKind, text: &str) {
        assert_eq!(
            self.events.next().await,
            Event::Failed(kind, text.to_owned())
        );
    }

    /// Stops the server: every handler has run then, and none of them told anything more.
    async fn assert_over(mut self) {
        assert!(self.server.handle().sessions::<Watched>().is_empty());
        self.server.stop().await;
        assert_eq!(self.events.rest(), []);
    }
}

/// Tells what happens to it, and does what a message says.
struct Watched;

#[server_endpoint("/watched/<user>")]
impl Watched {
    #[on_open]
    async fn on_open(
        session: Session,
        #[query_param] open: Option<String>,
        gate: Gate,
        seen: Seen,
    ) -> Result<Self, String> {
        seen.record(Event::Opening);
        obey(open.as_deref().unwrap_or_default(), &gate).await?;
        seen.record(Event::Opened(session));
        Ok(Self)
    }

    #[on_message]
    async fn on_message(
        &mut self,
        text: &str,
        session: &Session,
        gate: Gate,
        seen: Seen,
    ) -> Result<String, String> {
        match text {
            "close" => session.close(),
            "close 4000" => session
                .close_with(CloseCode::new(4000), "done")
                .expect("a good code"),
            command => obey(command, &gate).await?,
        }
        seen.record(Event::Handled(text.to_owned()));
        Ok(format!("did {text}"))
    }

    #[on_close]
    async fn on_close(
        &mut self,
        reason: CloseReason,
        #[query_param] close: Option<String>,
        gate: Gate,
        seen: Seen,
    ) -> Result<(), String> {
        let CloseReason {
            code,
            reason,
            initiator,
            clean,
            ..
        } = reason;
        seen.record(Event::Closed(
            code.as_u16(),
            reason.into_owned(),
            initiator,
            clean,
        ));
        obey(close.as_deref().unwrap_or_default(), &gate).await
    }

    #[on_error]
    async fn on_error(
        error: &Error,
        #[query_param("error")] then: Option<String>,
        gate: Gate,
        seen: Seen,
    ) {
        seen.record(Event::Failed(error.kind(), error.to_string()));
        if let Err(error) = obey(then.as_deref().unwrap_or_default(), &gate).await {
            panic!("{error}");
        }
    }
}

/// What a handler is told to do: wait for the gate, panic, fail, or nothing.
async fn obey(command: &str, gate: &Semaphore) -> Result<(), String> {
    match command {
        "wait" => gate
            .acquire()
            .await
            .expect("the gate is never closed")
            .forget(),
        "panic" => panic!("as it was told"),
        "fail" => return Err("as it was told".to_owned()),
        _ => {}
    }
    Ok(())
}
