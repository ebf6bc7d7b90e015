//! How large the head of a request may be: what is taken, and what the answer says about more.

use std::convert::Infallible;

use http::{HeaderName, HeaderValue, Request, Response};
use hyper::body::Incoming;
use tower::service_fn;
use wspring::ErrorKind;
use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{Http2Client, Log, TestServer};

/// The fields of the handshake itself.
const OWN: usize = 5;

/// A handshake with so many fields.
fn with_fields(fields: usize) -> String {
    let more: Vec<_> = (OWN..fields).map(|n| format!("X-{n}: a")).collect();
    handshake(
        "/echo",
        &more.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

/// A handshake whose head has so many bytes.
fn with_bytes(bytes: usize) -> String {
    let cookie = |length| format!("Cookie: {}", "x".repeat(length));
    let least = handshake("/echo", &[&cookie(0)]).len();
    handshake("/echo", &[&cookie(bytes - least)])
}

#[tokio::test]
async fn a_request_may_have_128_fields_and_the_answer_to_more_says_so() {
    let server = TestServer::start().await;
    for fields in [OWN + 96, 128] {
        let response = server.ask(with_fields(fields)).await;
        assert_eq!(response.status, 101, "{fields}: {response:?}");
    }
    for fields in [129, 300, 500] {
        let response = server.ask(with_fields(fields)).await;
        assert_eq!(response.status, 431, "{fields}: {response:?}");
        for part in ["`max_head_fields`", "takes 128", &fields.to_string()] {
            assert!(response.body.contains(part), "`{part}`: {}", response.body);
        }
    }
}

#[tokio::test]
async fn a_head_may_have_32_kib_and_the_answer_to_more_says_so() {
    let server = TestServer::start().await;
    let response = server.ask(with_bytes(32_768)).await;
    assert_eq!(response.status, 101, "{response:?}");
    for bytes in [32_769, 50_000, 65_000] {
        let response = server.ask(with_bytes(bytes)).await;
        assert_eq!(response.status, 431, "{bytes}: {response:?}");
        for part in ["`max_head_bytes`", "takes 32768", &bytes.to_string()] {
            assert!(response.body.contains(part), "`{part}`: {}", response.body);
        }
    }
}

#[tokio::test]
async fn both_limits_can_be_set() {
    let small = Server::builder().max_head_bytes(1024).max_head_fields(16);
    let small = TestServer::start_with(small).await;
    let large = Server::builder()
        .max_head_bytes(200_000)
        .max_head_fields(1000);
    let large = TestServer::start_with(large).await;
    for (server, request, status) in [
        (&small, with_fields(16), 101),
        (&small, with_fields(17), 431),
        (&small, with_bytes(1024), 101),
        (&small, with_bytes(1025), 431),
        (&large, with_fields(1000), 101),
        (&large, with_fields(1001), 431),
        (&large, with_bytes(200_000), 101),
        (&large, with_bytes(200_001), 431),
    ] {
        let response = server.ask(&request).await;
        assert_eq!(
            response.status,
            status,
            "{} bytes: {response:?}",
            request.len()
        );
        assert_eq!(
            response.body.contains("`max_head_"),
            status == 431,
            "{response:?}"
        );
    }
}

#[tokio::test]
async fn after_a_head_that_was_too_large_the_same_connection_can_ask_again() {
    let server = TestServer::start().await;
    let mut client = server.raw().await;
    for (request, status) in [
        (with_fields(129), 431),
        (with_bytes(40_000), 431),
        (with_fields(128), 101),
    ] {
        client.write(request.as_bytes()).await;
        assert_eq!(client.response().await.status, status);
    }
}

/// hyper gives up before there is a request to answer; then the log is all that can say why.
#[tokio::test]
async fn a_head_that_is_far_too_large_is_431_and_the_log_names_the_settings() {
    for request in [with_bytes(300_000), with_fields(2000)] {
        let log = Log::start();
        let server = TestServer::start().await;
        assert_eq!(server.ask(request).await.status, 431);
        // The line is written when the connection is over, and no later than the server.
        server.stop().await;
        let lines = log.lines("WARN").concat();
        for part in ["`max_head_bytes`", "`max_head_fields`", "431"] {
            assert!(lines.contains(part), "`{part}` is not in: {lines}");
        }
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_logged() {
    let log = Log::start();
    let server = TestServer::start().await;
    assert_eq!(server.ask(with_fields(129)).await.status, 431);
    let lines = log.lines("WARN").concat();
    assert!(lines.contains("`max_head_fields`"), "{lines}");
}

#[tokio::test]
async fn the_fallback_service_has_the_same_limits() {
    let pages = service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new("a page".to_owned()))
    });
    let server = TestServer::start_with(Server::builder().fallback(pages)).await;
    let page = |fields| with_fields(fields).replacen("/echo", "/page", 1);
    assert_eq!(server.ask(page(128)).await.status, 200);
    let response = server.ask(page(129)).await;
    assert_eq!(response.status, 431);
    assert!(response.body.contains("`max_head_fields`"), "{response:?}");
}

#[tokio::test]
async fn over_http_2_the_answer_says_it_too() {
    let server = TestServer::start().await;
    let mut client = server.http2().await;
    let request = |fields: usize, length: usize| {
        let mut request = Http2Client::handshake("/echo");
        let headers = request.headers_mut();
        for n in 0..fields {
            let name = HeaderName::try_from(format!("x-{n}")).unwrap();
            headers.insert(name, HeaderValue::from_static("a"));
        }
        let value = HeaderValue::try_from("x".repeat(length)).unwrap();
        headers.insert("cookie", value);
        request
    };
    client.open_with(request(100, 30_000)).await;
    for (request, part) in [
        (request(200, 0), "`max_head_fields`"),
        (request(0, 33_000), "`max_head_bytes`"),
    ] {
        let answer = client.ask(request).await;
        assert_eq!(answer.status, 431);
        assert!(answer.body.contains(part), "{}", answer.body);
    }
    // Far more is refused by the stream's own layer, without a body, and costs its stream alone.
    let mut large = request(0, 0);
    for n in 0..90 {
        let name = HeaderName::try_from(format!("x-{n}")).unwrap();
        let value = HeaderValue::try_from("x".repeat(1000)).unwrap();
        large.headers_mut().insert(name, value);
    }
    assert_eq!(client.ask(large).await.status, 431);
    client.open_with(request(0, 0)).await;
}

#[tokio::test]
async fn limits_out_of_their_bounds_keep_the_server_from_starting() {
    for (builder, name) in [
        (Server::builder().max_head_bytes(1023), "`max_head_bytes`"),
        (
            Server::builder().max_head_bytes(usize::MAX),
            "`max_head_bytes`",
        ),
        (Server::builder().max_head_fields(0), "`max_head_fields`"),
        (Server::builder().max_head_fields(5000), "`max_head_fields`"),
    ] {
        let error = builder.address("127.0.0.1:0").bind().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(name), "{error}");
    }
}
