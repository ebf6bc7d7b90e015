//! Deadlines that end a session: a peer that takes nothing, and a session in which nothing is said.

use std::time::Duration;

use wspring::Initiator;
use wspring::prelude::*;
use wspring_tests::RawClient;

use crate::Scene;

const SHORT: Duration = Duration::from_millis(100);

/// It sends pings all the time, so the pongs that it would owe are no reason.
#[tokio::test]
async fn a_peer_that_takes_nothing_is_cut_off_though_it_is_alive() {
    let mut scene = Scene::start_with(Server::builder().write_timeout(SHORT)).await;
    let address = scene.server.address();
    let mut client = RawClient::narrow(address, "/watched/ann").await;
    let session = scene.opened().await;
    let sending =
        tokio::spawn(async move { while session.send("x".repeat(60_000)).await.is_ok() {} });
    let pinging = tokio::spawn(async move {
        loop {
            client.frame(0x89, b"").await;
        }
    });
    scene
        .assert_closed(1006, "what waits is not read", Initiator::Runtime, false)
        .await;
    pinging.abort();
    sending.await.unwrap();
    scene.assert_over().await;
}

#[tokio::test]
async fn a_session_without_messages_is_closed_however_many_pings_there_are() {
    let mut scene = Scene::start_with(Server::builder().idle_timeout(SHORT)).await;
    let (mut client, _) = scene.open_raw("").await;
    client.frame(0x81, b"the last word").await;
    assert_eq!(client.read_frame().await.payload, b"did the last word");
    scene.assert_handled("the last word").await;
    let reason = "no message for too long";
    let mut pongs = 0;
    let close = loop {
        client.frame(0x89, b"alive").await;
        let frame = client.read_frame().await;
        if frame.first != 0x8a {
            break frame;
        }
        pongs += 1;
        assert!(pongs < 1_000_000, "it is never closed");
    };
    assert_eq!(close.first, 0x88);
    assert_eq!(
        close.payload,
        [&1001_u16.to_be_bytes(), reason.as_bytes()].concat()
    );
    drop(client);
    scene
        .assert_closed(1001, reason, Initiator::Runtime, false)
        .await;
    scene.assert_over().await;
}
