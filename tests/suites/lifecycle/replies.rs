//! What a handler may return, and what the peer gets for it.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as Got;
use wspring::prelude::*;
use wspring::{BoxError, ErrorKind, UnsentReply};

use crate::{Event, Scene, Seen};

/// Its replies go to others as well.
#[derive(Default)]
struct Shouted;

#[server_endpoint("/shouted")]
impl Shouted {
    #[on_open]
    fn open(&self, session: &Session) -> Result<(), BoxError> {
        session.join("hall")?;
        Ok(())
    }

    #[on_message(broadcast)]
    fn to_all(text: &str) -> String {
        text.repeat(100)
    }

    #[on_message(room = "hall")]
    fn to_a_room(bytes: &[u8]) -> Vec<u8> {
        bytes.repeat(100)
    }
}

/// A type with its own `IntoMessage`.
struct Point {
    x: i32,
    y: i32,
}

impl IntoMessage for Point {
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Text(format!("{},{}", self.x, self.y)))
    }
}

/// One endpoint for each type of reply, and the test that asks it.
macro_rules! replies {
    ($($name:ident at $path:literal: $ty:ty = $reply:expr, $got:expr;)*) => {
        $(
            #[derive(Default)]
            struct $name;

            #[server_endpoint($path)]
            impl $name {
                #[on_message]
                async fn reply(&self, _text: &str) -> $ty {
                    $reply
                }

                #[on_message]
                fn fence(&self, _bytes: &[u8]) -> &'static str {
                    "fence"
                }
            }
        )*

        fn replies() -> Vec<(&'static str, Option<Got>)> {
            vec![$(($path, $got)),*]
        }
    };
}

fn text(text: &str) -> Option<Got> {
    Some(Got::text(text))
}

fn binary(bytes: &'static [u8]) -> Option<Got> {
    Some(Got::binary(bytes))
}

replies! {
    Nothing at "/nothing": () = (), None;
    Owned at "/string": String = "owned".to_owned(), text("owned");
    Borrowed at "/str": &'static str = "borrowed", text("borrowed");
    Either at "/cow": Cow<'static, str> = Cow::Borrowed("either"), text("either");
    Empty at "/empty": &'static str = "", text("");
    Some_ at "/some": Option<&'static str> = Some("there"), text("there");
    None_ at "/none": Option<String> = None, None;
    Fine at "/ok": Result<String, String> = Ok("fine".to_owned()), text("fine");
    FineNothing at "/okNothing": Result<(), String> = Ok(()), None;
    FineNone at "/okNone": Result<Option<String>, BoxError> = Ok(None), None;
    Failing at "/err": Result<String, String> = Err("no reply".to_owned()), None;
    Object at "/json": Json<Value> = Json(json!({"a": [1, null]})), text(r#"{"a":[1,null]}"#);
    Integer at "/integer": i64 = -9_223_372_036_854_775_808, text("-9223372036854775808");
    Wide at "/wide": u128 = u128::MAX, text("340282366920938463463374607431768211455");
    Float at "/float": f64 = 0.1, text("0.1");
    Truth at "/bool": bool = true, text("true");
    Letter at "/char": char = 'ß', text("ß");
    Vector at "/vec": Vec<u8> = vec![0, 255], binary(&[0, 255]);
    Shared at "/bytes": Bytes = Bytes::from_static(b"\0shared"), binary(b"\0shared");
    Array at "/array": [u8; 3] = [1, 2, 3], binary(&[1, 2, 3]);
    Slice at "/slice": &'static [u8] = &[4, 5], binary(&[4, 5]);
    Alive at "/pong": Pong = Pong(Bytes::from_static(b"alive")), Some(Got::Pong(Bytes::from_static(b"alive")));
    Whole at "/message": Message = Message::Binary(Bytes::from_static(b"whole")), binary(b"whole");
    Own at "/own": Point = Point { x: 3, y: -4 }, text("3,-4");
}

#[tokio::test]
async fn b7_every_type_of_reply_arrives() {
    use futures_util::{SinkExt as _, StreamExt as _};

    let scene = Scene::start().await;
    for (path, expected) in replies() {
        let mut client = scene.server.connect(path).await.into_inner();
        client.send("go".into()).await.unwrap();
        // Whatever comes for the message comes before the answer to this one.
        client.send(Got::binary("")).await.unwrap();
        let mut got = Vec::new();
        loop {
            let next = wspring_tests::soon("a reply", client.next()).await;
            match next.expect("the session is open").unwrap() {
                Got::Text(text) if text.as_str() == "fence" => break,
                Got::Ping(_) => {}
                message => got.push(message),
            }
        }
        assert_eq!(got, Vec::from_iter(expected), "{path}");
    }
}

/// Its reply is as long as the message says.
struct Long;

#[server_endpoint("/long")]
impl Long {
    #[on_open]
    fn open() -> Self {
        Self
    }

    #[on_message]
    fn reply(&self, bytes: usize) -> String {
        "x".repeat(bytes)
    }

    #[on_error]
    fn failed(error: &Error, seen: Seen) {
        seen.record(Event::Failed(error.kind(), error.to_string()));
    }
}

#[tokio::test]
async fn b7_a_reply_that_no_outbox_holds_is_an_error_and_the_session_may_stay_open() {
    let builder = Server::builder()
        .outbox_bytes(100)
        .unsent_reply(UnsentReply::Ignore);
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.server.connect("/long").await;
    client.send("101").await;
    let Event::Failed(kind, text) = scene.events.next().await else {
        panic!("it is not told");
    };
    // `Closed` would be a peer that left too early, which nobody has to look at.
    assert_eq!(kind, ErrorKind::Encode);
    assert!(text.contains("raise `outbox_bytes`"), "{text}");
    client.send("100").await;
    assert_eq!(client.text().await.len(), 100);
}

#[tokio::test]
async fn a_client_learns_that_the_reply_to_its_message_was_too_large() {
    let mut scene = Scene::start_with(Server::builder().outbox_bytes(100)).await;
    let (mut client, _session) = scene.open("").await;
    let message = "x".repeat(100);
    client.send(&*message).await;
    scene.assert_handled(&message).await;
    let failed = scene.events.next().await;
    assert!(
        matches!(&failed, Event::Failed(ErrorKind::Encode, text) if text.contains("104 bytes")),
        "{failed:?}"
    );
    let close = (1011, "the reply is too large".to_owned());
    assert_eq!(client.closed().await, close);
}

#[tokio::test]
async fn a_client_learns_that_what_it_says_to_others_was_too_large() {
    let scene = Scene::start_with(Server::builder().outbox_bytes(100)).await;
    for message in [Got::text("loud"), Got::binary(&b"loud"[..])] {
        let mut client = scene.server.connect("/shouted").await;
        client.send(message).await;
        let close = (1011, "the reply is too large".to_owned());
        assert_eq!(client.closed().await, close);
    }
}
