//! Close frames, from either side.

use std::time::Duration;

use wspring::Initiator;
use wspring::prelude::*;
use wspring_tests::{RawClient, TestServer};

use crate::endpoint::{Event, Events, start, start_with};

/// Java: code and reason are echoed, TCP ends at once, `@OnClose` gets both.
/// Ours: the same, and `#[on_close]` learns that the peer began and that it was clean.
#[tokio::test]
async fn client_closes() {
    let (server, mut events) = start().await;
    for (code, reason) in [
        (1000, ""),
        (1000, "bye"),
        (1001, ""),
        (3000, ""),
        (4999, "再见"),
    ] {
        let mut client = open(&server, &mut events).await;
        client.frame(0x88, &payload(code, reason)).await;
        assert_eq!(client.read_close().await, (code, reason.to_owned()));
        assert_eq!(client.rest().await, b"");
        let closed = events.closed().await;
        assert_eq!((closed.code.as_u16(), &*closed.reason), (code, reason));
        assert_eq!((closed.initiator, closed.clean), (Initiator::Peer, true));
    }
}

/// Java: answered with 1000, and `@OnClose` gets 1000.
/// Ours: answered without a code, and `#[on_close]` gets 1005, which says just that (RFC 6455 §7.1.5).
#[tokio::test]
async fn client_closes_without_a_code() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client.frame(0x88, &[]).await;
    assert_eq!(client.read_frame().await.payload, b"");
    let closed = events.closed().await;
    assert_eq!((closed.code, closed.clean), (CloseCode::NO_STATUS, true));
}

/// Java: 1002 without a reason, for 1012 and 1014 too.
/// Ours: 1002 with a reason; 1012 to 1014 were registered since and are echoed.
#[tokio::test]
async fn client_closes_with_a_code_that_must_not_be_sent() {
    let (server, mut events) = start().await;
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000] {
        let mut client = open(&server, &mut events).await;
        client.frame(0x88, &payload(code, "")).await;
        let (answer, reason) = client.read_close().await;
        assert_eq!(answer, 1002, "{code}");
        assert!(reason.contains(&code.to_string()), "{reason}");
        assert_eq!(events.closed().await.code, CloseCode::PROTOCOL, "{code}");
    }
    for code in [1012, 1013, 1014] {
        let mut client = open(&server, &mut events).await;
        client.frame(0x88, &payload(code, "")).await;
        assert_eq!(client.read_close().await.0, code);
        assert_eq!(events.closed().await.code.as_u16(), code);
    }
}

/// Java: 1002.
/// Ours: the same.
#[tokio::test]
async fn client_closes_with_half_a_code() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client.frame(0x88, &[3]).await;
    assert_eq!(client.read_close().await.0, 1002);
    assert_eq!(events.closed().await.code, CloseCode::PROTOCOL);
}

/// Java: 1002.
/// Ours: 1007, as for any text that is not UTF-8; so does Jetty.
#[tokio::test]
async fn client_closes_with_a_reason_that_is_not_utf8() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client.frame(0x88, b"\x03\xe8\xff").await;
    assert_eq!(client.read_close().await.0, 1007);
    assert_eq!(events.closed().await.code, CloseCode::INVALID_PAYLOAD);
}

/// Java: 123 bytes are echoed, a payload of 126 bytes is 1002.
/// Ours: the same.
#[tokio::test]
async fn client_closes_with_a_long_reason() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    let longest = "x".repeat(123);
    client.frame(0x88, &payload(1000, &longest)).await;
    assert_eq!(client.read_close().await, (1000, longest));
    events.closed().await;

    let mut client = open(&server, &mut events).await;
    client.frame(0x88, &payload(1000, &"x".repeat(124))).await;
    assert_eq!(client.read_close().await.0, 1002);
    assert_eq!(events.closed().await.code, CloseCode::PROTOCOL);
}

/// Java: ignored.
/// Ours: the same.
#[tokio::test]
async fn data_after_the_clients_close() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    let close = wspring_tests::client::masked_frame(0x88, &payload(1000, ""));
    let text = wspring_tests::client::masked_frame(0x81, b"too late");
    client.write(&[close, text].concat()).await;
    assert_eq!(client.read_close().await.0, 1000);
    client.rest().await;
    events.closed().await;
    server.stop().await;
    assert_eq!(events.rest(), []);
}

/// Java: 1000 or what was given, but 1005 and 1015 are put on the wire too, 1006 becomes 1002, and others throw.
/// Ours: 1000 or what was given; a code that must not be sent is an error, and the session stays open.
#[tokio::test]
async fn server_closes() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    for code in [999, 1004, 1005, 1006, 1015, 2000, 5000] {
        client.frame(0x81, format!("close {code}").as_bytes()).await;
        let answer = String::from_utf8(client.read_frame().await.payload).unwrap();
        assert!(
            answer.contains(&code.to_string()),
            "the error names the code: {answer}"
        );
        events.next().await;
    }
    client.frame(0x81, b"close").await;
    events.next().await;
    assert_eq!(client.read_close().await, (1000, String::new()));
    client.frame(0x88, &payload(1000, "")).await;
    let closed = events.closed().await;
    assert_eq!(
        (closed.code, closed.initiator),
        (CloseCode::NORMAL, Initiator::App)
    );

    for code in [1000, 1001, 1002, 1003, 1008, 1011, 1012, 3000, 4000, 4999] {
        let mut client = open(&server, &mut events).await;
        client
            .frame(0x81, format!("close {code} as given").as_bytes())
            .await;
        events.next().await;
        assert_eq!(client.read_close().await, (code, "as given".to_owned()));
        client.frame(0x88, &payload(code, "")).await;
        let closed = events.closed().await;
        assert_eq!((closed.code.as_u16(), closed.clean), (code, true));
    }
}

/// Java: cut at a character to 120 bytes and an ellipsis; 123 bytes pass whole.
/// Ours: 123 bytes pass whole; more is an error, and the session stays open.
#[tokio::test]
async fn server_closes_with_a_long_reason() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client
        .frame(0x81, format!("close 1000 {}", "中".repeat(42)).as_bytes())
        .await;
    events.next().await;
    let answer = String::from_utf8(client.read_frame().await.payload).unwrap();
    assert!(
        answer.contains("126"),
        "the error says how long it is: {answer}"
    );
    let longest = "中".repeat(41);
    client
        .frame(0x81, format!("close 1000 {longest}").as_bytes())
        .await;
    events.next().await;
    assert_eq!(client.read_close().await, (1000, longest));
}

/// Java: TCP stays open without limit, `@OnClose` has run, and texts still reach `@OnMessage`.
/// Ours: nothing is delivered any more, and TCP ends after the close timeout (5 s if it is not set).
#[tokio::test]
async fn client_does_not_answer_the_servers_close() {
    let builder = Server::builder().close_timeout(Duration::from_millis(300));
    let (server, mut events) = start_with(builder).await;
    let mut client = open(&server, &mut events).await;
    client.frame(0x81, b"close 4000 enough").await;
    assert_eq!(
        events.next().await,
        Event::Text("close 4000 enough".to_owned())
    );
    assert_eq!(client.read_close().await, (4000, "enough".to_owned()));
    client.frame(0x81, b"too late").await;
    assert_eq!(client.rest().await, b"");
    let closed = events.closed().await;
    assert_eq!((closed.code.as_u16(), closed.clean), (4000, false));
    server.stop().await;
    assert_eq!(events.rest(), [], "`too late` is for nobody");
}

async fn open(server: &TestServer, events: &mut Events) -> RawClient {
    let client = RawClient::upgraded(server.address(), "/told/1").await;
    events.opened().await;
    client
}

fn payload(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes(), reason.as_bytes()].concat()
}
