//! Every refusal: its status, its headers, and a sentence that says what to do.

use wspring::prelude::*;
use wspring_tests::client::{handshake, handshake_without};
use wspring_tests::{Client, Log, Response, TestServer};

use crate::endpoint::{Echo, Number};

/// A refusal with this status, whose body is one line of text.
async fn refused(server: &TestServer, request: impl AsRef<[u8]>, status: u16) -> Response {
    let response = server.ask(request).await;
    assert_eq!(response.status, status, "{response:?}");
    assert_eq!(
        response.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(
        response.body.find('\n'),
        Some(response.body.len() - 1),
        "{response:?}"
    );
    response
}

#[tokio::test]
async fn c4_a_path_without_an_endpoint_names_the_nearest_one() {
    let server = TestServer::start().await;
    for (path, nearest) in [
        ("/ehco", "/echo"),
        ("/echo/", "/echo"),
        ("/Echo", "/echo"),
        ("/number42", "/number/<id>"),
        ("/number/", "/number/<id>"),
        ("/numbers/42", "/number/<id>"),
    ] {
        let response = refused(&server, handshake(path, &[]), 404).await;
        let hint = format!("did you mean {nearest}?\n");
        assert!(response.body.ends_with(&hint), "{path}: {}", response.body);
    }
}

/// Whoever serves must learn of a wrong path too: a browser does not show its page the answer.
#[tokio::test]
async fn a_handshake_at_a_path_without_an_endpoint_is_logged_with_the_nearest_one() {
    let log = Log::start();
    let server = TestServer::start().await;
    assert_eq!(server.ask(handshake("/ehco", &[])).await.status, 404);
    let plain = "GET /ehco HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(server.ask(plain).await.status, 404);
    assert_eq!(server.ask(handshake("/a/b/c/d", &[])).await.status, 404);
    let lines = log.lines("WARN");
    let [line] = &lines[..] else {
        panic!("one warning for the handshake that nearly met a path: {lines:?}")
    };
    for part in ["WebSocket handshake", "\"/ehco\"", "\"/echo\""] {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
}

#[tokio::test]
async fn a_path_that_is_like_nothing_gets_no_hint() {
    let server = TestServer::start().await;
    for path in ["/", "/favicon.ico", "/a/very/different/path"] {
        let response = refused(&server, handshake(path, &[]), 404).await;
        assert!(
            !response.body.contains("did you mean"),
            "{path}: {}",
            response.body
        );
    }
}

#[tokio::test]
async fn a_path_that_no_person_wrote_gets_no_hint() {
    let server = TestServer::start().await;
    let misspelled = format!("/numbers/{}", "4".repeat(30_000));
    for path in ["/a".repeat(15_000), misspelled] {
        let response = refused(&server, handshake(&path, &[]), 404).await;
        assert!(!response.body.contains("did you mean"), "{}", response.body);
    }
}

#[tokio::test]
async fn c4_a_path_without_an_endpoint_is_404_for_plain_requests_too() {
    let server = TestServer::start().await;
    for method in ["GET", "POST", "OPTIONS"] {
        let request = format!("{method} /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
        refused(&server, request, 404).await;
    }
}

#[tokio::test]
async fn a_plain_get_is_426_with_upgrade() {
    let server = TestServer::start().await;
    for request in [
        "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        handshake_without("Upgrade", "/echo", &[]),
        handshake("/echo", &[]).replacen("websocket", "h2c", 1),
    ] {
        let response = refused(&server, request, 426).await;
        assert_eq!(response.header("upgrade"), Some("websocket"));
        assert!(
            response
                .header("connection")
                .is_some_and(|it| it.eq_ignore_ascii_case("upgrade"))
        );
        assert!(
            response.body.contains("WebSocket client"),
            "{}",
            response.body
        );
    }
}

#[tokio::test]
async fn another_method_is_405_with_allow() {
    let server = TestServer::start().await;
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        for request in [
            format!("{method} /echo HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            handshake("/echo", &[]).replacen("GET", method, 1),
        ] {
            let response = refused(&server, request, 405).await;
            assert_eq!(response.header("allow"), Some("GET"), "{method}");
            assert!(response.body.contains(method), "{}", response.body);
        }
    }
}

#[tokio::test]
async fn a_missing_or_malformed_key_is_400() {
    let server = TestServer::start().await;
    let good = "dGhlIHNhbXBsZSBub25jZQ==";
    let mut requests = vec![
        handshake_without("Sec-WebSocket-Key", "/echo", &[]),
        handshake("/echo", &[&format!("Sec-WebSocket-Key: {good}")]),
    ];
    // Too short, not base64, 15 bytes, 17 bytes, without padding, with too much of it.
    for bad in [
        "c2hvcnQ=",
        "dGhlIHNhbXBsZSBub25jZQ=!",
        "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZWE=",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ==QQ==",
    ] {
        requests.push(handshake("/echo", &[]).replacen(good, bad, 1));
    }
    for request in requests {
        let response = refused(&server, request, 400).await;
        assert!(
            response.body.contains("Sec-WebSocket-Key"),
            "{}",
            response.body
        );
    }
}

/// RFC 6455 §4.1 has such a key as its example, and RFC 4648 §3.5 leaves the unused bits to the decoder.
#[tokio::test]
async fn a_key_of_16_bytes_is_taken_whatever_its_unused_bits() {
    let server = TestServer::start().await;
    for key in [
        "AQIDBAUGBwgJCgsMDQ4PEC==",
        "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25jZf==",
        "/////////////////////x==",
    ] {
        let request = handshake("/echo", &[]).replacen("dGhlIHNhbXBsZSBub25jZQ==", key, 1);
        let response = server.ask(request).await;
        assert_eq!(response.status, 101, "{key}: {response:?}");
        let accept = tokio_tungstenite::tungstenite::handshake::derive_accept_key(key.as_bytes());
        assert_eq!(response.header("sec-websocket-accept"), Some(&*accept));
    }
}

#[tokio::test]
async fn another_version_is_426_with_version_13() {
    let server = TestServer::start().await;
    let mut requests = vec![
        handshake_without("Sec-WebSocket-Version", "/echo", &[]),
        handshake("/echo", &["Sec-WebSocket-Version: 13"]),
    ];
    for version in ["8", "14", "013", "13, 8", ""] {
        let header = format!("Sec-WebSocket-Version: {version}\r\n");
        requests.push(handshake("/echo", &[]).replacen(
            "Sec-WebSocket-Version: 13\r\n",
            &header,
            1,
        ));
    }
    for request in requests {
        let response = refused(&server, request, 426).await;
        assert_eq!(response.header("sec-websocket-version"), Some("13"));
        // Every 426 names the protocol (RFC 9110 §15.5.22).
        assert_eq!(response.header("upgrade"), Some("websocket"));
        assert!(response.body.contains("13"), "{}", response.body);
    }
}

#[tokio::test]
async fn a_connection_header_without_upgrade_is_400() {
    let server = TestServer::start().await;
    for request in [
        handshake_without("Connection", "/echo", &[]),
        handshake_without("Connection", "/echo", &["Connection: close"]),
        handshake_without("Connection", "/echo", &["Connection: not-upgrade"]),
    ] {
        let response = refused(&server, request, 400).await;
        assert!(response.body.contains("Connection"), "{}", response.body);
    }
}

#[tokio::test]
async fn a_host_header_that_is_missing_or_doubled_is_400() {
    let server = TestServer::start().await;
    for request in [
        handshake_without("Host", "/echo", &[]),
        handshake("/echo", &["Host: localhost"]),
    ] {
        let response = refused(&server, request, 400).await;
        assert!(response.body.contains("Host"), "{}", response.body);
    }
}

#[tokio::test]
async fn a_handshake_with_a_body_is_400() {
    let server = TestServer::start().await;
    let request = handshake("/echo", &["Content-Length: 5"]) + "hello";
    let response = refused(&server, request, 400).await;
    assert!(response.body.contains("body"), "{}", response.body);
    let empty = handshake("/echo", &["Content-Length: 0"]);
    assert_eq!(server.ask(empty).await.status, 101);
}

#[tokio::test]
async fn nobody_is_connected_by_a_refused_handshake() {
    let server = TestServer::start().await;
    for request in [
        handshake("/number/x", &[]),
        handshake("/number/1", &["Origin: https://evil.example"]),
        handshake_without("Sec-WebSocket-Key", "/number/1", &[]),
    ] {
        assert!(server.ask(request).await.status >= 400);
    }
    assert!(server.handle().sessions::<Number>().is_empty());
    let sent = server.handle().send_info("hello", 1).await;
    assert!(matches!(sent, Err(SendError::Offline { .. })), "{sent:?}");
}

#[tokio::test]
async fn clients_get_the_refusal_as_an_answer() {
    let server = TestServer::start().await;
    let (status, body) = Client::refused(server.url("/number/x")).await;
    assert_eq!(status, 400);
    assert!(body.contains("`id`"), "{body}");
    assert!(server.handle().sessions::<Echo>().is_empty());
}

#[tokio::test]
async fn a_server_that_drains_answers_503() {
    let server = TestServer::start().await;
    // Connected and not yet answered when the drain begins; the other ones show that the server has seen it.
    let mut late = server.raw().await;
    let request = handshake("/echo", &[]);
    let (begun, rest) = request.split_at(20);
    late.write(begun.as_bytes()).await;
    let mut open = wspring_tests::RawClient::upgraded(server.address(), "/echo").await;

    let handle = server.handle().clone();
    let drain = tokio::spawn(async move { handle.shutdown().await });
    assert_eq!(open.read_close().await.0, 1001);
    late.write(rest.as_bytes()).await;
    let response = late.response().await;
    assert_eq!(response.status, 503);
    assert_eq!(response.header("retry-after"), Some("5"));
    assert!(response.body.contains("shutting down"), "{}", response.body);
    open.frame(0x88, &1001_u16.to_be_bytes()).await;
    drain.await.unwrap();
}

#[tokio::test]
async fn a_query_of_thousands_of_parameters_is_400() {
    let server = TestServer::start().await;
    let query = |params: usize| format!("/echo?{}", vec!["a"; params].join("&"));
    let response = refused(&server, handshake(&query(257), &[]), 400).await;
    assert!(
        response.body.contains("256 parameters"),
        "{}",
        response.body
    );
    let response = server.ask(handshake(&query(256), &[])).await;
    assert_eq!(response.status, 101);
}
