//! Deadlines that end a session: a peer that takes nothing, and the greatest age.

use std::time::{Duration, Instant};

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
async fn a_session_that_is_too_old_is_closed_with_1012_after_what_was_queued() {
    let mut scene = Scene::start_with(Server::builder().max_age(SHORT * 5)).await;
    let (mut client, session) = scene.open_raw("").await;
    let begun = Instant::now();
    // It is in use all the time.
    let sending = tokio::spawn(async move { while session.send("x").await.is_ok() {} });
    let close = loop {
        let frame = client.read_frame().await;
        if frame.first == 0x88 {
            break frame;
        }
        assert_eq!(frame.payload, b"x");
    };
    let reason = "the session is too old: connect again";
    assert_eq!(close.payload[..2], 1012u16.to_be_bytes());
    assert_eq!(&close.payload[2..], reason.as_bytes());
    assert!(begun.elapsed() > SHORT * 4, "{:?}", begun.elapsed());
    client.frame(0x88, &close.payload).await;
    scene
        .assert_closed(1012, reason, Initiator::Runtime, true)
        .await;
    sending.await.unwrap();
    scene.assert_over().await;
}

#[derive(Default)]
struct ShortLived;

#[server_endpoint("/short-lived", max_age = "100ms")]
impl ShortLived {}

#[derive(Default)]
struct Ageless;

#[server_endpoint("/ageless", max_age = "off")]
impl Ageless {
    #[on_message]
    fn echo(text: &str) -> String {
        text.to_owned()
    }
}

#[tokio::test]
async fn an_endpoint_has_a_greatest_age_of_its_own() {
    let Scene { server, .. } = Scene::start().await;
    let mut client = RawClient::upgraded(server.address(), "/short-lived").await;
    assert_eq!(client.read_close().await.0, 1012);

    let Scene { server, .. } = Scene::start_with(Server::builder().max_age(SHORT)).await;
    let mut ageless = server.connect("/ageless").await;
    let mut others = RawClient::upgraded(server.address(), "/watched/ann").await;
    assert_eq!(others.read_close().await.0, 1012);
    ageless.send("still here").await;
    assert_eq!(ageless.text().await, "still here");
}
