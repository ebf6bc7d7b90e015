//! Close codes and reasons, from either side and from each handler.

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
