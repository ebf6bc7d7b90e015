//! What the Java original does by itself: connecting, and who is connected.

use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{RawClient, soon};

use crate::endpoint::{Event, Original, start};

/// Java: 101 with an empty reason phrase; one entry in the map and one in the set.
/// Ours: 101 with the usual phrase; one session.
#[tokio::test]
async fn good_connect() {
    let (server, mut events) = start().await;
    let mut client = server.raw().await;
    client
        .write(handshake("/webSocket/1", &[]).as_bytes())
        .await;
    let response = client.response().await;
    assert!(
        response
            .head
            .starts_with("HTTP/1.1 101 Switching Protocols\r\n"),
        "{response:?}"
    );
    assert_eq!(response.header("upgrade"), Some("websocket"));
    assert!(
        response
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("upgrade"))
    );
    // RFC 6455 §1.3 has this pair of nonce and answer.
    assert_eq!(
        response.header("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert!(response.header("date").is_some());

    assert_eq!(events.next().await, Event::Opened("1".to_owned()));
    assert_eq!(server.handle().sessions::<Original>().len(), 1);
}

/// Java: logged, and no answer of any kind.
/// Ours: the same.
#[tokio::test]
async fn client_text() {
    let (server, mut events) = start().await;
    let mut client = RawClient::upgraded(server.address(), "/webSocket/1").await;
    events.opened().await;
    client.frame(0x81, b"Hello WebSockets!").await;
    assert_eq!(
        events.next().await,
        Event::Text("Hello WebSockets!".to_owned())
    );
    client.frame(0x88, &[]).await;
    let answer = client.read_frame().await;
    assert_eq!(
        answer.first, 0x88,
        "the Close frame comes first: {answer:?}"
    );
}

/// Java: the first one is neither closed nor told; the map points to the second, so only that one gets pushes.
/// Ours: the same, which is `on_duplicate = "newest"`, and both are counted.
#[tokio::test]
async fn same_uid_twice() {
    let (server, mut events) = start().await;
    let mut first = server.connect("/webSocket/1").await;
    events.opened().await;
    let mut second = server.connect("/webSocket/1").await;
    events.opened().await;
    assert_eq!(server.handle().sessions::<Original>().len(), 2);

    let delivered = server
        .handle()
        .send_info("for the newest", 1)
        .await
        .unwrap();
    assert_eq!(delivered.sessions, 1);
    assert_eq!(second.text().await, "for the newest");
    first.send("still here").await;
    assert_eq!(events.next().await, Event::Text("still here".to_owned()));
    second.close().await;
    events.closed().await;
    server
        .handle()
        .send_info("for the one that is left", 1)
        .await
        .unwrap();
    assert_eq!(
        first.text().await,
        "for the one that is left",
        "and nothing before it"
    );
}

/// Java: the second one's entry is removed, and a push fails though it is open (the original's first bug).
/// Ours: a session takes only itself out, and the push reaches the second one.
#[tokio::test]
async fn same_uid_twice_and_the_first_closes() {
    let (server, mut events) = start().await;
    let first = server.connect("/webSocket/1").await;
    events.opened().await;
    let mut second = server.connect("/webSocket/1").await;
    events.opened().await;
    first.close().await;
    events.closed().await;

    server.handle().send_info("hello", 1).await.unwrap();
    assert_eq!(second.text().await, "hello");
    second.send("heard").await;
    assert_eq!(events.next().await, Event::Text("heard".to_owned()));
}

/// Java: a push fails though the first one is open, whose entry in the set then stays for ever (the second bug).
/// Ours: the push goes to the first one, and nothing is left when it has gone too.
#[tokio::test]
async fn same_uid_twice_and_the_second_closes() {
    let (server, mut events) = start().await;
    let mut first = server.connect("/webSocket/1").await;
    events.opened().await;
    let second = server.connect("/webSocket/1").await;
    events.opened().await;
    second.close().await;
    events.closed().await;
    assert_eq!(server.handle().sessions::<Original>().len(), 1);

    server.handle().send_info("hello", 1).await.unwrap();
    assert_eq!(first.text().await, "hello");
    first.close().await;
    events.closed().await;
    assert!(server.handle().sessions::<Original>().is_empty());
    let sent = server.handle().send_info("hello", 1).await;
    assert!(matches!(sent, Err(SendError::Offline { .. })), "{sent:?}");
}

/// Java: 101, then a Close frame with 1000 and no reason, an open TCP connection, and a `NullPointerException`.
/// Ours: 400 before the 101, with a sentence that names the parameter; no handler runs.
#[tokio::test]
async fn uid_is_not_a_long() {
    let (server, mut events) = start().await;
    for uid in [
        "abc",
        "1.5",
        "1L",
        "0x10",
        "null",
        "%20",
        "9223372036854775808",
    ] {
        let response = server
            .ask(handshake(&format!("/webSocket/{uid}"), &[]))
            .await;
        assert_eq!(response.status, 400, "{uid}");
        assert!(response.body.contains("`uId`"), "{uid}: {}", response.body);
    }
    assert_eq!(events.rest(), []);
}

/// Java: a sign, leading zeros and percent-encoding are read; so are full-width digits and `1;a=b`.
/// Ours: the first three, each under the number's usual form as the key; the last two are 400.
#[tokio::test]
async fn uid_is_accepted_as_a_number() {
    let (server, mut events) = start().await;
    for (written, uid) in [
        ("-5", -5),
        ("007", 7),
        ("+1", 1),
        ("9223372036854775807", i64::MAX),
        ("%31", 1),
    ] {
        let mut client = server.connect(&format!("/webSocket/{written}")).await;
        assert_eq!(events.next().await, Event::Opened(uid.to_string()));
        server.handle().send_info("hello", uid).await.unwrap();
        assert_eq!(client.text().await, "hello", "{written}");
        client.close().await;
        events.closed().await;
    }
    for written in ["%EF%BC%91", "1;a=b"] {
        let response = server
            .ask(handshake(&format!("/webSocket/{written}"), &[]))
            .await;
        assert_eq!(response.status, 400, "{written}");
    }
}

/// Java: silently discarded, and the session stays open.
/// Ours: 1003 with a reason, so that the author of the client learns of it.
#[tokio::test]
async fn binary_to_a_text_endpoint() {
    let (server, mut events) = start().await;
    let mut client = RawClient::upgraded(server.address(), "/webSocket/1").await;
    events.opened().await;
    client.frame(0x82, &[1, 2, 3]).await;
    let (code, reason) = client.read_close().await;
    assert_eq!(code, 1003);
    assert!(reason.contains("binary"), "{reason}");
    client.frame(0x88, &1003_u16.to_be_bytes()).await;
    assert_eq!(events.closed().await.code, CloseCode::UNSUPPORTED);
    assert_eq!(soon("the end", client.rest()).await, b"");
}

/// Java: 404, because the page has no slash before the number; the page tries again every second, for ever.
/// Ours: 404 that names the path which was probably meant.
#[tokio::test]
async fn the_address_in_the_originals_page() {
    let (server, _events) = start().await;
    let response = server.ask(handshake("/webSocket1", &[])).await;
    assert_eq!(response.status, 404);
    assert!(
        response.body.contains("did you mean /webSocket/{uId}?"),
        "{}",
        response.body
    );
}
