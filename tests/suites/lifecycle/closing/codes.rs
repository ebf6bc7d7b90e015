//! Each close code: who may send it, and what it says.

use wspring::prelude::*;
use wspring::{Initiator, InvalidClose};

use super::payload;
use crate::{Event, Scene};

/// Either side may send the code, and the other one sees it as it is.
async fn may_be_sent(code: u16) {
    let mut scene = Scene::start().await;
    for reason in ["", "why not, größer €"] {
        let (mut client, _) = scene.open_raw("").await;
        client.frame(0x88, &payload(code, reason)).await;
        assert_eq!(client.read_close().await, (code, reason.to_owned()));
        assert_eq!(client.rest().await, b"");
        scene
            .assert_closed(code, reason, Initiator::Peer, true)
            .await;

        let (mut client, session) = scene.open_raw("").await;
        session.close_with(CloseCode::new(code), reason).unwrap();
        assert_eq!(client.read_close().await, (code, reason.to_owned()));
        client.frame(0x88, &payload(code, reason)).await;
        assert_eq!(client.rest().await, b"");
        scene
            .assert_closed(code, reason, Initiator::App, true)
            .await;
    }
    scene.assert_over().await;
}

/// From the peer it breaks the protocol, and from the application it is an error that changes nothing.
async fn must_not_be_sent(code: u16) {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    let code = CloseCode::new(code);
    assert_eq!(
        session.close_with(code, "no"),
        Err(InvalidClose::Code(code))
    );
    assert!(session.is_open());

    client.frame(0x88, &payload(code.as_u16(), "no")).await;
    let (answer, reason) = client.read_close().await;
    assert_eq!(answer, 1002);
    assert!(reason.contains(&code.to_string()), "{reason}");
    assert_eq!(client.rest().await, b"");
    scene
        .assert_closed(1002, &reason, Initiator::Runtime, false)
        .await;
    // The server reads on until it leaves.
    drop(client);
    scene.assert_over().await;
}

#[tokio::test]
async fn q_1000_is_normal_closure() {
    may_be_sent(1000).await;
}

#[tokio::test]
async fn q_1001_is_going_away() {
    may_be_sent(1001).await;
}

#[tokio::test]
async fn q_1002_is_protocol_error() {
    may_be_sent(1002).await;
}

#[tokio::test]
async fn q_1003_is_cannot_accept() {
    may_be_sent(1003).await;
}

#[tokio::test]
async fn q_1007_is_not_consistent() {
    may_be_sent(1007).await;
}

#[tokio::test]
async fn q_1008_is_violated_policy() {
    may_be_sent(1008).await;
}

#[tokio::test]
async fn q_1009_is_too_big() {
    may_be_sent(1009).await;
}

#[tokio::test]
async fn q_1010_is_no_extension() {
    may_be_sent(1010).await;
}

#[tokio::test]
async fn q_1011_is_unexpected_condition() {
    may_be_sent(1011).await;
}

#[tokio::test]
async fn q_1012_is_service_restart() {
    may_be_sent(1012).await;
}

#[tokio::test]
async fn q_1013_is_try_again_later() {
    may_be_sent(1013).await;
}

#[tokio::test]
async fn q_1014_is_bad_gateway() {
    may_be_sent(1014).await;
}

#[tokio::test]
async fn q_3000_to_4999_are_for_libraries_and_applications() {
    for code in [3000, 3999, 4000, 4999] {
        may_be_sent(code).await;
    }
}

#[tokio::test]
async fn q_1004_is_reserved() {
    must_not_be_sent(1004).await;
}

#[tokio::test]
async fn q_1005_is_never_on_the_wire() {
    must_not_be_sent(1005).await;
}

#[tokio::test]
async fn q_1006_is_never_on_the_wire() {
    must_not_be_sent(1006).await;
}

#[tokio::test]
async fn q_1015_is_never_on_the_wire() {
    must_not_be_sent(1015).await;
}

#[tokio::test]
async fn q_a_code_that_is_not_registered_must_not_be_sent() {
    for code in [0, 1, 999, 1016, 1999, 2000, 2999, 5000, 65_535] {
        must_not_be_sent(code).await;
    }
}

/// Java reports 1000 for it.
#[tokio::test]
async fn q_1005_stands_for_a_close_frame_without_a_code() {
    let mut scene = Scene::start().await;
    let (mut client, _) = scene.open_raw("").await;
    client.frame(0x88, b"").await;
    assert_eq!(client.read_close().await, (1005, String::new()));
    scene.assert_closed(1005, "", Initiator::Peer, true).await;
}

#[tokio::test]
async fn q_1006_stands_for_an_end_without_a_close_frame() {
    let mut scene = Scene::start().await;
    let (client, _) = scene.open_raw("").await;
    drop(client);
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
}

#[tokio::test]
async fn q_1001_is_what_a_server_says_that_stops() {
    let mut scene = Scene::start().await;
    let (mut client, _) = scene.open("").await;
    let server = scene.server.handle().clone();
    let stop = tokio::spawn(async move { server.shutdown().await });
    let (code, reason) = client.closed().await;
    assert_eq!(code, 1001);
    scene
        .assert_closed(1001, &reason, Initiator::Runtime, true)
        .await;
    stop.await.unwrap();
}

#[tokio::test]
async fn q_1007_and_1009_are_for_messages_that_no_handler_could_take() {
    let mut scene = Scene::start_with(Server::builder().max_message_size(10)).await;
    for (message, code) in [(&b"\xff"[..], 1007), (b"12345678901", 1009)] {
        let (mut client, _) = scene.open_raw("").await;
        client.frame(0x81, message).await;
        let (got, reason) = client.read_close().await;
        assert_eq!(got, code);
        if code == 1009 {
            assert!(matches!(scene.events.next().await, Event::Failed(..)));
        }
        scene
            .assert_closed(code, &reason, Initiator::Runtime, false)
            .await;
    }
}

/// Sends so much to itself that its outbox is full.
#[tokio::test]
async fn q_1013_is_for_a_peer_that_reads_too_slowly() {
    let builder = Server::builder().outbox_messages(1);
    let mut scene = Scene::start_with(builder).await;
    let (mut client, session) = scene.open("").await;
    session.try_send("fits").unwrap();
    scene
        .server
        .handle()
        .send_info("does not", "ann")
        .await
        .unwrap_err();
    assert_eq!(client.text().await, "fits");
    let (code, reason) = client.closed().await;
    assert_eq!(code, 1013);
    scene
        .assert_closed(1013, &reason, Initiator::Runtime, true)
        .await;
}
