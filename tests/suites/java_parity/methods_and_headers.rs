//! Requests that are no handshakes, or nearly.

use std::time::Duration;

use wspring::prelude::*;
use wspring_tests::client::{handshake, handshake_without, masked_frame};

use crate::endpoint::{Event, start, start_with};

const PATH: &str = "/webSocket/1";

/// Java: 404 for GET, POST and HEAD.
/// Ours: 426 with `Upgrade: websocket` for GET, 405 for the others: there is an endpoint.
#[tokio::test]
async fn no_upgrade() {
    let (server, _events) = start().await;
    let get = server
        .ask(format!("GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .await;
    assert_eq!(get.status, 426);
    assert_eq!(get.header("upgrade"), Some("websocket"));
    let post = format!("POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}");
    assert_eq!(server.ask(post).await.status, 405);
    let mut client = server.raw().await;
    client
        .write(format!("HEAD {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
        .await;
    assert!(client.head().await.starts_with("HTTP/1.1 405 "));
}

/// Java: 404; only GET upgrades.
/// Ours: 405 with `Allow: GET`.
#[tokio::test]
async fn post_and_head_with_upgrade_headers() {
    let (server, _events) = start().await;
    for method in ["POST", "HEAD"] {
        let mut client = server.raw().await;
        let request = handshake(PATH, &[]).replacen("GET", method, 1);
        client.write(request.as_bytes()).await;
        let head = client.head().await.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 405 "), "{method}: {head}");
        assert!(head.contains("\r\nallow: get\r\n"), "{method}: {head}");
    }
}

/// Java: 404 or 200 with `Allow`, as the servlet at `/` decides.
/// Ours: 405 with `Allow: GET`.
#[tokio::test]
async fn options() {
    let (server, _events) = start().await;
    let request = format!("OPTIONS {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let response = server.ask(request).await;
    assert_eq!(
        (response.status, response.header("allow")),
        (405, Some("GET"))
    );
}

/// Java: 404 under Spring, 403, 405 or 501 without it; TRACE is 405.
/// Ours: 405 for all of them.
#[tokio::test]
async fn other_methods() {
    let (server, _events) = start().await;
    for method in ["PUT", "DELETE", "PATCH", "FOO", "TRACE"] {
        let request = format!("{method} {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(server.ask(request).await.status, 405, "{method}");
    }
}

/// Java: 426 with `Sec-WebSocket-Version: 13`; a list that holds 13 is taken.
/// Ours: the same 426, also for a list: a client sends one version (RFC 6455 §4.3).
#[tokio::test]
async fn websocket_version() {
    let (server, _events) = start().await;
    for version in ["7", "8", "12", "14", "abc", "", "13, 8"] {
        let header = format!("Sec-WebSocket-Version: {version}");
        let request = handshake_without("Sec-WebSocket-Version", PATH, &[]);
        let request = request.replacen("\r\n\r\n", &format!("\r\n{header}\r\n\r\n"), 1);
        let response = server.ask(request).await;
        assert_eq!(response.status, 426, "{version}");
        assert_eq!(
            response.header("sec-websocket-version"),
            Some("13"),
            "{version}"
        );
    }
    let missing = server
        .ask(handshake_without("Sec-WebSocket-Version", PATH, &[]))
        .await;
    assert_eq!(missing.status, 426);
    assert_eq!(missing.header("sec-websocket-version"), Some("13"));
}

/// Java: 400 when it is missing, 101 for any other nonsense; of two keys the first is used.
/// Ours: 400 for all that is not one base64 value of 16 bytes.
#[tokio::test]
async fn websocket_key() {
    let (server, _events) = start().await;
    let missing = handshake_without("Sec-WebSocket-Key", PATH, &[]);
    assert_eq!(server.ask(missing).await.status, 400);
    for key in [
        "",
        "short",
        "!!!!!!!!!!!!!!!!!!!!!!!!",
        "dGhlIHNhbXBsZSBub25jZTE5",
        "dGhlIHNhbXBsZSBub25jZQ",
    ] {
        let request = handshake(PATH, &[]).replacen("dGhlIHNhbXBsZSBub25jZQ==", key, 1);
        assert_eq!(server.ask(request).await.status, 400, "{key}");
    }
    let two = handshake(PATH, &["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]);
    assert_eq!(server.ask(two).await.status, 400);
}

/// Java: 400 without the token `upgrade`, 101 with it in a list or in lower case.
/// Ours: the same.
#[tokio::test]
async fn connection_header() {
    let (server, _events) = start().await;
    let missing = handshake_without("Connection", PATH, &[]);
    assert_eq!(server.ask(missing).await.status, 400);
    for (value, status) in [
        ("keep-alive", 400),
        ("keep-alive, Upgrade", 101),
        ("upgrade", 101),
    ] {
        let header = format!("Connection: {value}");
        let request = handshake(PATH, &[]).replacen("Connection: Upgrade", &header, 1);
        assert_eq!(server.ask(request).await.status, status, "{value}");
    }
}

/// Java: 404 without the token `websocket`, 101 with it in any case or in a list.
/// Ours: 426 and 101.
#[tokio::test]
async fn upgrade_header() {
    let (server, _events) = start().await;
    let missing = handshake_without("Upgrade", PATH, &[]);
    assert_eq!(server.ask(missing).await.status, 426);
    for (value, status) in [
        ("h2c", 426),
        ("websocket/13", 426),
        ("WebSocket", 101),
        ("WEBSOCKET", 101),
        ("h2c, websocket", 101),
    ] {
        let header = format!("Upgrade: {value}");
        let request = handshake(PATH, &[]).replacen("Upgrade: websocket", &header, 1);
        assert_eq!(server.ask(request).await.status, status, "{value}");
    }
}

/// Java: 101.
/// Ours: 400, because HTTP/1.0 has no upgrade (RFC 6455 §4.2.1).
#[tokio::test]
async fn http_1_0() {
    let (server, _events) = start().await;
    let request = handshake(PATH, &[]).replacen("HTTP/1.1", "HTTP/1.0", 1);
    assert_eq!(server.ask(request).await.status, 400);
}

/// Java: 400.
/// Ours: 400, and for two of them as well (RFC 9112 §3.2).
#[tokio::test]
async fn host_missing() {
    let (server, _events) = start().await;
    let missing = server.ask(handshake_without("Host", PATH, &[])).await;
    assert_eq!(missing.status, 400);
    assert!(missing.body.contains("Host"), "{}", missing.body);
    assert_eq!(
        server.ask(handshake(PATH, &["Host: other"])).await.status,
        400
    );
}

/// Java: 101, and the body is swallowed.
/// Ours: 400: a handshake has no body, and what is one is a matter of opinion.
#[tokio::test]
async fn request_with_a_body() {
    let (server, mut events) = start().await;
    let length = handshake(PATH, &["Content-Length: 5"]) + "hello";
    assert_eq!(server.ask(length).await.status, 400);
    let chunked = handshake(PATH, &["Transfer-Encoding: chunked"]) + "5\r\nhello\r\n0\r\n\r\n";
    assert_eq!(server.ask(chunked).await.status, 400);
    assert_eq!(events.rest(), []);
}

/// Java: 400, because the head may have 8 KiB.
/// Ours: 101, as big cookies need; 431 for what is larger by far.
#[tokio::test]
async fn long_header() {
    let (server, _events) = start().await;
    for (length, status) in [(9_000, 101), (100_000, 431)] {
        let header = format!("Cookie: {}", "x".repeat(length));
        let request = handshake(PATH, &[&header]);
        assert_eq!(server.ask(request).await.status, status, "{length}");
    }
}

/// Java: never checked, so any page on the web may connect as its visitor.
/// Ours: 403 but for the server's own origin; none at all is no browser and may connect.
#[tokio::test]
async fn origin() {
    let (server, _events) = start().await;
    for origin in ["https://evil.example", "null", "", "%%%"] {
        let request = handshake(PATH, &[&format!("Origin: {origin}")]);
        assert_eq!(server.ask(request).await.status, 403, "{origin}");
    }
    let own = handshake(PATH, &["Origin: http://localhost"]);
    assert_eq!(server.ask(own).await.status, 101);
}

/// Java: handled.
/// Ours: the same.
#[tokio::test]
async fn frames_in_the_same_packet_as_the_request() {
    let (server, mut events) = start().await;
    let mut client = server.raw().await;
    let request = handshake(PATH, &[]);
    client
        .write(&[request.as_bytes(), &masked_frame(0x81, b"early")].concat())
        .await;
    assert_eq!(client.response().await.status, 101);
    events.opened().await;
    assert_eq!(events.next().await, Event::Text("early".to_owned()));
}

/// Java: the TCP connection is closed after 60 s without an answer.
/// Ours: the same, after the handshake timeout (10 s if it is not set).
#[tokio::test]
async fn silence() {
    let impatient = Server::builder().handshake_timeout(Duration::from_millis(200));
    let (impatient, _events) = start_with(impatient).await;
    let mut silent = impatient.raw().await;
    assert_eq!(silent.rest().await, b"");
    let mut half = impatient.raw().await;
    half.write(b"GET /webSocket/1 HT").await;
    assert_eq!(half.rest().await, b"");

    // Time enough to ask once, and not for ever.
    let patient = Server::builder().handshake_timeout(Duration::from_secs(8));
    let (patient, _events) = start_with(patient).await;
    let mut idle = patient.raw().await;
    idle.write(format!("GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
        .await;
    assert_eq!(idle.response().await.status, 426);
    assert_eq!(idle.rest().await, b"");
}
