//! Defects 14, 15 and 20: connections that end, or never began.

use std::time::Duration;

use wspring::prelude::*;
use wspring_tests::RawClient;

use crate::{Failing, Scene, WebSocketServer};

/// A peer that vanished stayed in the map until TCP gave up.
#[tokio::test]
async fn defect_14_a_peer_that_vanished_counts_as_connected() {
    let builder = Server::builder()
        .ping_interval(Duration::from_millis(20))
        .pong_timeout(Duration::from_millis(20));
    let mut scene = Scene::start_with(builder).await;
    // It is there for TCP, and answers no ping.
    let _vanished = RawClient::upgraded(scene.server.address(), "/webSocket/14").await;
    scene.saw("open /webSocket/14").await;
    let event = scene.saw("close /webSocket/14, 0 online, ").await;
    assert_eq!(event, "1006 by the runtime: no answer to a ping, not clean");
    scene.assert_offline(14).await;
}

/// After an error in `onOpen` the session stayed open, and in the map.
#[tokio::test]
async fn defect_15_an_endpoint_that_did_not_open_stays_registered() {
    let mut scene = Scene::start().await;
    for (how, seen) in [
        (
            "no+room",
            "handler: `Failing::on_open` returned an error: no room",
        ),
        ("panic", "panic: a handler panicked: on_open panics"),
    ] {
        let mut client = scene
            .server
            .connect(&format!("/failing/15?how={how}"))
            .await;
        assert_eq!(scene.saw("error ").await, seen);
        let (code, reason) = client.closed().await;
        assert_eq!(
            (code, reason.as_str()),
            (1011, "the endpoint could not be opened")
        );
        assert!(scene.server.handle().sessions::<Failing>().is_empty());
        scene.assert_offline(15).await;
    }
    assert_eq!(
        scene.events.rest(),
        Vec::<String>::new(),
        "on_close does not run"
    );
}

/// Nobody looked at the close reason; here it says code, text, who began, and whether it was mutual.
#[tokio::test]
async fn defect_20_nobody_knows_why_a_connection_ended() {
    let mut scene = Scene::start().await;
    let mut leaving = RawClient::upgraded(scene.server.address(), "/webSocket/20").await;
    scene.saw("open").await;
    leaving.frame(0x88, b"\x0f\xa0left the page").await;
    assert_eq!(leaving.read_close().await.0, 4000);
    let event = scene.saw("close /webSocket/20, 0 online, ").await;
    assert_eq!(event, "4000 by the peer: left the page, clean");

    let broken = RawClient::upgraded(scene.server.address(), "/webSocket/20").await;
    scene.saw("open").await;
    drop(broken);
    let event = scene.saw("close /webSocket/20, 0 online, ").await;
    assert_eq!(event, "1006 by the peer, not clean");

    let mut replaced = scene.open("/newDevice/20").await;
    let _newer = scene.open("/newDevice/20").await;
    replaced.closed().await;
    let event = scene.saw("close /newDevice/20, 1 online, ").await;
    assert_eq!(
        event,
        "4001 by the runtime: replaced by a newer connection, clean"
    );
    assert!(
        scene
            .server
            .handle()
            .sessions::<WebSocketServer>()
            .is_empty()
    );
}
