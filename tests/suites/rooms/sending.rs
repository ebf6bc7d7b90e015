//! What is sent to a room: to whom, in which order, and how often it is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wspring::prelude::*;
use wspring::{BoxError, room};

use crate::{Scene, in_step};

#[tokio::test]
async fn all_who_are_in_get_it_but_those_who_are_excepted() {
    let mut scene = Scene::start().await;
    let (mut first, one) = scene.open("/member?room=excepted").await;
    let (mut second, other) = scene.open("/member?room=excepted").await;
    let (mut third, _) = scene.open("/member?room=excepted").await;
    let (_, stranger) = scene.open("/member").await;
    let room = room("excepted");

    assert_eq!(room.send("for all").await.unwrap().sessions, 3);
    let delivered = room.send("for two").except(&one).await.unwrap();
    assert_eq!(delivered.sessions, 2);
    let delivered = room.send("for one").except(&one).except(&other).await;
    assert_eq!(delivered.unwrap().sessions, 1);
    let delivered = room.send("for all again").except(&stranger).await.unwrap();
    assert_eq!(delivered.sessions, 3, "who is not in cannot be left out");

    for text in ["for all", "for two", "for one", "for all again"] {
        assert_eq!(third.text().await, text);
    }
    for text in ["for all", "for two", "for all again"] {
        assert_eq!(second.text().await, text);
    }
    for text in ["for all", "for all again"] {
        assert_eq!(first.text().await, text);
    }
}

#[tokio::test]
async fn what_one_task_sends_arrives_in_that_order() {
    let mut scene = Scene::start().await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(scene.open("/member?room=ordered").await.0);
    }
    for number in 0..500 {
        assert_eq!(room("ordered").send(number).await.unwrap().sessions, 3);
    }
    for client in &mut clients {
        for number in 0..500 {
            assert_eq!(client.text().await, number.to_string());
        }
    }
}

/// Counts how often it is written.
struct Counted(Arc<AtomicUsize>);

impl IntoMessage for Counted {
    fn into_message(self) -> Result<Message, BoxError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Message::Binary(vec![7; 10_000].into()))
    }
}

#[tokio::test]
async fn a_message_is_written_once_for_all() {
    let mut scene = Scene::start().await;
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(scene.open("/member?room=counted").await.0);
    }
    let count = Arc::default();
    let sent = room("counted").send(Counted(Arc::clone(&count))).await;
    assert_eq!(sent.unwrap().sessions, 5);
    for client in &mut clients {
        assert_eq!(client.next().await.into_data(), vec![7; 10_000]);
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_is_not_awaited_is_not_sent() {
    let mut scene = Scene::start().await;
    let (mut client, _) = scene.open("/member?room=dropped").await;
    drop(room("dropped").send("never awaited"));
    in_step(&mut client).await;
}

#[tokio::test]
async fn a_message_that_fits_no_outbox_is_an_error_and_one_that_cannot_be_written_too() {
    struct Broken;
    impl IntoMessage for Broken {
        fn into_message(self) -> Result<Message, BoxError> {
            Err("no words".into())
        }
    }
    let builder = Server::builder().outbox_bytes(1000);
    let mut scene = Scene::start_with(builder).await;
    let (mut client, _) = scene.open("/member?room=errors").await;
    let error = room("errors").send("x".repeat(1001)).await.unwrap_err();
    assert!(
        matches!(
            error,
            SendError::TooLarge {
                size: 1001,
                limit: 1000
            }
        ),
        "{error}"
    );
    let error = room("errors").send(Broken).await.unwrap_err();
    assert!(matches!(error, SendError::Encode(_)), "{error}");
    in_step(&mut client).await;

    // Where it fits another member, that one gets it.
    let mut roomy = Scene::start().await;
    let (mut other, _) = roomy.open("/member?room=errors").await;
    let sent = room("errors").send("x".repeat(1001)).await;
    assert_eq!(sent.unwrap().sessions, 1);
    assert_eq!(other.text().await.len(), 1001);
    in_step(&mut client).await;
}

#[tokio::test]
async fn one_who_has_begun_to_close_gets_nothing_and_the_others_do() {
    let mut scene = Scene::start().await;
    let (mut leaving, session) = scene.open("/member?room=closing").await;
    let (mut staying, _) = scene.open("/member?room=closing").await;
    session.close();
    let delivered = room("closing").send("news").await.unwrap();
    assert_eq!(delivered.sessions, 1);
    assert_eq!(staying.text().await, "news");
    assert_eq!(leaving.closed().await.0, 1000);
}
