//! Handshakes that no client would send.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::{Request, StatusCode};
use http_body_util::Empty;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;
use wspring::{Compression, Server};
use wspring_tests::client::handshake;
use wspring_tests::{Recorder, TestServer};

async fn server() -> TestServer {
    let builder = Server::builder()
        .compression(Compression::on())
        .state(None::<Recorder<u16>>);
    TestServer::start_with(builder).await
}

/// The status of the answer to a handshake with these bytes as further headers.
async fn status(server: &TestServer, path: &str, headers: &[u8]) -> u16 {
    let request = handshake(path, &[]);
    let head = request.strip_suffix("\r\n").expect("an empty line");
    let mut client = server.raw().await;
    client
        .write(&[head.as_bytes(), headers, b"\r\n"].concat())
        .await;
    client.response().await.status
}

#[tokio::test]
async fn offers_by_the_hundred_are_read_or_declined() {
    let server = server().await;
    let offers = "permessage-deflate; bogus, ".repeat(500);
    let parameters = "; client_max_window_bits".repeat(500);
    for (name, value) in [
        ("offers", offers.trim_end_matches(", ").to_owned()),
        ("parameters", format!("permessage-deflate{parameters}")),
        ("commas", ",".repeat(10_000)),
        (
            "an open quote",
            format!("permessage-deflate; a=\"{}", "\\\"".repeat(5_000)),
        ),
    ] {
        let header = format!("Sec-WebSocket-Extensions: {value}\r\n");
        assert_eq!(
            status(&server, "/echo", header.as_bytes()).await,
            101,
            "{name}"
        );
    }
}

#[tokio::test]
async fn values_that_are_no_text_are_judged_like_wrong_ones() {
    let server = server().await;
    for (header, expected) in [
        (&b"X-Strange: \xff\xfe\x80\r\n"[..], 101),
        (b"Sec-WebSocket-Extensions: \xff\xfe\r\n", 101),
        (b"Sec-WebSocket-Protocol: \xff\xfe\r\n", 101),
        (b"Cookie: \xff\xfe\r\n", 101),
        (b"Origin: \xff\xfe\r\n", 403),
        (b"Origin: http://\xff\xfe\r\n", 403),
        (b"Sec-WebSocket-Key: \xff\xfe\r\n", 400),
        (b"Host: \xff\xfe\r\n", 400),
    ] {
        let name = String::from_utf8_lossy(header);
        assert_eq!(status(&server, "/echo", header).await, expected, "{name}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_http_are_400() {
    let server = server().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 is TLS\r\n\r\n"[..],
        b"\x00\x00\x00\x00\r\n\r\n",
        b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /echo HTTP/9.9\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n",
    ] {
        let mut client = server.raw().await;
        client.write(bytes).await;
        let name = String::from_utf8_lossy(bytes);
        assert_eq!(client.response().await.status, 400, "{name}");
    }
}

#[tokio::test]
async fn a_client_that_asks_and_takes_no_answer_is_cut_off() {
    // More than a socket holds.
    let page = || async { vec![b'x'; 32 * 1024 * 1024] };
    let builder = Server::builder()
        .write_timeout(Duration::from_millis(200))
        .fallback(Router::new().route("/page", get(page)))
        .state(None::<Recorder<u16>>);
    let server = TestServer::start_with(builder).await;
    let mut client = server.raw().await.into_inner();
    let request = b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n";
    // When the server waits, the client does in turn; and its write fails when it is cut off.
    let cut_off = async { while client.write_all(request).await.is_ok() {} };
    let ended = timeout(Duration::from_secs(60), cut_off).await;
    assert!(ended.is_ok(), "the server waits for ever");
}

/// A client that asks for something that is not there once in a while would hold a connection for ever.
#[tokio::test]
async fn a_connection_on_which_all_is_refused_ends() {
    let builder = Server::builder()
        .max_refusals(3)
        .state(None::<Recorder<u16>>);
    let server = TestServer::start_with(builder).await;
    let mut client = server.raw().await;
    for count in 1..=3 {
        client
            .write(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await;
        let response = client.response().await;
        assert_eq!(response.status, 404);
        let is_last = response.header("connection") == Some("close");
        assert_eq!(is_last, count == 3, "{}", response.head);
    }
    assert_eq!(client.rest().await, b"");
    // Over HTTP/2 it is told with GOAWAY.
    let mut client = server.http2().await;
    for _ in 0..3 {
        let request = Request::get("http://localhost/nothing").body(Empty::new());
        let answer = client.ask(request.expect("a request")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    client.ended().await;
}
