//! Which pages may connect, and what a refused one is told.

use wspring::Origins;
use wspring::prelude::*;
use wspring_tests::TestServer;
use wspring_tests::client::handshake;

/// A handshake of the page `origin`, sent to `host`.
fn page(origin: &str, host: &str) -> String {
    let request = handshake("/echo", &[&format!("Origin: {origin}")]);
    request.replacen("Host: localhost", &format!("Host: {host}"), 1)
}

#[tokio::test]
async fn a_foreign_origin_is_403_and_named() {
    let server = TestServer::start().await;
    for origin in [
        "https://evil.example",
        "http://localhost:1",
        "http://localhost.evil.example",
        "null",
        "",
    ] {
        let request = handshake("/echo", &[&format!("Origin: {origin}")]);
        let response = server.ask(request).await;
        assert_eq!(response.status, 403, "{origin}");
        assert!(response.body.contains(origin), "{}", response.body);
    }
    let own = handshake("/echo", &["Origin: http://localhost"]);
    assert_eq!(server.ask(own).await.status, 101);
}

#[tokio::test]
async fn an_allowed_origin_may_connect() {
    let page = handshake("/echo", &["Origin: https://app.example"]);
    let other = handshake("/echo", &["Origin: https://other.example"]);
    let listed = Origins::list(["https://app.example"]).unwrap();
    let server = TestServer::start_with(Server::builder().origins(listed)).await;
    assert_eq!(server.ask(&page).await.status, 101);
    assert_eq!(server.ask(&other).await.status, 403);
    let server = TestServer::start_with(Server::builder().origins(Origins::any())).await;
    assert_eq!(server.ask(&other).await.status, 101);
}

#[tokio::test]
async fn a_page_without_a_web_address_may_be_listed() {
    let listed = [
        "null",
        "file://",
        "chrome-extension://abcdefghijklmnop",
        "moz-extension://6c9f5b0e-1f0c-4c29-a4bd-1c9d1a7f7d5e",
    ];
    let origins = Origins::list(listed).unwrap();
    let server = TestServer::start_with(Server::builder().origins(origins)).await;
    for origin in listed {
        assert_eq!(
            server.ask(page(origin, "localhost")).await.status,
            101,
            "{origin}"
        );
    }
    for origin in [
        "chrome-extension://other",
        "chrome-extension://abcdefghijklmnop.evil.example",
        "file://evil.example",
        "null://",
        "http://null",
        "https://evil.example",
    ] {
        assert_eq!(
            server.ask(page(origin, "localhost")).await.status,
            403,
            "{origin}"
        );
    }
}

/// A proxy that passes on its own idea of the host is the usual reason.
#[tokio::test]
async fn a_refused_page_is_told_what_was_compared_with_what() {
    let server = TestServer::start().await;
    let response = server
        .ask(page("https://app.example:8443", "app.example"))
        .await;
    assert_eq!(response.status, 403);
    for part in [
        "origin https://app.example:8443",
        "Host is app.example,",
        "`origins`",
        "proxy_set_header Host $http_host",
    ] {
        assert!(
            response.body.contains(part),
            "`{part}` is not in: {}",
            response.body
        );
    }
}

#[tokio::test]
async fn an_origin_that_would_forge_a_line_is_escaped() {
    let server = TestServer::start().await;
    let origin = "https://evil.example/\u{85}\u{2028}\u{202e}";
    let response = server.ask(page(origin, "localhost")).await;
    assert_eq!(response.status, 403);
    assert!(
        response.body.contains(r"\u{85}\u{2028}\u{202e}"),
        "{}",
        response.body
    );
}
