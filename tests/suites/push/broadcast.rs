//! `Endpoint::broadcast`: one message for all sessions of an endpoint, over every server of the process.

use wspring::prelude::*;

use crate::{Event, Scene, Seen};

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open]
    fn on_open(&self, session: &Session, seen: Seen) {
        seen.record(Event::Opened(session.clone()));
    }

    #[on_message]
    async fn say(text: &str) -> Result<String, SendError> {
        if text == "are you there?" {
            return Ok(text.to_owned());
        }
        let delivered = Self::broadcast(text).await?;
        Ok(format!("for {}", delivered.sessions))
    }

    #[on_close]
    fn on_close(seen: Seen, reason: CloseReason) {
        seen.record(Event::Closed(reason));
    }
}

/// Nobody says anything here.
#[derive(Default)]
struct Silent;

#[server_endpoint("/silent")]
impl Silent {
    #[on_open]
    fn on_open(&self, session: &Session, seen: Seen) {
        seen.record(Event::Opened(session.clone()));
    }

    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

/// The only test that connects to these endpoints, because a broadcast reaches every server of the process.
#[tokio::test]
async fn g16_every_session_of_the_endpoint_gets_it_and_no_other_does() {
    let none = Chat::broadcast("too early").await.unwrap();
    assert_eq!(none.sessions, 0);
    let (mut one, mut other) = (Scene::start().await, Scene::start().await);
    let mut first = one.open("/chat").await;
    let mut second = one.open("/chat").await;
    let mut elsewhere = other.open("/chat").await;
    let mut stranger = one.open("/silent").await;

    first.send("hello").await;
    assert_eq!(first.text().await, "hello");
    assert_eq!(first.text().await, "for 3", "the reply comes behind it");
    assert_eq!(second.text().await, "hello");
    assert_eq!(elsewhere.text().await, "hello");
    stranger.send("nothing came before this").await;
    assert_eq!(stranger.text().await, "nothing came before this");

    second.close().await;
    one.closed().await;
    let delivered = Chat::broadcast("those who are left").await.unwrap();
    assert_eq!(delivered.sessions, 2);
    assert_eq!(first.text().await, "those who are left");
    assert_eq!(elsewhere.text().await, "those who are left");
}

#[tokio::test]
async fn g16_a_message_that_fits_no_outbox_is_an_error() {
    let too_large = vec![0; 2 * 1024 * 1024];
    let sent = Lonely::broadcast(too_large).await;
    assert!(sent.is_ok_and(|delivered| delivered.sessions == 0));
    let mut scene = Scene::start().await;
    let _client = scene.open("/lonely").await;
    assert!(matches!(
        Lonely::broadcast(vec![0; 2 * 1024 * 1024]).await,
        Err(SendError::TooLarge { .. })
    ));
}

/// For the test above alone.
#[derive(Default)]
struct Lonely;

#[server_endpoint("/lonely")]
impl Lonely {
    #[on_open]
    fn on_open(&self, session: &Session, seen: Seen) {
        seen.record(Event::Opened(session.clone()));
    }

    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}
