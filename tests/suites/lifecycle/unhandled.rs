//! Messages of a kind that no handler takes: `unhandled = "close"` and `unhandled = "ignore"`.

use tracing::Level;
use wspring::prelude::*;
use wspring::{Initiator, Unhandled};
use wspring_tests::{Log, RawClient};

use crate::{Event, Scene, Seen};

/// Takes text and does what its server does about the rest.
#[derive(Default)]
struct Usual;

/// Takes text and ignores the rest.
#[derive(Default)]
struct Lenient;

/// Takes binary messages and closes at text.
#[derive(Default)]
struct Strict;

/// Takes nothing.
#[derive(Default)]
struct Deaf;

#[server_endpoint("/unhandled")]
impl Usual {
    #[on_message]
    fn text(&self, text: String) -> String {
        text
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        record(reason, &seen);
    }
}

#[server_endpoint("/unhandled/ignored", unhandled = "ignore", max_message_size = 10)]
impl Lenient {
    #[on_message]
    fn text(&self, text: String) -> String {
        text
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        record(reason, &seen);
    }

    #[on_error]
    fn failed(error: &Error, seen: Seen) {
        seen.record(Event::Failed(error.kind(), error.to_string()));
    }
}

#[server_endpoint("/unhandled/closed", unhandled = "close")]
impl Strict {
    #[on_message]
    fn binary(&self, bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        record(reason, &seen);
    }
}

#[server_endpoint("/unhandled/deaf")]
impl Deaf {
    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        record(reason, &seen);
    }
}

fn record(reason: CloseReason, seen: &Seen) {
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
}

/// A message of the kind ends the session, with a sentence that says which kind it was.
async fn is_closed(scene: &mut Scene, path: &str, first: u8) {
    let kind = if first == 0x81 { "text" } else { "binary" };
    let reason = format!("no handler takes {kind} messages");
    let mut client = RawClient::upgraded(scene.server.address(), path).await;
    client.frame(0x8a, b"a pong asks for nothing").await;
    client.frame(first, b"anything").await;
    assert_eq!(client.read_close().await, (1003, reason.clone()));
    client.frame(0x88, &1003_u16.to_be_bytes()).await;
    scene
        .assert_closed(1003, &reason, Initiator::Runtime, true)
        .await;
}

/// A message of the kind is dropped, and the session goes on.
async fn is_ignored(scene: &mut Scene, path: &str, first: u8) {
    let mut client = RawClient::upgraded(scene.server.address(), path).await;
    client.frame(first, b"anything").await;
    client.frame(first, b"").await;
    client.frame(first & 0x0f, b"in ").await;
    client.frame(0x80, b"parts").await;
    client.frame(first ^ 3, b"heard").await;
    if path == "/unhandled/deaf" {
        client.frame(0x89, b"heard").await;
    }
    assert_eq!(client.read_frame().await.payload, b"heard");
    client.frame(0x88, b"").await;
    scene.assert_closed(1005, "", Initiator::Peer, true).await;
}

#[tokio::test]
async fn e11_a_kind_that_no_handler_takes_ends_the_session_by_default() {
    let mut scene = Scene::start().await;
    is_closed(&mut scene, "/unhandled", 0x82).await;
    is_closed(&mut scene, "/unhandled/closed", 0x81).await;
    is_closed(&mut scene, "/unhandled/deaf", 0x81).await;
    is_closed(&mut scene, "/unhandled/deaf", 0x82).await;
    is_ignored(&mut scene, "/unhandled/ignored", 0x82).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn e11_a_server_may_ignore_it_and_an_endpoint_has_the_last_word() {
    let mut scene = Scene::start_with(Server::builder().unhandled(Unhandled::Ignore)).await;
    is_ignored(&mut scene, "/unhandled", 0x82).await;
    is_ignored(&mut scene, "/unhandled/ignored", 0x82).await;
    is_ignored(&mut scene, "/unhandled/deaf", 0x82).await;
    is_closed(&mut scene, "/unhandled/closed", 0x81).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn e11_what_is_ignored_is_logged_with_its_size() {
    let log = Log::start_at(Level::DEBUG);
    let mut scene = Scene::start().await;
    is_ignored(&mut scene, "/unhandled/ignored", 0x82).await;
    let lines = log.lines("DEBUG");
    let lines: Vec<_> = lines
        .iter()
        .filter(|line| line.contains("no handler takes this message"))
        .collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    for (line, size) in lines.iter().zip([8, 0, 8]) {
        for part in [
            "/unhandled/ignored",
            "kind=binary",
            &format!("bytes={size}"),
        ] {
            assert!(line.contains(part), "{line}");
        }
    }
}

/// It is read before it is dropped, so the limits hold.
#[tokio::test]
async fn e11_what_is_ignored_has_its_limits() {
    let mut scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/unhandled/ignored").await;
    client.frame(0x82, &[0; 11]).await;
    assert_eq!(client.read_close().await.0, 1009);
    assert!(matches!(scene.events.next().await, Event::Failed(..)));
    assert!(matches!(scene.events.next().await, Event::Closed(1009, ..)));
}
