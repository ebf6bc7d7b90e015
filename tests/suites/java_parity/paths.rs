//! Which request target means which endpoint.

use wspring_tests::client::handshake;

use crate::endpoint::{Event, start};

/// Java: 404.
/// Ours: 404.
#[tokio::test]
async fn wrong_path() {
    let (server, _events) = start().await;
    for path in [
        "/webSocket1",
        "/webSocket",
        "/webSocket/",
        "/webSocket/1/2",
        "/WebSocket/1",
        "/webSocket/..",
    ] {
        assert_eq!(server.ask(handshake(path, &[])).await.status, 404, "{path}");
    }
}

/// Java: 101, as if the slash was not there.
/// Ours: 404, because a slash at the end is part of a path; so did Tomcat 10 and Jetty decide.
#[tokio::test]
async fn trailing_slash() {
    let (server, _events) = start().await;
    for path in ["/webSocket/1/", "/told/a//"] {
        assert_eq!(server.ask(handshake(path, &[])).await.status, 404, "{path}");
    }
}

/// Java: 101, and `getQueryString()` has the query.
/// Ours: the same, `Session::query`; `Session::uri` is the target as it was sent.
#[tokio::test]
async fn query() {
    let (server, mut events) = start().await;
    let mut client = server.connect("/told/1?token=abc").await;
    assert_eq!(events.next().await, Event::Opened("1".to_owned()));
    client.send("query").await;
    assert_eq!(client.text().await, "token=abc");
    client.send("uri").await;
    assert_eq!(client.text().await, "/told/1?token=abc");
}

/// Java: decoded before paths are compared.
/// Ours: the same.
#[tokio::test]
async fn percent_encoding() {
    let (server, mut events) = start().await;
    for (path, uid) in [("/webSocket/%31%32", "12"), ("/%77ebSocket/1", "1")] {
        assert_eq!(server.ask(handshake(path, &[])).await.status, 101, "{path}");
        assert_eq!(events.next().await, Event::Opened(uid.to_owned()));
        events.closed().await;
    }
}

/// Java: normalised, then 101.
/// Ours: 404, because who writes such a path wants to get round a rule; only an absolute URI is taken.
#[tokio::test]
async fn paths_that_are_not_in_normal_form() {
    let (server, mut events) = start().await;
    for path in [
        "//webSocket/1",
        "/./webSocket/1",
        "/webSocket/../webSocket/1",
        "/webSocket;x=y/1",
    ] {
        assert_eq!(server.ask(handshake(path, &[])).await.status, 404, "{path}");
    }
    assert_eq!(events.rest(), []);
    let absolute = handshake("http://localhost/webSocket/1", &[]);
    assert_eq!(server.ask(absolute).await.status, 101);
    assert_eq!(events.next().await, Event::Opened("1".to_owned()));
}

/// Java: `%2F` is 400, `%FF` becomes U+FFFD, `%00` and `%ZZ` are 400; other escapes are decoded, `+` stays.
/// Ours: the segment is decoded after the path was cut, so `%2F` is a slash in the value; `%FF` is 400.
#[tokio::test]
async fn escapes_in_a_segment() {
    let (server, mut events) = start().await;
    for (written, value) in [
        ("a%2Fb", "a/b"),
        ("a%3Fb", "a?b"),
        ("a+b", "a+b"),
        ("a%3Bb", "a;b"),
        ("a%25b", "a%b"),
        ("%E4%B8%AD", "中"),
    ] {
        let request = handshake(&format!("/told/{written}"), &[]);
        assert_eq!(server.ask(request).await.status, 101, "{written}");
        assert_eq!(events.next().await, Event::Opened(value.to_owned()));
        events.closed().await;
    }
    for written in ["a%00", "%ZZ", "%", "%FF"] {
        let request = handshake(&format!("/told/{written}"), &[]);
        assert_eq!(server.ask(request).await.status, 400, "{written}");
    }
    assert_eq!(events.rest(), []);
}

/// Java: 400 for a raw `{`, a `#` and bytes beyond ASCII.
/// Ours: 400 for what is not UTF-8; `{` and UTF-8 stand for themselves, and a fragment is cut off, as in Jetty.
#[tokio::test]
async fn characters_that_should_be_escaped() {
    let (server, mut events) = start().await;
    for (written, value) in [("{a}", "{a}"), ("中", "中"), ("a#b", "a")] {
        let request = handshake(&format!("/told/{written}"), &[]);
        assert_eq!(server.ask(request).await.status, 101, "{written}");
        assert_eq!(events.next().await, Event::Opened(value.to_owned()));
        events.closed().await;
    }
    let request = handshake("/told/?", &[]);
    let (before, after) = request.split_at(request.find('?').unwrap());
    let request = [before.as_bytes(), b"\xff", after.as_bytes()].concat();
    assert_eq!(server.ask(request).await.status, 400);
}
