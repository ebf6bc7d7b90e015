//! Sends that are ready when the message is written.

use futures_util::FutureExt as _;
use wspring::prelude::*;
use wspring_tests::soon;

use crate::{Scene, assert_frame, fill};

#[tokio::test]
async fn g1_a_send_is_ready_when_the_message_is_queued_and_in_order() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    for number in 0..50 {
        let sent = session.send(number).now_or_never();
        sent.expect("there is room").unwrap();
    }
    session.send("").await.unwrap();
    session.send(Vec::new()).await.unwrap();
    for number in 0..50 {
        assert_frame(&mut client, 0x81, number.to_string().as_bytes()).await;
    }
    assert_frame(&mut client, 0x81, b"").await;
    assert_frame(&mut client, 0x82, b"").await;
}

#[tokio::test]
async fn g5_the_future_is_ready_when_the_message_is_written() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_narrow().await;
    soon("a write", session.send_and_flush("there is room"))
        .await
        .unwrap();
    assert_frame(&mut client, 0x81, b"there is room").await;
    let queued = fill(&session).await;
    let mut last = Box::pin(session.send_and_flush("the last one"));
    assert!(
        (&mut last).now_or_never().is_none(),
        "the peer has not read it"
    );
    let reading = async {
        for _ in 0..queued {
            assert_frame(&mut client, 0x82, &[7; 60_000]).await;
        }
        assert_frame(&mut client, 0x81, b"the last one").await;
    };
    let (written, ()) = tokio::join!(soon("a write", last), reading);
    written.unwrap();
}

/// Java: a `SendHandler`, called once with the `SendResult`.
#[tokio::test]
async fn g6_a_task_of_its_own_is_told_when_the_message_is_written() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let (told, result) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let written = session.send_and_flush("hello").await;
        let _ = told.send(written);
    });
    assert_frame(&mut client, 0x81, b"hello").await;
    soon("the result", result).await.unwrap().unwrap();
}

#[tokio::test]
async fn g8_written_does_not_mean_read() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    // The client has not looked yet.
    soon("a write", session.send_and_flush("unread"))
        .await
        .unwrap();
    assert_frame(&mut client, 0x81, b"unread").await;
}

#[tokio::test]
async fn g14_what_is_not_written_when_the_session_ends_fails() {
    let mut scene = Scene::start().await;
    let (client, session) = scene.open_narrow().await;
    fill(&session).await;
    let waiting = tokio::spawn({
        let session = session.clone();
        async move { session.send_and_flush("never").await }
    });
    tokio::task::yield_now().await;
    client.reset();
    let failed = soon("the end of the session", waiting).await.unwrap();
    assert!(matches!(failed, Err(SendError::Closed)), "{failed:?}");
    assert_eq!(scene.closed().await.code, CloseCode::ABNORMAL);
}
