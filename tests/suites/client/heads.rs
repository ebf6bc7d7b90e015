//! How large the head of a server's answer may be.

use wspring::prelude::*;
use wspring::{Client, ErrorKind, Refused};
use wspring_tests::RawServer;

use super::fail;

/// The error of a client whose server refuses with these header lines.
async fn refused(client: &Client, lines: &str) -> Error {
    let server = RawServer::listen().await;
    let answer = format!("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n{lines}\r\n");
    let (error, _peer) = tokio::join!(fail(client, server.url("/")), server.answer(&answer));
    error
}

fn fields(number: usize) -> String {
    (0..number).map(|n| format!("x-{n}: a\r\n")).collect()
}

fn bytes(number: usize) -> String {
    format!("set-cookie: {}\r\n", "x".repeat(number))
}

#[tokio::test]
async fn k1_the_error_for_a_head_that_is_too_large_names_the_limits() {
    for lines in [fields(128), fields(5000), bytes(33_000), bytes(200_000)] {
        let error = refused(&Client::new(), &lines).await;
        assert_eq!(error.kind(), ErrorKind::Protocol);
        let text = error.to_string();
        for part in [
            "32768 bytes",
            "128 fields",
            "max_head_bytes",
            "max_head_fields",
        ] {
            assert!(text.contains(part), "`{part}` is not in: {text}");
        }
    }
}

#[tokio::test]
async fn k1_a_head_within_the_limits_is_read() {
    let large = Client::new().max_head_bytes(300_000).max_head_fields(1000);
    for (client, lines) in [
        (&Client::new(), fields(127)),
        (&Client::new(), bytes(32_000)),
        (&large, fields(999)),
        (&large, bytes(200_000)),
    ] {
        let error = refused(client, &lines).await;
        let refused = Refused::of(&error).unwrap_or_else(|| panic!("{error}"));
        assert_eq!(refused.status(), 401);
    }
}

#[tokio::test]
async fn k5_limits_out_of_their_bounds_are_named() {
    for (client, name) in [
        (Client::new().max_head_bytes(0), "`max_head_bytes`"),
        (Client::new().max_head_fields(100_000), "`max_head_fields`"),
    ] {
        let error = fail(&client, "ws://127.0.0.1:1/".to_owned()).await;
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(name), "{error}");
    }
}
