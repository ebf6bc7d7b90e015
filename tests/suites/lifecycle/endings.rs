//! Every way in which a connection ends: `#[on_close]` runs once, and its reason says how it was.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use wspring::prelude::*;
use wspring::{CloseReason, Initiator};
use wspring_tests::RawClient;
use wspring_tests::client::masked_frame;

use crate::{Event, Scene};

const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn o5_o6_the_peer_closes_with_a_code_and_a_reason() {
    let mut scene = Scene::start().await;
    for (payload, code, reason) in [
        (&b"\x03\xe8"[..], 1000, ""),
        (b"\x03\xe9left the page", 1001, "left the page"),
        (b"\x0b\xb8", 3000, ""),
        (b"\x13\x87\xe2\x82\xac", 4999, "€"),
    ] {
        let (mut client, _) = scene.open_raw("").await;
        client.frame(0x88, payload).await;
        let answer = client.read_frame().await;
        assert_eq!((answer.first, answer.payload.as_slice()), (0x88, payload));
        assert_eq!(client.rest().await, b"");
        scene
            .assert_closed(code, reason, Initiator::Peer, true)
            .await;
    }
    scene.assert_over().await;
}

#[tokio::test]
async fn o5_o6_the_peer_closes_without_a_code() {
    let mut scene = Scene::start().await;
    let (mut client, _) = scene.open_raw("").await;
    client.frame(0x88, b"").await;
    assert_eq!(client.read_frame().await.payload, b"");
    assert_eq!(client.rest().await, b"");
    scene.assert_closed(1005, "", Initiator::Peer, true).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn o5_o6_the_peer_closes_and_cuts_the_line_at_once() {
    let mut scene = Scene::start().await;
    for reset in [true, false] {
        let (mut client, _) = scene.open_raw("").await;
        client.frame(0x88, b"\x0f\xa0bye").await;
        if reset {
            client.reset();
        } else {
            drop(client);
        }
        match scene.events.next().await {
            // Whether our answer still got out is the network's affair.
            Event::Closed(4000, reason, Initiator::Peer, _) => assert_eq!(reason, "bye"),
            // A reset may throw the Close frame away before it is read.
            Event::Closed(1006, _, Initiator::Peer, false) if reset => {}
            event => panic!("{event:?}"),
        }
    }
    scene.assert_over().await;
}

#[tokio::test]
async fn o5_o6_the_peer_is_gone_without_a_close_frame() {
    let mut scene = Scene::start().await;
    // A FIN.
    let (client, _) = scene.open_raw("").await;
    drop(client);
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
    // Half of the connection closed: nobody is left to talk to.
    let (client, _) = scene.open_raw("").await;
    let mut client = client.into_inner();
    client.shutdown().await.unwrap();
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
    // A reset.
    let (client, _) = scene.open_raw("").await;
    client.reset();
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
    // In the middle of a frame.
    let (mut client, _) = scene.open_raw("").await;
    client
        .write(&masked_frame(0x81, b"never finished")[..9])
        .await;
    drop(client);
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn o5_o6_the_application_closes() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("").await;
    session.close();
    session
        .close_with(CloseCode::POLICY, "the first close counts")
        .unwrap();
    assert_eq!(client.closed().await, (1000, String::new()));
    scene.assert_closed(1000, "", Initiator::App, true).await;

    let (mut client, session) = scene.open("").await;
    session.send("last words").await.unwrap();
    session
        .close_with(CloseCode::new(4321), "ü".repeat(61).as_str())
        .unwrap();
    session.close();
    assert_eq!(client.text().await, "last words");
    assert_eq!(client.closed().await, (4321, "ü".repeat(61)));
    scene
        .assert_closed(4321, &"ü".repeat(61), Initiator::App, true)
        .await;
    scene.assert_over().await;
}

#[tokio::test]
async fn o5_o6_the_application_closes_and_the_peer_does_not_answer() {
    let mut scene = Scene::start_with(Server::builder().close_timeout(SHORT)).await;
    let (mut client, session) = scene.open_raw("").await;
    session.close();
    assert_eq!(client.read_close().await.0, 1000);
    scene.assert_closed(1000, "", Initiator::App, false).await;
    // The server ends the connection, and not this client.
    assert_eq!(client.rest().await, b"");

    // It leaves instead of answering.
    let (mut client, session) = scene.open_raw("").await;
    session.close();
    assert_eq!(client.read_close().await.0, 1000);
    drop(client);
    scene.assert_closed(1000, "", Initiator::App, false).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn o5_o6_both_sides_close_at_the_same_time() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    // The peer's Close frame is on its way when ours is sent.
    client.frame(0x88, b"\x0f\xa0bye").await;
    session.close();
    let (code, _) = client.read_close().await;
    assert_eq!(
        client.rest().await,
        b"",
        "one Close frame, and nothing after it"
    );
    let expected = match code {
        1000 => Event::Closed(1000, String::new(), Initiator::App, true),
        _ => Event::Closed(4000, "bye".to_owned(), Initiator::Peer, true),
    };
    assert_eq!(scene.events.next().await, expected);
    scene.assert_over().await;
}

#[tokio::test]
async fn o6_s1_the_peer_answers_no_ping() {
    let builder = Server::builder().ping_interval(SHORT).pong_timeout(SHORT);
    let mut scene = Scene::start_with(builder).await;
    let (mut client, _) = scene.open_raw("").await;
    client.read_ping().await;
    scene
        .assert_closed(1006, "no answer to a ping", Initiator::Runtime, false)
        .await;
    scene.assert_over().await;
}

#[tokio::test]
async fn s1_a_peer_that_answers_its_pings_stays() {
    let builder = Server::builder()
        .ping_interval(SHORT)
        .pong_timeout(Duration::from_secs(15));
    let mut scene = Scene::start_with(builder).await;
    let (mut client, session) = scene.open_raw("").await;
    for _ in 0..5 {
        let ping = client.read_ping().await;
        client.frame(0x8a, &ping.payload).await;
    }
    assert!(session.is_open());
    client.frame(0x88, b"").await;
    scene.assert_closed(1005, "", Initiator::Peer, true).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn o5_o6_the_peer_breaks_the_protocol() {
    let mut scene = Scene::start().await;
    for (bytes, code, reason) in [
        (
            &b"\x81\x02hi"[..],
            1002,
            "a frame is not masked, but a client must mask every frame",
        ),
        (
            b"\xc1\x80\0\0\0\0",
            1002,
            "a frame sets reserved bits, but no extension that uses them was agreed on",
        ),
        (
            b"\x81\x81\0\0\0\0\xff",
            1007,
            "a text message is not valid UTF-8; send bytes as binary",
        ),
        (
            b"\x88\x81\0\0\0\0\x03",
            1002,
            "a close frame has one byte; it must be empty or begin with a two-byte code",
        ),
    ] {
        let (mut client, session) = scene.open_raw("").await;
        client.write(bytes).await;
        assert_eq!(client.read_close().await, (code, reason.to_owned()));
        assert!(!session.is_open());
        scene
            .assert_closed(code, reason, Initiator::Runtime, false)
            .await;
        assert_eq!(client.rest().await, b"");
    }
    scene.assert_over().await;
}

/// Closing a socket with unread bytes would reset it, and the Close frame might be lost.
#[tokio::test]
async fn a_peer_that_broke_the_protocol_is_read_until_it_leaves_or_its_time_is_over() {
    for (close_timeout, leaves) in [(Duration::from_secs(3600), true), (SHORT, false)] {
        let builder = Server::builder().close_timeout(close_timeout);
        let mut scene = Scene::start_with(builder).await;
        let (mut client, _) = scene.open_raw("").await;
        client.write(b"\x81\x02hi").await;
        client.write(&[0; 200_000]).await;
        assert_eq!(client.read_close().await.0, 1002);
        assert!(matches!(scene.events.next().await, Event::Closed(1002, ..)));
        let stays = (!leaves).then_some(client);
        scene.assert_over().await;
        drop(stays);
    }
}

#[tokio::test]
async fn o5_o6_the_peer_does_not_finish_a_message() {
    let mut scene = Scene::start_with(Server::builder().message_timeout(SHORT)).await;
    let (mut client, _) = scene.open_raw("").await;
    client
        .write(&masked_frame(0x81, b"never finished")[..9])
        .await;
    let reason = "a message was begun and not finished in time";
    assert_eq!(client.read_close().await, (1008, reason.to_owned()));
    drop(client);
    scene
        .assert_closed(1008, reason, Initiator::Runtime, false)
        .await;
    scene.assert_over().await;
}

#[tokio::test]
async fn a_message_that_nobody_takes() {
    let mut scene = Scene::start().await;
    let (mut client, _) = scene.open("").await;
    client.send(vec![1, 2, 3]).await;
    let reason = "no handler takes binary messages";
    assert_eq!(client.closed().await, (1003, reason.to_owned()));
    scene
        .assert_closed(1003, reason, Initiator::Runtime, true)
        .await;

    // A pong asks for nothing.
    let (mut client, _) = scene.open_raw("").await;
    client.frame(0x8a, b"unasked for").await;
    client.frame(0x81, b"still here").await;
    assert_eq!(client.read_frame().await.payload, b"did still here");
    client.frame(0x88, b"").await;
    scene.assert_handled("still here").await;
    scene.assert_closed(1005, "", Initiator::Peer, true).await;
    scene.assert_over().await;
}

/// What a `CloseReason` looks like in a log.
#[derive(Default)]
struct Printing;

#[server_endpoint("/printing")]
impl Printing {
    #[on_close]
    fn on_close(reason: &CloseReason, session: &Session, seen: crate::Seen) {
        assert!(!session.is_open(), "it has ended");
        assert!(matches!(
            session.try_send("too late"),
            Err(SendError::Closed)
        ));
        seen.record(Event::Handled(reason.to_string()));
    }
}

#[tokio::test]
async fn f22_a_close_reason_can_be_printed_and_the_session_is_closed_by_then() {
    let mut scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/printing").await;
    client.frame(0x88, b"\x03\xe8that is all").await;
    scene.assert_handled("1000 by the peer: that is all").await;
    drop(RawClient::upgraded(scene.server.address(), "/printing").await);
    scene.assert_handled("1006 by the peer").await;
}

#[tokio::test]
async fn a_message_that_is_too_big_after_our_goodbye_is_not_what_ended_the_session() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    session.close();
    assert_eq!(client.read_close().await.0, 1000);
    client.frame(0x81, &[b'x'; 70_000]).await;
    scene.assert_closed(1000, "", Initiator::App, false).await;
    drop(client);
    scene.assert_over().await;
}
