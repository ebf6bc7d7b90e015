//! A deadline that ends a session: a peer that takes nothing.

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
