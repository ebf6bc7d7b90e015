//! Keys that another connection can take: how the first one is told, and how the operator is.

use wspring::prelude::*;
use wspring_tests::Log;

use crate::{Event, Scene, Seen};

/// Tells the connection that has the key of the one that comes.
struct Told {
    seen: Seen,
}

#[server_endpoint("/told/<user>")]
impl Told {
    #[on_handshake]
    async fn tell(#[path_param] user: &str) {
        let _ = Self::send_info("another device signs in", user).await;
    }

    #[on_open]
    fn open(session: Session, seen: Seen) -> Self {
        seen.record(Event::Opened(session));
        Self { seen }
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }

    #[on_close]
    fn close(&self, reason: CloseReason) {
        self.seen.record(Event::Closed(reason));
    }
}

#[tokio::test]
async fn a_connection_can_be_told_that_another_one_takes_its_key() {
    let mut scene = Scene::start().await;
    let mut first = scene.open("/told/ann").await;
    let mut second = scene.open("/told/ann").await;
    assert_eq!(first.text().await, "another device signs in");
    assert_eq!(scene.push("for the second", "ann").await.unwrap(), 1);
    assert_eq!(second.text().await, "for the second");
}

#[tokio::test]
async fn an_endpoint_whose_keys_are_open_to_everybody_is_named_at_the_start() {
    let log = Log::start();
    let _scene = Scene::start().await;
    let lines = log.lines("INFO");
    let named = lines
        .iter()
        .filter(|line| line.contains("check the user in `#[on_handshake]`"));
    let named: Vec<_> = named.collect();
    let [line] = &named[..] else {
        panic!("one line names them all: {lines:?}");
    };
    assert!(line.contains("/newest/<user>"), "{line}");
    assert!(!line.contains("/told/<user>"), "it asks who comes");
    for keyless in ["/lobby", "/pairs"] {
        assert!(!line.contains(keyless), "{keyless} has no key");
    }
}
