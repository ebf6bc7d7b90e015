//! What goes wrong in handlers: where it is told, and whom it ends.

use wspring::prelude::*;
use wspring::{BoxError, ErrorKind, FromSession, Initiator};
use wspring_tests::Log;

use crate::{Event, Scene, Seen};

const RETURNED: &str = "returned an error: as it was told";
const PANICKED: &str = "a handler panicked: as it was told";
const FAILED: &str = "a handler failed";
const NOT_OPENED: &str = "the endpoint could not be opened";

#[tokio::test]
async fn p1_an_on_open_that_fails_or_panics_closes_with_1011_and_no_on_close() {
    let mut scene = Scene::start().await;
    let returned = format!("`Watched::on_open` {RETURNED}");
    for (query, kind, text) in [
        ("?open=fail", ErrorKind::Handler, returned.as_str()),
        ("?open=panic", ErrorKind::Panic, PANICKED),
    ] {
        let mut client = scene.server.connect(&format!("/watched/ann{query}")).await;
        client.send("never handled").await;
        assert_eq!(scene.events.next().await, Event::Opening);
        scene.assert_failed(kind, text).await;
        let pushed = scene.server.handle().send_info("hello", "ann").await;
        assert!(
            matches!(pushed, Err(SendError::Offline { .. })),
            "{pushed:?}"
        );
        assert_eq!(client.closed().await, (1011, NOT_OPENED.to_owned()));
    }
    scene.assert_over().await;
}

#[tokio::test]
async fn p2_an_on_message_that_fails_leaves_the_session_open() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("").await;
    client.send("fail").await;
    scene
        .assert_failed(
            ErrorKind::Handler,
            &format!("`Watched::on_message` {RETURNED}"),
        )
        .await;
    assert!(session.is_open());
    client.send("hello").await;
    assert_eq!(client.text().await, "did hello");
    scene.assert_handled("hello").await;
    client.close().await;
    scene.assert_closed(1000, "", Initiator::Peer, true).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn p2_an_on_message_that_panics_ends_its_connection_alone() {
    let mut scene = Scene::start().await;
    let (mut other, _) = scene.open("").await;
    let (mut client, _) = scene.open("").await;
    for text in ["panic", "behind the panic"] {
        client.send(text).await;
    }
    assert_eq!(client.closed().await, (1011, FAILED.to_owned()));
    scene.assert_failed(ErrorKind::Panic, PANICKED).await;
    scene
        .assert_closed(1011, FAILED, Initiator::Runtime, true)
        .await;
    other.send("hello").await;
    assert_eq!(other.text().await, "did hello");
    scene.assert_handled("hello").await;
    other.close().await;
    scene.assert_closed(1000, "", Initiator::Peer, true).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn p3_an_on_close_that_fails_or_panics_is_told_and_runs_once() {
    let mut scene = Scene::start().await;
    let returned = format!("`Watched::on_close` {RETURNED}");
    for (query, kind, text) in [
        ("?close=fail", ErrorKind::Handler, returned.as_str()),
        ("?close=panic", ErrorKind::Panic, PANICKED),
    ] {
        let (client, _) = scene.open(query).await;
        client.close().await;
        scene.assert_closed(1000, "", Initiator::Peer, true).await;
        scene.assert_failed(kind, text).await;
    }
    scene.assert_over().await;
}

/// Like any other handler that panics.
#[tokio::test]
async fn p4_an_on_error_that_panics_ends_the_connection() {
    let mut scene = Scene::start().await;
    let (mut client, _) = scene.open("?error=panic").await;
    client.send("fail").await;
    assert_eq!(client.closed().await, (1011, FAILED.to_owned()));
    scene
        .assert_failed(
            ErrorKind::Handler,
            &format!("`Watched::on_message` {RETURNED}"),
        )
        .await;
    scene
        .assert_closed(1011, FAILED, Initiator::Runtime, true)
        .await;

    // At the very end there is nothing left to end.
    let (client, _) = scene.open("?close=panic&error=panic").await;
    client.close().await;
    scene.assert_closed(1000, "", Initiator::Peer, true).await;
    scene.assert_failed(ErrorKind::Panic, PANICKED).await;
    scene.assert_over().await;
}

/// Takes numbers that a token in the query allows, and answers what no JSON can hold.
#[derive(Default)]
struct Strict {
    errors: usize,
}

struct Allowed;

impl<'s> FromSession<'s> for Allowed {
    fn from_session(session: &'s Session) -> Result<Self, BoxError> {
        match session.query_param("allowed") {
            Some(_) => Ok(Self),
            None => Err("it is not allowed".into()),
        }
    }
}

#[server_endpoint("/strict")]
impl Strict {
    #[on_message]
    fn add(&self, Json([a, b]): Json<[i64; 2]>, _allowed: Allowed) -> Json<i64> {
        Json(a + b)
    }

    #[on_message]
    fn bytes(&self, _bytes: &[u8]) -> Json<std::collections::BTreeMap<Vec<u8>, u8>> {
        Json([(vec![1], 1)].into())
    }

    #[on_error]
    fn on_error(&mut self, error: &Error, session: &Session, seen: Seen) {
        self.errors += 1;
        session.properties().insert(self.errors);
        let cause = std::error::Error::source(error).map(ToString::to_string);
        seen.record(Event::Failed(error.kind(), cause.unwrap_or_default()));
    }
}

#[tokio::test]
async fn p6_p8_what_cannot_be_decoded_or_encoded_goes_to_on_error() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/strict?allowed").await;
    client.send("[1, 2]").await;
    assert_eq!(client.text().await, "3");

    client.send("[1, true]").await;
    let Event::Failed(ErrorKind::Decode, cause) = scene.events.next().await else {
        panic!("a message that is not the expected JSON");
    };
    assert!(
        cause.contains("invalid type: boolean `true`, expected i64"),
        "{cause}"
    );

    client.send(vec![0]).await;
    scene
        .assert_failed(ErrorKind::Encode, "key must be a string")
        .await;
    let sessions = scene.server.handle().sessions::<Strict>().to_vec();
    assert_eq!(
        sessions[0].properties().find::<usize>(),
        Some(2),
        "on_error keeps its state"
    );

    client.send("[3, 4]").await;
    assert_eq!(client.text().await, "7", "the session is open");

    let mut client = scene.server.connect("/strict").await;
    client.send("[1, 2]").await;
    scene
        .assert_failed(ErrorKind::Decode, "it is not allowed")
        .await;
}

#[tokio::test]
async fn p11_a_message_that_is_too_big_goes_to_on_error_before_on_close_and_is_logged() {
    let log = Log::start();
    let mut scene = Scene::start_with(Server::builder().max_message_size(10)).await;
    let (mut client, _) = scene.open("").await;
    client.send("1234567890").await;
    assert_eq!(client.text().await, "did 1234567890");
    client.send("12345678901").await;
    let reason = "a message has 11 bytes or more, the limit is 10; send smaller ones";
    assert_eq!(client.closed().await, (1009, reason.to_owned()));
    scene.assert_handled("1234567890").await;
    scene.assert_failed(ErrorKind::TooBig, reason).await;
    scene
        .assert_closed(1009, reason, Initiator::Runtime, false)
        .await;
    drop(client);
    scene.assert_over().await;
    let lines = log.lines("WARN");
    assert!(lines[0].contains(reason), "{lines:?}");
    assert_eq!(lines.len(), 1, "{lines:?}");
}

/// Has no `#[on_error]`.
#[derive(Default)]
struct Careless;

#[server_endpoint("/careless")]
impl Careless {
    #[on_message]
    fn number(&self, number: i64) -> Result<i64, String> {
        number
            .checked_mul(2)
            .ok_or_else(|| format!("{number} is too much"))
    }
}

/// Has an `#[on_error]` that needs an endpoint, where there is none yet.
struct Unopened;

#[server_endpoint("/unopened")]
impl Unopened {
    #[on_open]
    fn on_open() -> Result<Self, &'static str> {
        Err("no room")
    }

    #[on_error]
    fn on_error(&self, error: &Error, seen: Seen) {
        seen.record(Event::Failed(error.kind(), error.to_string()));
    }
}

#[tokio::test]
async fn p5_an_error_that_no_on_error_takes_is_logged() {
    let log = Log::start_at(tracing::Level::DEBUG);
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/careless").await;
    for text in ["many", &i64::MAX.to_string(), "21"] {
        client.send(text).await;
    }
    assert_eq!(client.text().await, "42", "the session stays open");
    let mut client = scene.server.connect("/unopened").await;
    assert_eq!(client.closed().await.0, 1011);
    assert_eq!(scene.events.rest(), []);
    let mut lines = log.all();
    lines.retain(|line| line.contains("no #[on_error] takes this error"));
    for (line, parts) in lines.iter().zip([
        ["WARN", "/careless", "`many` is not a i64"],
        ["ERROR", "/careless", "9223372036854775807 is too much"],
        // The second one of its kind.
        ["DEBUG", "/unopened", "no room"],
    ]) {
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
    }
    assert_eq!(lines.len(), 3, "{lines:?}");
}
