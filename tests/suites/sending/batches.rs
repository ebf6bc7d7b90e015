//! Corks: messages that are held back and go out together.

use wspring::prelude::*;

use crate::{Scene, assert_frame};

/// A pong is not held back, so it comes first.
#[tokio::test]
async fn g9_a_corked_session_writes_when_the_cork_is_dropped() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let cork = session.cork();
    session.send("one").await.unwrap();
    assert_eq!(scene.push("two").await.unwrap(), 1);
    client.frame(0x81, b"three").await;
    client.frame(0x89, b"a reply is held back").await;
    assert_frame(&mut client, 0x8a, b"a reply is held back").await;
    session.pong("now").await.unwrap();
    assert_frame(&mut client, 0x8a, b"now").await;
    drop(cork);
    for text in ["one", "two", "three"] {
        assert_frame(&mut client, 0x81, text.as_bytes()).await;
    }
    session.send("four").await.unwrap();
    assert_frame(&mut client, 0x81, b"four").await;
}

#[tokio::test]
async fn g9_a_flush_writes_what_is_held_back_and_the_session_stays_corked() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let cork = session.cork();
    session.send("one").await.unwrap();
    session.flush().await.unwrap();
    assert_frame(&mut client, 0x81, b"one").await;
    session.send_and_flush("two").await.unwrap();
    assert_frame(&mut client, 0x81, b"two").await;
    session.send("three").await.unwrap();
    session.pong("four").await.unwrap();
    assert_frame(&mut client, 0x8a, b"four").await;
    drop(cork);
    assert_frame(&mut client, 0x81, b"three").await;
}

#[tokio::test]
async fn g9_of_two_corks_the_last_counts() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let (first, second) = (session.cork(), session.cork());
    session.send("held").await.unwrap();
    drop(first);
    session.pong("now").await.unwrap();
    assert_frame(&mut client, 0x8a, b"now").await;
    drop(second);
    assert_frame(&mut client, 0x81, b"held").await;
}

#[tokio::test]
async fn g9_more_than_64_kib_are_not_held_back() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let _cork = session.cork();
    for _ in 0..3 {
        session.send(vec![7; 30_000]).await.unwrap();
    }
    for _ in 0..3 {
        assert_frame(&mut client, 0x82, &[7; 30_000]).await;
    }
}

#[tokio::test]
async fn g9_a_cork_that_is_held_on_to_never_stops_a_sender() {
    let mut scene = Scene::start_with(Server::builder().outbox_messages(4)).await;
    let (mut client, session) = scene.open().await;
    let _cork = session.cork();
    let sending = tokio::spawn({
        let session = session.clone();
        async move {
            for number in 0..100 {
                session.send(number).await?;
            }
            session.flush().await
        }
    });
    for number in 0..100 {
        assert_frame(&mut client, 0x81, number.to_string().as_bytes()).await;
    }
    sending.await.unwrap().unwrap();
}

#[tokio::test]
async fn s3_a_close_writes_what_is_held_back_first() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let cork = session.cork();
    session.send("held").await.unwrap();
    session.close();
    assert_frame(&mut client, 0x81, b"held").await;
    assert_eq!(client.read_close().await, (1000, String::new()));
    drop(cork);
    assert!(matches!(session.send("late").await, Err(SendError::Closed)));
}

#[tokio::test]
async fn s3_what_is_held_back_goes_before_the_answer_to_a_close_frame() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let _cork = session.cork();
    session.send("held").await.unwrap();
    client.frame(0x88, &1000_u16.to_be_bytes()).await;
    assert_frame(&mut client, 0x81, b"held").await;
    assert_eq!(client.read_close().await.0, 1000);
    assert_eq!(scene.closed().await.code, CloseCode::NORMAL);
}

/// Not held back, but not yet written either.
#[tokio::test]
async fn f14_a_close_writes_what_is_queued_first() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    for number in 0..100 {
        session.try_send(number).unwrap();
    }
    session
        .close_with(CloseCode::new(4000), "that was all")
        .unwrap();
    for number in 0..100 {
        assert_frame(&mut client, 0x81, number.to_string().as_bytes()).await;
    }
    assert_eq!(client.read_close().await, (4000, "that was all".to_owned()));
}
