//! `Endpoint::broadcast`: all but those who are left out, and whoever comes and goes meanwhile.

use wspring::prelude::*;

use crate::{Event, Scene, Seen, in_step};

/// For the only test that connects to it.
#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open]
    fn on_open(&self, session: &Session, seen: Seen) {
        seen.record(Event::Opened(session.clone()));
    }

    #[on_message]
    async fn on_message(text: String, session: &Session) -> Result<String, SendError> {
        if text == "are you there?" {
            return Ok(text);
        }
        let delivered = Self::broadcast(text).except(session).await?;
        Ok(format!("for {}", delivered.sessions))
    }
}

#[tokio::test]
async fn a_broadcast_may_leave_sessions_out() {
    let (mut one, mut other) = (Scene::start().await, Scene::start().await);
    let (mut first, _) = one.open("/chat").await;
    let (mut second, session) = one.open("/chat").await;
    let (mut third, _) = other.open("/chat").await;
    first.send("hello").await;
    assert_eq!(first.text().await, "for 2", "it does not hear itself");
    assert_eq!(second.text().await, "hello");
    assert_eq!(third.text().await, "hello");

    let stranger = other.open("/member").await.1;
    let sent = Chat::broadcast("bye").except(&session).except(&stranger);
    assert_eq!(sent.await.unwrap().sessions, 2);
    assert_eq!(first.text().await, "bye");
    assert_eq!(third.text().await, "bye");
    in_step(&mut second).await;

    drop(Chat::broadcast("never awaited"));
    in_step(&mut first).await;
}
