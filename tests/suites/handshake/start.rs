//! Starting to listen, and clients that never come to the point.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wspring::ErrorKind;
use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{TestServer, soon};

#[tokio::test]
async fn a_second_server_on_a_taken_port_fails_with_the_address() {
    let first = TestServer::start().await;
    let address = first.address();
    let error = Server::builder().address(address).bind().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Bind);
    let text = error.to_string();
    assert!(
        text.contains(&format!("cannot listen on {address}")),
        "{text}"
    );
    assert_eq!(
        format!("{error:?}"),
        text,
        "what `main` prints is the sentence"
    );
    assert_eq!(
        first.ask(handshake("/echo", &[])).await.status,
        101,
        "the first one serves on"
    );
}

#[tokio::test]
async fn a_port_is_free_again_when_its_server_has_stopped() {
    let first = TestServer::start().await;
    let address = first.address();
    first.stop().await;
    let again = Server::builder().address(address).bind().await;
    assert_eq!(again.map(|server| server.local_addr()).ok(), Some(address));
}

#[tokio::test]
async fn an_address_that_is_none_fails_with_the_address() {
    for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999", ""] {
        let error = Server::builder().address(address).bind().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Bind);
        let text = error.to_string();
        assert!(
            text.contains(&format!("cannot listen on {address}:")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_request_is_cut_off() {
    let server = impatient().await;
    let request = handshake("/echo", &[]);
    for part in [0, 3, request.len() - 2] {
        let mut client = server.raw().await;
        client.write(&request.as_bytes()[..part]).await;
        assert_eq!(client.rest().await, b"", "after {part} bytes");
    }
}

#[tokio::test]
async fn a_client_that_drips_its_request_is_cut_off() {
    let server = impatient().await;
    let mut client = server.raw().await;
    client
        .write(b"GET /echo HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        .await;
    let (mut reader, mut writer) = client.into_inner().into_split();
    let drip = async {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        loop {
            pace.tick().await;
            if writer.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        // A FIN, or a reset by what came after it.
        _ = soon("the end", reader.read_to_end(&mut answer)) => {}
        () = drip => {}
    }
    assert_eq!(answer, b"");
}

#[tokio::test]
async fn others_are_served_while_one_is_slow() {
    let server = TestServer::start().await;
    let mut slow = server.raw().await;
    let request = handshake("/echo", &[]);
    let (begun, rest) = request.split_at(40);
    slow.write(begun.as_bytes()).await;
    for _ in 0..20 {
        assert_eq!(server.ask(&request).await.status, 101);
    }
    slow.write(rest.as_bytes()).await;
    assert_eq!(slow.response().await.status, 101);
}

#[tokio::test]
async fn a_head_may_be_as_large_as_big_cookies_need_and_no_larger() {
    let server = TestServer::start().await;
    for (length, status) in [(30_000, 101), (64_000, 431), (200_000, 431)] {
        let cookie = format!("Cookie: {}", "x".repeat(length));
        let response = server.ask(handshake("/echo", &[&cookie])).await;
        assert_eq!(response.status, status, "{length}");
    }
    let path = format!("/echo?{}", "x".repeat(200_000));
    let status = server.ask(handshake(&path, &[])).await.status;
    assert!(matches!(status, 414 | 431), "{status}");
    let headers: Vec<_> = (0..1000).map(|n| format!("X-{n}: 1")).collect();
    let headers: Vec<_> = headers.iter().map(String::as_str).collect();
    assert_eq!(server.ask(handshake("/echo", &headers)).await.status, 431);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let server = TestServer::start().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"hello\r\n\r\n",
        b"GET /echo\r\n\r\n",
    ] {
        let mut client = server.raw().await;
        client.write(bytes).await;
        assert!(client.response().await.status >= 400);
        client.rest().await;
    }
    assert_eq!(server.ask(handshake("/echo", &[])).await.status, 101);
}

async fn impatient() -> TestServer {
    let builder = Server::builder().handshake_timeout(Duration::from_millis(300));
    TestServer::start_with(builder).await
}
