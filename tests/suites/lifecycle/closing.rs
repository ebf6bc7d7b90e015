//! Close codes and reasons, from either side and from each handler.

mod codes;

use std::time::Duration;

use wspring::prelude::*;
use wspring::{Initiator, InvalidClose};
use wspring_tests::RawClient;

use crate::{Event, Scene, Seen};

fn payload(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes(), reason.as_bytes()].concat()
}

/// 123 bytes, of characters of one to four bytes.
fn longest_reasons() -> [String; 4] {
    [
        "x".repeat(123),
        format!("x{}", "é".repeat(61)),
        "€".repeat(41),
        format!("xxx{}", "😀".repeat(30)),
    ]
}

/// 124 bytes, in the same way.
fn reasons_that_are_too_long() -> [String; 4] {
    [
        "x".repeat(124),
        "é".repeat(62),
        format!("x{}", "€".repeat(41)),
        "😀".repeat(31),
    ]
}

#[tokio::test]
async fn q_a_reason_has_up_to_123_bytes() {
    let mut scene = Scene::start().await;
    for reason in longest_reasons() {
        assert_eq!(reason.len(), 123);
        let (mut client, session) = scene.open_raw("").await;
        session.close_with(CloseCode::NORMAL, &reason).unwrap();
        assert_eq!(client.read_close().await, (1000, reason.clone()));
        client.frame(0x88, &payload(1000, "")).await;
        scene
            .assert_closed(1000, &reason, Initiator::App, true)
            .await;

        let (mut client, _) = scene.open_raw("").await;
        client.frame(0x88, &payload(4000, &reason)).await;
        assert_eq!(client.read_close().await, (4000, reason.clone()));
        scene
            .assert_closed(4000, &reason, Initiator::Peer, true)
            .await;
    }
    scene.assert_over().await;
}

/// It is not cut, as Tomcat does: a text that lacks its end would say something else.
#[tokio::test]
async fn q_a_reason_of_124_bytes_is_refused() {
    let mut scene = Scene::start().await;
    for reason in reasons_that_are_too_long() {
        assert_eq!(reason.len(), 124);
        let (mut client, session) = scene.open_raw("").await;
        let refused = session.close_with(CloseCode::NORMAL, &reason).unwrap_err();
        assert_eq!(refused, InvalidClose::ReasonTooLong(124));
        let text = refused.to_string();
        assert!(text.contains("123 bytes") && text.contains("124"), "{text}");
        assert!(session.is_open());

        client.frame(0x88, &payload(1000, &reason)).await;
        let (code, reason) = client.read_close().await;
        assert_eq!(code, 1002);
        scene
            .assert_closed(1002, &reason, Initiator::Runtime, false)
            .await;
    }
    scene.assert_over().await;
}

/// Two bytes of a character of three.
#[tokio::test]
async fn q_a_reason_that_is_no_utf8_ends_with_1007() {
    let mut scene = Scene::start().await;
    let (mut client, _) = scene.open_raw("").await;
    client.frame(0x88, b"\x03\xe8\xe2\x82").await;
    let (code, reason) = client.read_close().await;
    assert_eq!(code, 1007);
    scene
        .assert_closed(1007, &reason, Initiator::Runtime, false)
        .await;
}

#[tokio::test]
async fn f13_close_says_1000_and_nothing_more() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    session.close();
    assert!(!session.is_open());
    assert_eq!(client.read_frame().await.payload, 1000_u16.to_be_bytes());
    client.frame(0x88, &payload(1000, "")).await;
    scene.assert_closed(1000, "", Initiator::App, true).await;
}

/// Whichever came first counts, also when nobody knows which that will be.
#[tokio::test]
async fn f14_a_second_close_does_nothing() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    session.close_with(CloseCode::new(4100), "first").unwrap();
    session.close();
    session.close_with(CloseCode::new(4200), "second").unwrap();
    assert_eq!(client.read_close().await, (4100, "first".to_owned()));
    // Ours is on its way, and now it has been written.
    session.close_with(CloseCode::new(4300), "third").unwrap();
    client.frame(0x88, &payload(4100, "")).await;
    assert_eq!(client.rest().await, b"", "one Close frame and no more");
    scene
        .assert_closed(4100, "first", Initiator::App, true)
        .await;
    session
        .close_with(CloseCode::new(4400), "after the end")
        .unwrap();
    session.close();

    let (mut client, session) = scene.open_raw("").await;
    let closes = (4000..4010).map(|code| {
        let session = session.clone();
        tokio::spawn(async move { session.close_with(CloseCode::new(code), "") })
    });
    for close in closes.collect::<Vec<_>>() {
        close.await.unwrap().unwrap();
    }
    let (code, _) = client.read_close().await;
    client.frame(0x88, &payload(code, "")).await;
    assert_eq!(client.rest().await, b"");
    scene.assert_closed(code, "", Initiator::App, true).await;
    scene.assert_over().await;
}

#[tokio::test]
async fn f14_what_was_queued_goes_before_the_close_frame() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("").await;
    for number in 0..100 {
        session.try_send(number).unwrap();
    }
    session.close_with(CloseCode::new(4000), "done").unwrap();
    assert!(matches!(
        session.try_send("too late"),
        Err(SendError::Closed)
    ));
    for number in 0..100 {
        assert_eq!(client.text().await, number.to_string());
    }
    assert_eq!(client.closed().await, (4000, "done".to_owned()));
    scene
        .assert_closed(4000, "done", Initiator::App, true)
        .await;
}

#[tokio::test]
async fn q_the_close_frame_goes_out_before_on_close_runs() {
    let builder = Server::builder().close_timeout(Duration::from_secs(3600));
    let mut scene = Scene::start_with(builder).await;
    let (mut client, session) = scene.open_raw("").await;
    session.close();
    assert_eq!(client.read_close().await.0, 1000);
    assert_eq!(scene.events.rest(), [], "the peer has not answered");
    client.frame(0x88, &payload(1000, "")).await;
    scene.assert_closed(1000, "", Initiator::App, true).await;
}

/// Closes its session in the handler that the query names.
#[derive(Default)]
struct Closing;

impl Closing {
    fn close_in(session: &Session, handler: &str, code: u16) {
        if session.query() == Some(handler) {
            session
                .close_with(CloseCode::new(code), handler)
                .expect("a good code");
        }
    }
}

#[server_endpoint("/closing")]
impl Closing {
    #[on_open]
    fn open(&self, session: &Session, seen: Seen) {
        Self::close_in(session, "on_open", 4001);
        seen.record(Event::Handled("on_open".to_owned()));
    }

    #[on_message]
    fn message(&self, text: &str, session: &Session, seen: Seen) -> Result<(), String> {
        Self::close_in(session, "on_message", 4002);
        seen.record(Event::Handled("on_message".to_owned()));
        Err(text.to_owned())
    }

    #[on_error]
    fn error(_error: &Error, session: &Session, seen: Seen) {
        Self::close_in(session, "on_error", 4003);
        seen.record(Event::Handled("on_error".to_owned()));
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, session: &Session, seen: Seen) {
        Self::close_in(session, "on_close", 4004);
        let CloseReason {
            code,
            reason,
            initiator,
            clean,
            ..
        } = reason;
        seen.record(Event::Closed(
            code.as_u16(),
            reason.into_owned(),
            initiator,
            clean,
        ));
    }
}

/// Messages are not handled any more, and `#[on_close]` runs once, last.
#[tokio::test]
async fn f14_every_handler_may_close() {
    let mut scene = Scene::start().await;
    for (query, handlers, code) in [
        ("on_open", &["on_open"][..], 4001),
        ("on_message", &["on_open", "on_message", "on_error"], 4002),
        ("on_error", &["on_open", "on_message", "on_error"], 4003),
    ] {
        let path = format!("/closing?{query}");
        let mut client = RawClient::upgraded(scene.server.address(), &path).await;
        client.frame(0x81, b"one").await;
        assert_eq!(client.read_close().await, (code, query.to_owned()));
        client.frame(0x81, b"two").await;
        client.frame(0x88, &payload(code, "")).await;
        for handler in handlers {
            scene.assert_handled(handler).await;
        }
        scene.assert_closed(code, query, Initiator::App, true).await;
        assert_eq!(client.rest().await, b"");
    }
    assert_eq!(scene.events.rest(), []);
}

/// It has ended already, so this is the second close.
#[tokio::test]
async fn f14_a_close_in_on_close_does_nothing() {
    let mut scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/closing?on_close").await;
    client.frame(0x88, &payload(1000, "bye")).await;
    assert_eq!(client.read_close().await, (1000, "bye".to_owned()));
    assert_eq!(client.rest().await, b"");
    scene.assert_handled("on_open").await;
    scene
        .assert_closed(1000, "bye", Initiator::Peer, true)
        .await;
}
