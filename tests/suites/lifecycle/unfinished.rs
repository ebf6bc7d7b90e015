//! Messages to a peer that are begun and not finished: other messages do not wait behind them for ever.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use wspring::prelude::*;
use wspring::{Builder, Initiator, MessageKind};
use wspring_tests::RawClient;

use crate::Scene;

const SHORT: Duration = Duration::from_millis(200);

const REASON: &str = "a message was begun and not finished";

fn impatient() -> Builder {
    Server::builder().unfinished_timeout(SHORT)
}

/// The client gets the beginning of a message, and then the end of the session.
async fn assert_ended(mut scene: Scene, mut client: RawClient, beginning: &[u8]) {
    let begun = client.read_frame().await;
    assert_eq!((begun.first, &*begun.payload), (0x01, beginning));
    assert_eq!(client.read_close().await, (1011, REASON.to_owned()));
    drop(client);
    scene
        .assert_closed(1011, REASON, Initiator::Runtime, false)
        .await;
    scene.assert_over().await;
}

#[tokio::test]
async fn a_message_of_which_no_part_follows_ends_the_session() {
    let mut scene = Scene::start_with(impatient()).await;
    let (client, session) = scene.open_raw("").await;
    session.send_partial("begin", false).await.unwrap();
    let pushed = scene.server.handle().send_info("behind it", "ann").await;
    assert_eq!(pushed.unwrap().sessions, 1);
    assert_ended(scene, client, b"begin").await;
}

#[tokio::test]
async fn a_writer_that_is_forgotten_ends_the_session() {
    let mut scene = Scene::start_with(impatient()).await;
    let (client, session) = scene.open_raw("").await;
    let mut writer = session.message_writer(MessageKind::Text);
    writer.write_all(b"begin").await.unwrap();
    writer.flush().await.unwrap();
    let forgotten = Box::leak(Box::new(writer));
    assert_ended(scene, client, b"begin").await;
    assert!(forgotten.write_all(b"more").await.is_err() || forgotten.flush().await.is_err());
}

#[tokio::test]
async fn a_stream_that_gives_nothing_more_ends_the_session() {
    let mut scene = Scene::start_with(impatient()).await;
    let (client, session) = scene.open_raw("").await;
    let (mut source, sink) = tokio::io::duplex(1024);
    let sending = tokio::spawn(async move { session.send_stream(MessageKind::Text, sink).await });
    source.write_all(b"begin").await.unwrap();
    assert_ended(scene, client, b"begin").await;
    drop(source);
    assert!(sending.await.unwrap().is_err());
}

#[tokio::test]
async fn a_message_that_is_gone_on_with_takes_as_long_as_it_needs() {
    let mut scene = Scene::start_with(impatient()).await;
    let (mut client, session) = scene.open_raw("").await;
    for first in [0x01, 0x00, 0x00, 0x00, 0x00, 0x00] {
        session.send_partial("part", false).await.unwrap();
        assert_eq!(client.read_frame().await.first, first);
        tokio::time::sleep(SHORT / 4).await;
    }
    session.send_partial("end", true).await.unwrap();
    assert_eq!(client.read_frame().await.first, 0x80);
    // The next message has its own time.
    session.send_partial("begin", false).await.unwrap();
    assert_ended(scene, client, b"begin").await;
}

/// Nothing is broken by sending what it held back.
#[tokio::test]
async fn what_a_cork_holds_back_is_sent_after_a_while_and_the_session_lives_on() {
    let mut scene = Scene::start_with(impatient()).await;
    let (mut client, session) = scene.open_raw("").await;
    let cork = session.cork();
    for text in ["one", "two"] {
        session.send(text).await.unwrap();
        assert_eq!(client.read_frame().await.payload, text.as_bytes());
    }
    drop(cork);
    assert!(session.is_open());
}

/// The peer is measured by what it takes, and not by when this side goes on.
#[tokio::test]
async fn a_message_whose_parts_wait_for_the_peer_is_not_unfinished() {
    let mut scene = Scene::start_with(impatient()).await;
    let address = scene.server.address();
    let mut client = RawClient::narrow(address, "/watched/ann").await;
    let session = scene.opened().await;
    let part = "x".repeat(60_000);
    let sent = tokio::spawn(async move {
        for _ in 0..20 {
            session.send_partial(&*part, false).await?;
        }
        session.send_partial("", true).await
    });
    tokio::time::sleep(3 * SHORT).await;
    for _ in 0..20 {
        assert_eq!(client.read_frame().await.payload.len(), 60_000);
    }
    assert_eq!(client.read_frame().await.first, 0x80);
    sent.await.unwrap().unwrap();
}
