//! Objects that become messages.

use std::error::Error as _;

use serde_json::json;
use wspring::BoxError;
use wspring::prelude::*;

use crate::{Scene, assert_frame};

struct Point {
    x: i32,
    y: i32,
}

#[derive(Debug)]
struct OffTheMap;

impl std::fmt::Display for OffTheMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the point is off the map")
    }
}

impl std::error::Error for OffTheMap {}

/// Java: an `Encoder.Text<Point>`.
impl IntoMessage for Point {
    fn into_message(self) -> Result<Message, BoxError> {
        if self.x < 0 || self.y < 0 {
            return Err(OffTheMap.into());
        }
        Ok(Message::Text(format!("{},{}", self.x, self.y)))
    }
}

/// Java: an `Encoder.Text<Integer>`, which replaces the one that is built in.
struct Hexadecimal(u32);

impl IntoMessage for Hexadecimal {
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Text(format!("{:x}", self.0)))
    }
}

/// A map whose keys are no strings is no JSON.
fn no_json() -> Json<std::collections::HashMap<(u8, u8), u8>> {
    Json([((1, 2), 3)].into())
}

#[tokio::test]
async fn g4_objects_are_sent_as_their_type_says() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send(Point { x: 1, y: 2 }).await.unwrap();
    session.send(Json(json!({"step": 1}))).await.unwrap();
    session.try_send(Hexadecimal(255)).unwrap();
    session
        .send_partial(Point { x: 3, y: 4 }, false)
        .await
        .unwrap();
    session
        .send_partial(Point { x: 5, y: 6 }, true)
        .await
        .unwrap();
    assert_frame(&mut client, 0x81, b"1,2").await;
    assert_frame(&mut client, 0x81, br#"{"step":1}"#).await;
    assert_frame(&mut client, 0x81, b"ff").await;
    assert_frame(&mut client, 0x01, b"3,4").await;
    assert_frame(&mut client, 0x80, b"5,6").await;
}

#[tokio::test]
async fn g4_primitives_are_sent_as_text() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send(i64::MIN).await.unwrap();
    session.send(0.1).await.unwrap();
    session.send(true).await.unwrap();
    session.send('€').await.unwrap();
    for text in ["-9223372036854775808", "0.1", "true", "€"] {
        assert_frame(&mut client, 0x81, text.as_bytes()).await;
    }
}

/// G12: in Tomcat the session could not send any more after that.
#[tokio::test]
async fn h7_what_cannot_be_encoded_is_an_error_of_the_caller_and_nothing_is_sent() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let off = || Point { x: -1, y: 0 };
    let timeout = std::time::Duration::from_secs(1);
    let failed = [
        session.send(off()).await,
        session.try_send(off()),
        session.send_within(off(), timeout).await,
        session.send_and_flush(off()).await,
        session.send_partial(off(), false).await,
        session.send_partial(off(), true).await,
        scene.push(off()).await.map(drop),
    ];
    for error in failed.map(Result::unwrap_err) {
        assert!(matches!(error, SendError::Encode(_)), "{error:?}");
        assert!(error.source().is_some_and(|cause| cause.is::<OffTheMap>()));
        assert!(
            error.to_string().ends_with("the point is off the map"),
            "{error}"
        );
    }
    let json = session.send(no_json()).await.unwrap_err();
    assert!(
        json.source()
            .is_some_and(|cause| cause.is::<serde_json::Error>()),
        "{json:?}"
    );
    session.send("the next").await.unwrap();
    assert_frame(&mut client, 0x81, b"the next").await;
}

#[tokio::test]
async fn g12_a_part_that_cannot_be_encoded_leaves_its_message_as_it_was() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session
        .send_partial(Point { x: 1, y: 2 }, false)
        .await
        .unwrap();
    let failed = session.send_partial(Point { x: -1, y: 2 }, true).await;
    assert!(matches!(failed, Err(SendError::Encode(_))), "{failed:?}");
    session
        .send_partial(Point { x: 3, y: 4 }, true)
        .await
        .unwrap();
    session.send("the next").await.unwrap();
    assert_frame(&mut client, 0x01, b"1,2").await;
    assert_frame(&mut client, 0x80, b"3,4").await;
    assert_frame(&mut client, 0x81, b"the next").await;
}
