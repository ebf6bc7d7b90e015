//! The twenty defects of the Java original (`WebSocketServerUtil`, its `sendInfo` and its page), each a test that is
//! named after the defect and fails if wspring has it too; then the acceptance tests of a correct port.

mod acceptance;
mod ending;
mod identity;
mod registry;
mod sending;

use wspring::prelude::*;
use wspring::{Builder, ErrorKind};
use wspring_tests::{Client, Events, Recorder, TestServer, events};

/// What the handlers saw, such as `open /webSocket/1, 1 online`.
type Seen = State<Recorder<String>>;

/// A server and what its handlers saw.
struct Scene {
    server: TestServer,
    events: Events<String>,
}

impl Scene {
    async fn start() -> Self {
        Self::start_with(Server::builder()).await
    }

    async fn start_with(builder: Builder) -> Self {
        let (recorder, events) = events::<String>();
        let server = TestServer::start_with(builder.state(recorder)).await;
        Self { server, events }
    }

    /// Connects, and waits until the session can be reached.
    async fn open(&mut self, path: &str) -> Client {
        let mut client = self.server.connect(path).await;
        self.saw(&format!("open {path}")).await;
        client.send("hello").await;
        self.saw(&format!("text {path} hello")).await;
        client
    }

    /// Waits for the next event, which begins like this, and returns the rest of it.
    async fn saw(&mut self, begin: &str) -> String {
        let event = self.events.next().await;
        match event.strip_prefix(begin) {
            Some(rest) => rest.to_owned(),
            None => panic!("expected `{begin}…`, got `{event}`"),
        }
    }

    async fn push(&self, text: &str, key: i64) -> Result<usize, SendError> {
        let delivered = self.server.handle().send_info(text, key).await;
        delivered.map(|delivered| delivered.sessions)
    }

    async fn assert_offline(&self, key: i64) {
        let pushed = self.push("is anybody there?", key).await;
        assert!(
            matches!(&pushed, Err(SendError::Offline { key: named, .. }) if *named == key.to_string()),
            "{pushed:?}"
        );
    }
}

macro_rules! endpoint {
    ($(#[$doc:meta])* $name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        $(#[$doc])*
        struct $name {
            session: Session,
            seen: Seen,
        }

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_open]
            fn on_open(session: Session, #[path_param("uId")] _u_id: i64, seen: Seen) -> Self {
                session.properties().insert(seen.clone());
                let online = online::<Self>(&seen);
                seen.record(format!("open {}, {online} online", session.uri().path()));
                Self { session, seen }
            }

            #[on_message]
            fn on_message(&self, text: &str) {
                self.seen.record(format!("text {} {text}", self.session.uri().path()));
            }

            #[on_close]
            fn on_close(&self, reason: CloseReason) {
                let online = online::<Self>(&self.seen);
                let path = self.session.uri().path();
                let clean = if reason.clean { "clean" } else { "not clean" };
                self.seen.record(format!("close {path}, {online} online, {reason}, {clean}"));
            }
        }
    };
}

/// How many sessions an endpoint has on the server of this test; other tests run servers of their own.
fn online<E: Endpoint>(seen: &Seen) -> usize {
    let of_this_test = |session: &Session| {
        session
            .properties()
            .find::<Seen>()
            .is_some_and(|other| other.is_same(seen))
    };
    E::sessions().into_iter().filter(of_this_test).count()
}

endpoint! {
    /// The Java original, ported.
    WebSocketServer at "/webSocket/<uId>", heartbeat = "ping"
}
endpoint! {
    /// Each device of a user gets what is pushed.
    EveryDevice at "/everyDevice/<uId>", on_duplicate = "all"
}
endpoint! {
    /// One connection for a user; the new one wins.
    NewDevice at "/newDevice/<uId>", on_duplicate = "close_older"
}
endpoint! {
    /// One connection for a user; the old one wins.
    FirstDevice at "/firstDevice/<uId>", on_duplicate = "reject"
}

/// Does not open.
struct Failing;

#[server_endpoint("/failing/<uId>")]
impl Failing {
    #[on_open]
    fn on_open(#[query_param] how: &str) -> Result<Self, String> {
        match how {
            "panic" => panic!("on_open panics"),
            how => Err(how.to_owned()),
        }
    }

    #[on_error]
    fn on_error(error: &Error, seen: Seen) {
        let kind = match error.kind() {
            ErrorKind::Handler => "handler",
            ErrorKind::Panic => "panic",
            _ => "other",
        };
        seen.record(format!("error {kind}: {error}"));
    }

    #[on_close]
    fn on_close(&self, seen: Seen) {
        seen.record("close of what never opened");
    }
}

/// Is pushed to while it opens.
#[derive(Default)]
struct Early;

#[server_endpoint("/early/<uId>")]
impl Early {
    #[on_open]
    async fn on_open(
        &mut self,
        #[path_param("uId")] u_id: i64,
        session: &Session,
        seen: Seen,
    ) -> Result<(), SendError> {
        session.send("welcome").await?;
        let pushed = Self::send_info("to itself", u_id).await;
        seen.record(if pushed.is_ok() {
            "pushed"
        } else {
            "not reached"
        });
        Ok(())
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}
