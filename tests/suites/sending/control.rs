//! Pings and pongs of the application.

use wspring::prelude::*;

use crate::{Event, Scene, assert_frame};

#[tokio::test]
async fn g10_a_ping_is_answered_to_the_pong_handler() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.ping("question").await.unwrap();
    // The runtime's own pings have no payload.
    let ping = loop {
        let ping = client.read_ping().await;
        if !ping.payload.is_empty() {
            break ping;
        }
    };
    assert_eq!(ping.payload, b"question");
    client.frame(0x8a, &ping.payload).await;
    match scene.events.next().await {
        Event::Pong(payload) => assert_eq!(payload, "question"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn g10_a_pong_that_nobody_asked_for_is_sent() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.pong("alive").await.unwrap();
    session.pong([]).await.unwrap();
    session.send(Pong("as a message".into())).await.unwrap();
    assert_frame(&mut client, 0x8a, b"alive").await;
    assert_frame(&mut client, 0x8a, b"").await;
    assert_frame(&mut client, 0x8a, b"as a message").await;
}

#[tokio::test]
async fn g10_more_than_125_bytes_are_refused_with_a_sentence() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let long = [b'x'; 126];
    let refused = [
        session.ping(long).await,
        session.pong(long).await,
        session.send(Pong(long.to_vec().into())).await,
        session.try_send(Pong(long.to_vec().into())),
    ];
    for error in refused.map(Result::unwrap_err) {
        assert!(matches!(error, SendError::ControlTooLong { size: 126, .. }));
        let sentence = "a ping or pong carries at most 125 bytes (RFC 6455 §5.5), this one has 126: send a message instead";
        assert_eq!(error.to_string(), sentence);
    }
    session.pong(&long[..125]).await.unwrap();
    assert_frame(&mut client, 0x8a, &long[..125]).await;
}

#[tokio::test]
async fn g10_pings_and_pongs_go_out_in_the_middle_of_a_message() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send_partial("one ", false).await.unwrap();
    session.send("behind").await.unwrap();
    session.pong("now").await.unwrap();
    session.send(Pong("as well".into())).await.unwrap();
    assert_frame(&mut client, 0x01, b"one ").await;
    assert_frame(&mut client, 0x8a, b"now").await;
    assert_frame(&mut client, 0x8a, b"as well").await;
    session.ping("?").await.unwrap();
    while client.read_ping().await.payload != b"?" {}
    session.send_partial("message", true).await.unwrap();
    assert_frame(&mut client, 0x80, b"message").await;
    assert_frame(&mut client, 0x81, b"behind").await;
}

/// Pushes may fill the outbox behind a message in parts; a sign of life does not wait for its end.
#[tokio::test]
async fn g10_a_pong_finds_room_where_messages_wait() {
    let mut scene = Scene::start_with(Server::builder().outbox_messages(2)).await;
    let (mut client, session) = scene.open().await;
    session.send_partial("one ", false).await.unwrap();
    assert_frame(&mut client, 0x01, b"one ").await;
    session.try_send(1).unwrap();
    session.try_send(2).unwrap();
    assert!(matches!(session.try_send(3), Err(SendError::Full)));
    session.pong("alive").await.unwrap();
    assert_frame(&mut client, 0x8a, b"alive").await;
}
