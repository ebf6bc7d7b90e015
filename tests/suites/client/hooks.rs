//! Rows K3, I8 and I9: what a client sends, and what it learns from the answer.

use std::sync::{Arc, Mutex};

use http::HeaderValue;
use wspring::{Client, Compression, Refused};
use wspring_tests::raw_server::header;
use wspring_tests::{RawServer, TestServer, events};

use super::{fail, listen};

#[tokio::test]
async fn i8_section_4_1_the_request_is_a_good_handshake_and_the_answer_can_be_read() {
    let server = RawServer::listen().await;
    let client = Client::new()
        .header("authorization", "Bearer 123")
        .header("cookie", "a=1")
        .header("cookie", "b=2")
        .before_request(|headers| {
            for (name, value) in [
                ("upgrade", "h2c"),
                ("content-length", "10"),
                ("sec-websocket-extensions", "bogus"),
            ] {
                headers.insert(name, HeaderValue::from_static(value));
            }
        });
    let url = server.url("/path%20a?b=c");
    let ((session, _seen), (_peer, request)) =
        tokio::join!(listen(&client, &url), server.upgrade(&["X-Node: 7"]));
    assert!(
        request.starts_with("GET /path%20a?b=c HTTP/1.1\r\n"),
        "{request}"
    );
    let sent = |name| header(&request, name);
    assert_eq!(sent("host"), Some(server.address().to_string().as_str()));
    assert_eq!(sent("upgrade"), Some("websocket"));
    assert_eq!(sent("connection"), Some("Upgrade"));
    assert_eq!(sent("sec-websocket-version"), Some("13"));
    assert_eq!(sent("sec-websocket-key").map(str::len), Some(24));
    assert_eq!(sent("sec-websocket-extensions"), None);
    assert_eq!(sent("content-length"), None);
    assert_eq!(sent("origin"), None);
    assert_eq!(sent("authorization"), Some("Bearer 123"));
    assert_eq!(request.matches("cookie: ").count(), 2, "{request}");

    assert_eq!(session.uri().to_string(), url);
    assert_eq!(session.headers()["authorization"], "Bearer 123");
    assert_eq!(session.remote_addr(), Some(server.address()));
    let answer = session.handshake().response_headers().expect("an answer");
    assert_eq!(answer["x-node"], "7");
}

#[tokio::test]
async fn section_4_1_each_request_has_another_key() {
    let server = RawServer::listen().await;
    let client = Client::new();
    let mut keys = Vec::new();
    for _ in 0..2 {
        let (_connected, (_peer, request)) =
            tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
        keys.push(header(&request, "sec-websocket-key").map(str::to_owned));
    }
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn k3_before_request_may_change_headers_each_time() {
    let server = RawServer::listen().await;
    let count = Arc::new(Mutex::new(0));
    let client = Client::new()
        .header("x-ticket", "stale")
        .before_request(move |headers| {
            let mut count = count.lock().expect("no panic");
            *count += 1;
            headers.insert("x-ticket", HeaderValue::from(*count));
            headers.insert("sec-websocket-protocol", HeaderValue::from_static("late"));
            // Without them it would be no handshake.
            headers.remove("host");
            headers.remove("upgrade");
        });
    for ticket in ["1", "2"] {
        let (_connected, (_peer, request)) = tokio::join!(
            listen(&client, server.url("/")),
            server.upgrade(&["Sec-WebSocket-Protocol: late"])
        );
        assert_eq!(header(&request, "x-ticket"), Some(ticket));
        assert_eq!(header(&request, "upgrade"), Some("websocket"));
        assert!(header(&request, "host").is_some(), "{request}");
    }
}

#[tokio::test]
async fn k3_after_response_sees_success_and_refusal() {
    let server = TestServer::start().await;
    let (recorder, mut seen) = events::<String>();
    let client = Client::new().after_response(move |response| {
        let body = String::from_utf8_lossy(response.body());
        recorder.record(format!("{} {}", response.status().as_u16(), body.trim()));
    });
    let (_session, _) = listen(&client, server.url("/echo")).await;
    assert_eq!(seen.next().await, "101 ");
    let error = fail(&client, server.url("/nothing")).await;
    assert_eq!(Refused::of(&error).expect("an answer").status(), 404);
    let refusal = seen.next().await;
    assert!(
        refusal.starts_with("404 no WebSocket endpoint"),
        "{refusal}"
    );
    // Where nobody answers, there is nothing to be seen.
    fail(&client, "ws://127.0.0.1:1/").await;
    assert_eq!(seen.rest(), Vec::<String>::new());
}

#[tokio::test]
async fn i9_a_session_opens_where_no_subprotocol_is_chosen() {
    let server = RawServer::listen().await;
    let client = Client::new().subprotocols(["chat.v2", "chat.v1"]);
    let ((session, _seen), (_peer, request)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
    assert_eq!(
        header(&request, "sec-websocket-protocol"),
        Some("chat.v2, chat.v1")
    );
    assert_eq!(session.subprotocol(), None);
}

#[tokio::test]
async fn k2_the_offer_of_compression_is_that_of_the_settings() {
    let server = RawServer::listen().await;
    let client = Client::new().compression(Compression::on().window_bits(10));
    let (_connected, (_peer, request)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
    assert_eq!(
        header(&request, "sec-websocket-extensions"),
        Some(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             server_max_window_bits=10; client_max_window_bits=10"
        )
    );
}
