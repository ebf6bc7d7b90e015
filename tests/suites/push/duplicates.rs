//! `on_duplicate`: what a second connection with the same key means.

use std::sync::Arc;

use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{Client, soon};

use crate::{Event, Scene, Seen, assert_offline};

/// Lets its key go only when the test allows it.
#[derive(Default)]
struct Holding;

#[server_endpoint("/holding/<user>", on_duplicate = "reject")]
impl Holding {
    #[on_open]
    fn on_open(&self, session: Session, seen: Seen) {
        session.properties().insert(Arc::new(Semaphore::new(0)));
        seen.record(Event::Opened(session));
    }

    #[on_close]
    async fn on_close(&self, session: &Session, reason: CloseReason, seen: Seen) {
        seen.record(Event::Closed(reason));
        let allowed: Option<Arc<Semaphore>> = session.properties().find();
        let allowed = allowed.expect("put there when it opened");
        allowed.acquire().await.expect("never closed").forget();
        seen.record(Event::Opened(session.clone()));
    }
}

/// Lets in who shows a ticket.
struct Guarded;

#[server_endpoint("/guarded/<user>", on_duplicate = "close_older")]
impl Guarded {
    #[on_open]
    async fn on_open(
        session: Session,
        #[query_param] ticket: Option<u32>,
        seen: Seen,
    ) -> Result<Self, &'static str> {
        seen.record(Event::Opened(session.clone()));
        tokio::task::yield_now().await;
        ticket.map(|_| Self).ok_or("no ticket")
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

#[tokio::test]
async fn newest_keeps_all_open_and_means_the_one_that_opened_last() {
    let mut scene = Scene::start().await;
    let mut first = scene.open("/newest/ann").await;
    let second = scene.open("/newest/ann").await;
    let mut third = scene.open("/newest/ann").await;
    assert_eq!(scene.push("third", "ann").await.unwrap(), 1);
    assert_eq!(third.text().await, "third");

    // The newest goes: the one before it is the newest now, unless that one is gone too.
    second.close().await;
    scene.closed().await;
    third.close().await;
    scene.closed().await;
    assert_eq!(scene.push("first", "ann").await.unwrap(), 1);
    assert_eq!(first.text().await, "first");

    // The oldest goes: that changes nothing for the newest.
    let mut fourth = scene.open("/newest/ann").await;
    first.close().await;
    scene.closed().await;
    assert_eq!(scene.push("fourth", "ann").await.unwrap(), 1);
    assert_eq!(fourth.text().await, "fourth");
    fourth.close().await;
    scene.closed().await;
    assert_offline(&scene.push("nobody", "ann").await);
}

#[tokio::test]
async fn all_means_every_one() {
    let mut scene = Scene::start().await;
    let mut clients = Vec::new();
    for count in 1..=3 {
        clients.push(scene.open("/everyone/ann").await);
        assert_eq!(scene.push("hello", "ann").await.unwrap(), count);
    }
    for (client, greetings) in clients.iter_mut().zip([3, 2, 1]) {
        for _ in 0..greetings {
            assert_eq!(client.text().await, "hello");
        }
    }
    clients.swap_remove(0).close().await;
    scene.closed().await;
    assert_eq!(scene.push("bye", "ann").await.unwrap(), 2);
    for mut client in clients {
        assert_eq!(client.text().await, "bye");
    }
}

#[tokio::test]
async fn reject_answers_409_while_the_key_is_taken() {
    let mut scene = Scene::start().await;
    let mut first = scene.open("/first/ann").await;
    for _ in 0..2 {
        let (status, text) = Client::refused(scene.server.url("/first/ann")).await;
        assert_eq!(
            (status, text.as_str()),
            (409, "the key ann is in use by another connection\n")
        );
    }
    let _other = scene.open("/first/ben").await;
    let _other_endpoint = scene.open("/newest/ann").await;
    assert_eq!(scene.push("both", "ann").await.unwrap(), 2);
    assert_eq!(first.text().await, "both");

    first.close().await;
    scene.closed().await;
    let mut second = scene.open("/first/ann").await;
    assert_eq!(scene.push("again", "ann").await.unwrap(), 2);
    assert_eq!(second.text().await, "again");
}

#[tokio::test]
async fn reject_keeps_the_key_until_on_close_has_returned() {
    let mut scene = Scene::start().await;
    let first = scene.server.connect("/holding/ann").await;
    let session = scene.opened().await;
    first.close().await;
    scene.closed().await;
    let (status, _) = Client::refused(scene.server.url("/holding/ann")).await;
    assert_eq!(status, 409, "its on_close still runs");
    assert_offline(&scene.push("nobody is there any more", "ann").await);
    let allowed: Arc<Semaphore> = session
        .properties()
        .find()
        .expect("put there when it opened");
    allowed.add_permits(1);
    assert_eq!(scene.opened().await, session, "its on_close has returned");
    let _second = scene.server.connect("/holding/ann").await;
    scene.opened().await;
}

#[tokio::test]
async fn reject_leaves_nothing_behind_when_the_handshake_fails_later() {
    let scene = Scene::start().await;
    // The request asks for an upgrade, and the client is gone before the answer.
    let mut client = scene.server.raw().await;
    let request = handshake("/first/ann", &[]);
    client.write(request.as_bytes()).await;
    client.reset();
    // Either it was never accepted, or it opened and closed; in the end the key is free.
    let free = async {
        while tokio_tungstenite::connect_async(scene.server.url("/first/ann"))
            .await
            .is_err()
        {
            tokio::task::yield_now().await;
        }
    };
    soon("the key to be free", free).await;
}

#[tokio::test]
async fn close_older_closes_the_older_one_with_4001() {
    let mut scene = Scene::start().await;
    let mut first = scene.open("/replacing/ann").await;
    let mut second = scene.open("/replacing/ann").await;
    // The first one is told, and no push goes to it any more, though it has not answered yet.
    assert_eq!(scene.push("second", "ann").await.unwrap(), 1);
    assert_eq!(second.text().await, "second");
    assert_eq!(
        first.closed().await,
        (4001, "replaced by a newer connection".to_owned())
    );
    let reason = scene.closed().await;
    assert_eq!((reason.code, reason.clean), (CloseCode::REPLACED, true));
    assert_eq!(scene.push("still second", "ann").await.unwrap(), 1);
    assert_eq!(second.text().await, "still second");
    // Another key, and another endpoint, are not meant.
    let mut other = scene.open("/replacing/ben").await;
    let _elsewhere = scene.open("/newest/ann").await;
    assert_eq!(scene.push("ben", "ben").await.unwrap(), 1);
    assert_eq!(other.text().await, "ben");
    assert_eq!(scene.push("last", "ann").await.unwrap(), 2);
    assert_eq!(second.text().await, "last");
}

#[tokio::test]
async fn a_connection_that_on_open_refuses_takes_nothing_from_the_one_that_is_there() {
    let mut scene = Scene::start().await;
    let mut user = scene.open("/guarded/ann?ticket=1").await;
    let mut intruder = scene.server.connect("/guarded/ann").await;
    scene.opened().await;
    assert_eq!(scene.push("while the other opens", "ann").await.unwrap(), 1);
    assert_eq!(
        intruder.closed().await.0,
        1011,
        "and nothing was pushed to it"
    );
    assert_eq!(scene.push("still you", "ann").await.unwrap(), 1);
    assert_eq!(user.text().await, "while the other opens");
    assert_eq!(user.text().await, "still you");
}

/// An old connection ends while a new one begins, in whichever order that happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_opens_while_another_closes_is_reached() {
    for path in ["newest", "everyone", "replacing"] {
        let mut scene = Scene::start().await;
        let url = format!("/{path}/ann");
        let mut old = scene.open(&url).await;
        for round in 0..100 {
            let closing = tokio::spawn(old.close());
            let mut new = scene.server.connect(&url).await;
            closing.await.expect("the old one closed");
            // One opened, one closed, and the close may be told first.
            let mut closed = 0;
            for _ in 0..2 {
                closed += usize::from(matches!(scene.events.next().await, Event::Closed(_)));
            }
            assert_eq!(closed, 1, "{path}, round {round}");
            new.send("are you there?").await;
            assert_eq!(new.text().await, "are you there?");
            assert_eq!(
                scene.push(round, "ann").await.unwrap(),
                1,
                "{path}, round {round}"
            );
            assert_eq!(new.text().await, round.to_string());
            old = new;
        }
    }
}
