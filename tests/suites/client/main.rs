//! Connections that this program opens: wspring as the client, of its own server and of others.

mod declaring;
mod ending;
mod foreign;
mod heads;
mod hooks;
mod messages;
mod reconnect;
mod refused;
mod settings;
mod tls;
mod wire;

use wspring::prelude::*;
use wspring::{BoxError, Client};
use wspring_tests::{Events, Recorder, events};

/// Tells its test everything that its handlers see.
struct Listener(Recorder<String>);

#[client_endpoint]
impl Listener {
    #[on_open]
    fn open(&self) {
        self.0.record("open");
    }

    #[on_message]
    fn text(&self, text: &str) {
        self.0.record(format!("text {text}"));
    }

    #[on_message]
    fn binary(&self, bytes: &[u8]) {
        self.0.record(format!("binary {bytes:?}"));
    }

    #[on_message]
    fn pong(&self, Pong(payload): Pong) {
        self.0.record(format!("pong {payload:?}"));
    }

    #[on_close]
    fn close(&self, reason: CloseReason) {
        let clean = if reason.clean { "clean" } else { "unclean" };
        self.0.record(format!("{reason}, {clean}"));
    }

    #[on_error]
    fn error(&self, error: &Error) {
        self.0.record(format!("error {error}"));
    }
}

/// What a [`Listener`] saw after it had opened.
async fn listen(client: &Client, url: impl AsRef<str>) -> (Session, Events<String>) {
    let (recorder, mut seen) = events();
    let connected = client.connect_with(url, |_| Listener(recorder)).await;
    let session = connected.unwrap_or_else(|error| panic!("not connected: {error}"));
    assert_eq!(seen.next().await, "open");
    (session, seen)
}

/// Connects where that must fail.
async fn fail(client: &Client, url: impl AsRef<str>) -> Error {
    let (recorder, _seen) = events();
    match client.connect_with(url, |_| Listener(recorder)).await {
        Ok(session) => panic!("connected: {session:?}"),
        Err(error) => error,
    }
}

/// Sends everything back.
#[derive(Default)]
struct Echo;

#[server_endpoint("/echo")]
impl Echo {
    #[on_message]
    fn text(&self, text: String) -> String {
        text
    }

    #[on_message]
    fn binary(&self, bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }
}

/// Sends what the query says, or closes with that code.
#[derive(Default)]
struct Greeter;

#[server_endpoint("/greeter")]
impl Greeter {
    #[on_open]
    async fn open(
        &self,
        session: &Session,
        #[query_param] say: Option<String>,
        #[query_param] close: Option<u16>,
    ) -> Result<(), BoxError> {
        if let Some(text) = say {
            session.send(text).await?;
        }
        if let Some(code) = close {
            session.close_with(CloseCode::new(code), "as you asked")?;
        }
        Ok(())
    }
}
