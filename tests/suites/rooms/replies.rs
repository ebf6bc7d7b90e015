//! `#[on_message(broadcast)]`, `broadcast = "others"` and `room = "…"`: replies to more than the sender.

use wspring::prelude::*;
use wspring::{ErrorKind, JoinError};

use crate::{Event, Scene, Seen, in_step};

/// Texts go to all, binary messages to all others; for the test that connects to it.
#[derive(Default)]
struct Loud;

#[server_endpoint("/loud")]
impl Loud {
    #[on_open]
    fn on_open(&self, session: &Session, seen: Seen) {
        seen.record(Event::Opened(session.clone()));
    }

    #[on_message(broadcast)]
    fn text(text: String) -> Result<Option<String>, String> {
        match text.as_str() {
            "nothing" => Ok(None),
            "error" => Err("not this".to_owned()),
            _ => Ok(Some(text)),
        }
    }

    #[on_message(broadcast = "others", max_message_size = 100)]
    async fn bytes(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }

    #[on_error]
    async fn on_error(session: &Session, error: &Error) -> Result<(), SendError> {
        session.send(format!("{:?}", error.kind())).await
    }
}

#[tokio::test]
async fn a_reply_goes_to_all_or_to_all_others() {
    let (mut one, mut other) = (Scene::start().await, Scene::start().await);
    let mut first = one.server.connect("/loud").await;
    one.opened().await;
    in_step(&mut first).await;
    let mut second = other.server.connect("/loud").await;
    other.opened().await;
    // All hear it.
    second.send("hello").await;
    assert_eq!(second.text().await, "hello");
    assert_eq!(first.text().await, "hello");

    first.send(vec![1, 2, 3]).await;
    assert_eq!(second.next().await.into_data(), vec![1, 2, 3]);
    // Neither of these is for others, and the sender did not get its own bytes.
    first.send("nothing").await;
    first.send("error").await;
    assert_eq!(first.text().await, format!("{:?}", ErrorKind::Handler));
    first.send("over").await;
    assert_eq!(first.text().await, "over");
    assert_eq!(second.text().await, "over");

    first.send(vec![0; 101]).await;
    assert_eq!(first.closed().await.0, 1009, "its limit is as it was");
}

/// A room for each number.
struct Table {
    seat: String,
}

#[server_endpoint("/tables/<table>/<seat>", key = "seat")]
impl Table {
    #[on_open]
    fn on_open(
        session: &Session,
        #[path_param] table: i64,
        #[path_param] seat: String,
        seen: Seen,
    ) -> Result<Self, JoinError> {
        session.join(format!("table-{table} of {seat}s"))?;
        seen.record(Event::Opened(session.clone()));
        Ok(Self { seat })
    }

    #[on_message(room = "table-<table> of {seat}s")]
    async fn say(&self, text: &str) -> String {
        format!("{}: {text}", self.seat)
    }

    #[on_message(room = "kitchen")]
    fn order(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }
}

#[tokio::test]
async fn a_reply_goes_to_the_room_that_the_path_names() {
    let mut scene = Scene::start().await;
    let mut first = scene.server.connect("/tables/7/guest").await;
    scene.opened().await;
    // The same table, for the variable is a number.
    let mut second = scene.server.connect("/tables/007/guest").await;
    scene.opened().await;
    let mut apart = scene.server.connect("/tables/8/guest").await;
    scene.opened().await;
    let (mut cook, _) = scene.open("/member?room=kitchen").await;

    second.send("hello").await;
    assert_eq!(
        second.text().await,
        "guest: hello",
        "it is in the room itself"
    );
    assert_eq!(first.text().await, "guest: hello");
    apart.send("alone").await;
    assert_eq!(apart.text().await, "guest: alone");
    first.send(b"soup".to_vec()).await;
    assert_eq!(cook.next().await.into_data(), b"soup".to_vec());
    // The one who ordered is not in the kitchen.
    first.send("thanks").await;
    assert_eq!(first.text().await, "guest: thanks");
    in_step(&mut cook).await;
}

/// Its path may make a name that no room can have.
#[derive(Default)]
struct Long;

#[server_endpoint("/long/<name>")]
impl Long {
    #[on_message(room = "<name>")]
    fn say(text: String) -> String {
        text
    }

    #[on_error]
    async fn on_error(session: &Session, error: &Error) -> Result<(), SendError> {
        session.send(format!("{error}")).await
    }
}

#[tokio::test]
async fn a_room_that_cannot_be_is_told_to_on_error() {
    let scene = Scene::start().await;
    let path = format!("/long/{}", "x".repeat(257));
    let mut client = scene.server.connect(&path).await;
    client.send("hello").await;
    let error = client.text().await;
    assert!(error.contains("`Long::say`"), "{error}");
    assert!(
        error.contains("at most 256 bytes, and this one has 257"),
        "{error}"
    );
    client.send("again").await;
    assert_eq!(client.text().await, error, "the session stays open");
}
