//! The Java endpoint, ported, and the endpoints beside it that report what they see, as the ones did with which
//! the Java servers were observed.

use std::sync::Arc;

use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring::{Builder, ErrorKind};
use wspring_tests::{Recorder, TestServer};

/// What a handler saw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    /// `#[on_open]` ran, with this value of the path variable.
    Opened(String),
    Text(String),
    Binary(Vec<u8>),
    Pong(Vec<u8>),
    Error(ErrorKind),
    /// `#[on_close]` ran; the flag is what `Session::is_open` said in it.
    Closed(CloseReason, bool),
}

/// What the handlers of one server saw, in order.
pub(crate) struct Events {
    events: wspring_tests::Events<Event>,
    gate: Gate,
}

/// Where the handlers write it.
type Log = State<Recorder<Event>>;

/// What handlers wait at that were told to.
#[derive(Clone)]
struct Gate(Arc<Semaphore>);

/// `WebSocketServerUtil.java`: it logs and answers nothing.
pub(crate) struct Original {
    u_id: i64,
}

/// Java's `/olong`, `/ostr` and others in one: it does what it is told by text.
pub(crate) struct Told;

/// Java's `/oboth`: a handler for every kind of message.
pub(crate) struct Both;

/// Java's `/oopenthrow`.
struct OpenFails;

/// Java's `/oclosethrow`.
#[derive(Default)]
struct CloseFails;

/// Starts a server with the default settings.
pub(crate) async fn start() -> (TestServer, Events) {
    start_with(Server::builder()).await
}

/// Starts a server with other settings.
pub(crate) async fn start_with(builder: Builder) -> (TestServer, Events) {
    let (log, events) = wspring_tests::events::<Event>();
    let gate = Gate(Arc::new(Semaphore::new(0)));
    let server = TestServer::start_with(builder.state(log).state(gate.clone())).await;
    (server, Events { events, gate })
}

impl Events {
    /// The next event.
    pub(crate) async fn next(&mut self) -> Event {
        self.events.next().await
    }

    /// The reason of the `#[on_close]` that must be the next event.
    pub(crate) async fn closed(&mut self) -> CloseReason {
        match self.next().await {
            Event::Closed(reason, _) => reason,
            other => panic!("expected #[on_close], got {other:?}"),
        }
    }

    /// Skips the `#[on_open]` that must be the next event.
    pub(crate) async fn opened(&mut self) {
        let event = self.next().await;
        assert!(
            matches!(event, Event::Opened(_)),
            "expected #[on_open], got {event:?}"
        );
    }

    /// The events that nobody has asked for yet.
    pub(crate) fn rest(&mut self) -> Vec<Event> {
        self.events.rest()
    }

    /// Lets one handler go on that was told to `wait`.
    pub(crate) fn let_go(&self) {
        self.gate.0.add_permits(1);
    }
}

#[server_endpoint("/webSocket/{uId}")]
impl Original {
    #[on_open]
    fn on_open(#[path_param("uId")] u_id: i64, log: Log) -> Self {
        log.record(Event::Opened(u_id.to_string()));
        Self { u_id }
    }

    #[on_message]
    fn on_message(&self, message: String, log: Log) {
        log.record(Event::Text(message));
    }

    #[on_close]
    fn on_close(&self, session: &Session, reason: CloseReason, log: Log) {
        tracing::info!(self.u_id, %reason, "closed");
        log.record(Event::Closed(reason, session.is_open()));
    }
}

#[server_endpoint("/told/{value}")]
impl Told {
    #[on_open]
    fn on_open(#[path_param] value: String, log: Log) -> Self {
        log.record(Event::Opened(value));
        Self
    }

    /// Returns the error of a close that is not allowed, so that the test sees it.
    #[on_message]
    async fn on_message(
        &self,
        session: &Session,
        text: &str,
        log: Log,
        gate: State<Gate>,
    ) -> Result<Option<String>, &'static str> {
        log.record(Event::Text(text.to_owned()));
        let (order, rest) = text.split_once(' ').unwrap_or((text, ""));
        match order {
            "close" if rest.is_empty() => session.close(),
            "close" => {
                let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
                let code = CloseCode::new(code.parse().map_err(|_| "no code")?);
                let closed = session.close_with(code, reason);
                return Ok(closed.err().map(|error| error.to_string()));
            }
            "query" => return Ok(session.query().map(str::to_owned)),
            "uri" => return Ok(Some(session.uri().to_string())),
            "fail" => return Err("the handler's own error"),
            "panic" => panic!("a handler that was told to panic"),
            "wait" => gate.0.acquire().await.map_err(|_| "no gate")?.forget(),
            "go" => gate.0.add_permits(1),
            _ => {}
        }
        Ok(None)
    }

    #[on_error]
    fn on_error(error: &Error, log: Log) {
        log.record(Event::Error(error.kind()));
    }

    #[on_close]
    fn on_close(&self, session: &Session, reason: CloseReason, log: Log) {
        log.record(Event::Closed(reason, session.is_open()));
    }
}

#[server_endpoint("/both/{value}")]
impl Both {
    #[on_open]
    fn on_open(#[path_param] value: String, log: Log) -> Self {
        log.record(Event::Opened(value));
        Self
    }

    #[on_message]
    fn text(&self, text: String, log: Log) {
        log.record(Event::Text(text));
    }

    #[on_message]
    fn binary(&self, bytes: Vec<u8>, log: Log) {
        log.record(Event::Binary(bytes));
    }

    #[on_message]
    fn pong(&self, pong: Pong, log: Log) {
        log.record(Event::Pong(pong.0.to_vec()));
    }

    #[on_error]
    fn on_error(error: &Error, log: Log) {
        log.record(Event::Error(error.kind()));
    }

    #[on_close]
    fn on_close(&self, session: &Session, reason: CloseReason, log: Log) {
        log.record(Event::Closed(reason, session.is_open()));
    }
}

#[server_endpoint("/open-fails")]
impl OpenFails {
    #[on_open]
    fn on_open() -> Result<Self, &'static str> {
        Err("this endpoint opens never")
    }

    #[on_error]
    fn on_error(error: &Error, log: Log) {
        log.record(Event::Error(error.kind()));
    }

    #[on_close]
    fn on_close(&self, session: &Session, reason: CloseReason, log: Log) {
        log.record(Event::Closed(reason, session.is_open()));
    }
}

#[server_endpoint("/close-fails")]
impl CloseFails {
    #[on_close]
    fn on_close(
        &self,
        session: &Session,
        reason: CloseReason,
        log: Log,
    ) -> Result<(), &'static str> {
        log.record(Event::Closed(reason, session.is_open()));
        Err("this endpoint closes never well")
    }

    #[on_error]
    fn on_error(error: &Error, log: Log) {
        log.record(Event::Error(error.kind()));
    }
}
