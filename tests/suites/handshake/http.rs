//! HTTP as clients and proxies write it.

use wspring_tests::TestServer;
use wspring_tests::client::{handshake, handshake_without, masked_frame};

const PLAIN: &str = "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn after_a_refused_request_the_same_connection_can_ask_again() {
    let server = TestServer::start().await;
    let mut client = server.raw().await;
    for (request, status) in [
        (PLAIN.to_owned(), 426),
        (handshake("/nowhere", &[]), 404),
        (handshake("/number/x", &[]), 400),
        (handshake("/echo", &["Origin: https://evil.example"]), 403),
        (PLAIN.replacen("GET", "DELETE", 1), 405),
        (
            handshake_without("Sec-WebSocket-Version", "/echo", &[]),
            426,
        ),
        (handshake("/echo", &[]), 101),
    ] {
        client.write(request.as_bytes()).await;
        let response = client.response().await;
        assert_eq!(response.status, status, "{request}");
    }
    client.frame(0x81, b"hello").await;
    assert_eq!(client.read_frame().await.payload, b"hello");
}

#[tokio::test]
async fn requests_that_come_together_are_answered_in_order() {
    let server = TestServer::start().await;
    let mut client = server.raw().await;
    let requests = [PLAIN, &handshake("/nowhere", &[]), &handshake("/echo", &[])].concat();
    client.write(requests.as_bytes()).await;
    for status in [426, 404, 101] {
        assert_eq!(client.response().await.status, status);
    }
    client.frame(0x81, b"hello").await;
    assert_eq!(client.read_frame().await.payload, b"hello");
}

#[tokio::test]
async fn bytes_right_behind_the_request_are_handled() {
    let server = TestServer::start().await;
    let mut client = server.raw().await;
    let second = masked_frame(0x81, b"second");
    let (begun, rest) = second.split_at(4);
    let packet = [
        handshake("/echo", &[]).as_bytes(),
        &masked_frame(0x81, b"first"),
        begun,
    ]
    .concat();
    client.write(&packet).await;
    assert_eq!(client.response().await.status, 101);
    assert_eq!(client.read_frame().await.payload, b"first");
    client.write(rest).await;
    assert_eq!(client.read_frame().await.payload, b"second");
}

#[tokio::test]
async fn many_bytes_right_behind_the_request_are_handled() {
    let server = TestServer::start().await;
    let mut client = server.raw().await;
    let mut packet = handshake("/echo", &[]).into_bytes();
    for n in 0..100 {
        packet.extend(masked_frame(0x81, format!("{n:1000}").as_bytes()));
    }
    client.write(&packet).await;
    assert_eq!(client.response().await.status, 101);
    for n in 0..100 {
        assert_eq!(
            client.read_frame().await.payload,
            format!("{n:1000}").into_bytes()
        );
    }
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let server = TestServer::start().await;
    let mut client = server.raw().await;
    for byte in handshake("/echo", &[]).as_bytes() {
        client.write(&[*byte]).await;
    }
    assert_eq!(client.response().await.status, 101);
}

#[tokio::test]
async fn the_target_may_be_an_absolute_uri() {
    let server = TestServer::start().await;
    for target in [
        "http://localhost/number/5?a=b",
        "ws://localhost/number/5",
        "HTTP://LOCALHOST/number/5",
    ] {
        let mut client = server.raw().await;
        client.write(handshake(target, &[]).as_bytes()).await;
        assert_eq!(client.response().await.status, 101, "{target}");
        client.frame(0x81, b"?").await;
        assert_eq!(client.read_frame().await.payload, b"5");
    }
}

#[tokio::test]
async fn a_target_that_is_no_path_is_refused() {
    let server = TestServer::start().await;
    for target in ["*", "echo", "?", "/ echo"] {
        let status = server.ask(handshake(target, &[])).await.status;
        assert!(matches!(status, 400 | 404), "{target}: {status}");
    }
}

#[tokio::test]
async fn http_1_0_is_told_to_come_with_1_1() {
    let server = TestServer::start().await;
    let old = handshake("/echo", &[]).replacen("HTTP/1.1", "HTTP/1.0", 1);
    let response = server.ask(old).await;
    assert_eq!(response.status, 400);
    assert!(response.body.contains("HTTP/1.1"), "{}", response.body);
    let plain = server.ask("GET /echo HTTP/1.0\r\n\r\n").await;
    assert_eq!(plain.status, 426);
}

#[tokio::test]
async fn upgrade_and_connection_may_be_lists_in_any_case() {
    let server = TestServer::start().await;
    let without = |name: &str, others: &[&str]| handshake_without(name, "/echo", others);
    for (header, values) in [
        ("Upgrade", &["websocket, h2c"][..]),
        ("Upgrade", &["h2c,websocket"]),
        ("Upgrade", &["WebSocket"]),
        ("Connection", &["keep-alive, Upgrade"]),
        ("Connection", &["keep-alive,UPGRADE,foo"]),
        ("Connection", &["upgrade"]),
    ] {
        let request = with(&without(header, &[]), header, values);
        assert_eq!(
            server.ask(request).await.status,
            101,
            "{header}: {values:?}"
        );
    }
    // Two header lines mean the same as one list (RFC 9110 §5.2).
    for (header, values) in [
        ("Upgrade", &["h2c", "websocket"][..]),
        ("Connection", &["keep-alive", "Upgrade"]),
    ] {
        let request = with(&without(header, &[]), header, values);
        assert_eq!(
            server.ask(request).await.status,
            101,
            "{header}: {values:?}"
        );
    }
}

#[tokio::test]
async fn header_names_are_read_in_any_case() {
    let server = TestServer::start().await;
    let request = handshake("/echo", &[]);
    let (line, headers) = request.split_once("\r\n").unwrap();
    let headers: String = headers
        .split_inclusive("\r\n")
        .map(|header| match header.split_once(':') {
            Some((name, value)) => format!("{}:{value}", name.to_ascii_lowercase()),
            None => header.to_owned(),
        })
        .collect();
    assert_eq!(server.ask(format!("{line}\r\n{headers}")).await.status, 101);
}

/// A request with a further header, on a line for each value.
fn with(request: &str, header: &str, values: &[&str]) -> String {
    let lines: String = values
        .iter()
        .map(|value| format!("{header}: {value}\r\n"))
        .collect();
    let head = request
        .strip_suffix("\r\n")
        .expect("an empty line at the end");
    format!("{head}{lines}\r\n")
}
