//! Servers that do not accept, or not as RFC 6455 §4.1 says.

use std::time::Duration;

use wspring::prelude::*;
use wspring::{Client, Compression, ErrorKind, Refused};
use wspring_tests::raw_server::switching;
use wspring_tests::{RawServer, TestServer};

use super::fail;

/// The error of a client whose server gives this answer.
async fn answered(client: &Client, answer: &str) -> Error {
    let server = RawServer::listen().await;
    let (error, _peer) = tokio::join!(fail(client, server.url("/")), server.answer(answer));
    error
}

#[tokio::test]
async fn k1_a_refusal_has_status_headers_and_body() {
    let error = answered(
        &Client::new(),
        "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 10\r\n\r\nno ticket!",
    )
    .await;
    assert_eq!(error.kind(), ErrorKind::Handshake);
    let refused = Refused::of(&error).expect("an answer");
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    assert_eq!(refused.body(), b"no ticket!");
    let text = error.to_string();
    assert!(
        text.contains("401") && text.contains("no ticket!"),
        "{text}"
    );
}

#[tokio::test]
async fn k1_our_own_server_refuses_with_404() {
    let server = TestServer::start().await;
    let error = fail(&Client::new(), server.url("/ecko")).await;
    let refused = Refused::of(&error).expect("an answer");
    assert_eq!(refused.status(), 404);
    assert!(error.to_string().contains("did you mean /echo?"), "{error}");
}

#[tokio::test]
async fn k6_a_redirect_is_a_refusal_that_says_where_to() {
    let error = answered(
        &Client::new(),
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: ws://elsewhere/\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    assert_eq!(Refused::of(&error).expect("an answer").status(), 307);
    assert!(
        error.to_string().contains("connect to ws://elsewhere/"),
        "{error}"
    );
}

#[tokio::test]
async fn k1_the_body_of_a_refusal_is_bounded() {
    let mut answer = "HTTP/1.1 503 Busy\r\ncontent-length: 1000000\r\n\r\n".to_owned();
    answer.push_str(&"x".repeat(100_000));
    let error = answered(&Client::new(), &answer).await;
    let refused = Refused::of(&error).expect("an answer");
    assert_eq!(refused.body().len(), 8 * 1024);
    assert!(error.to_string().len() < 400, "{error}");
}

#[tokio::test]
async fn k1_a_body_that_breaks_off_is_kept() {
    let server = RawServer::listen().await;
    let client = Client::new();
    let broken_off = async {
        let answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\nhalf a";
        let (peer, _) = server.answer(answer).await;
        drop(peer);
    };
    let (error, ()) = tokio::join!(fail(&client, server.url("/")), broken_off);
    assert_eq!(Refused::of(&error).expect("an answer").body(), b"half a");
}

#[tokio::test]
async fn section_4_1_each_header_of_the_answer_is_checked() {
    let good = switching(&[]);
    let without = |name: &str| -> String {
        let is_kept = |line: &&str| !line.starts_with(name);
        good.split_inclusive("\r\n").filter(is_kept).collect()
    };
    let plain = Client::new();
    for (answer, header) in [
        (without("Upgrade"), "Upgrade"),
        (
            good.replace("Upgrade: websocket", "Upgrade: h2c"),
            "Upgrade",
        ),
        (
            good.replace("Upgrade: websocket", "Upgrade: websocket\r\nUpgrade: h2c"),
            "Upgrade",
        ),
        (without("Connection"), "Connection"),
        (
            good.replace("Connection: Upgrade", "Connection: keep-alive"),
            "Connection",
        ),
        (without("Sec-WebSocket-Accept"), "Sec-WebSocket-Accept"),
        (
            good.replace("{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            "Sec-WebSocket-Accept",
        ),
        (
            switching(&["Sec-WebSocket-Accept: {accept}"]),
            "Sec-WebSocket-Accept",
        ),
        (
            switching(&["Sec-WebSocket-Protocol: chat"]),
            "Sec-WebSocket-Protocol",
        ),
        (
            switching(&["Sec-WebSocket-Extensions: permessage-deflate"]),
            "Sec-WebSocket-Extensions",
        ),
        (good.replace("HTTP/1.1", "HTTP/1.0"), "HTTP/1.1"),
    ] {
        let error = answered(&plain, &answer).await;
        assert!(error.to_string().contains(header), "{answer}{error}");
        let is_http_10 = header == "HTTP/1.1" && error.kind() == ErrorKind::Protocol;
        assert!(
            error.kind() == ErrorKind::Handshake || is_http_10,
            "{answer}{error}"
        );
        assert!(Refused::of(&error).is_none(), "{answer}");
    }
}

#[tokio::test]
async fn section_4_1_only_what_was_offered_may_be_chosen() {
    let client = Client::new()
        .subprotocols(["chat.v2", "chat.v1"])
        .compression(Compression::on());
    for headers in [
        &["Sec-WebSocket-Protocol: Chat.v2"][..],
        &["Sec-WebSocket-Protocol: chat.v3"],
        &["Sec-WebSocket-Protocol: chat.v2, chat.v1"],
        &[
            "Sec-WebSocket-Protocol: chat.v2",
            "Sec-WebSocket-Protocol: chat.v1",
        ],
        &["Sec-WebSocket-Protocol:"],
        &["Sec-WebSocket-Extensions: x-webkit-deflate-frame"],
        &["Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate"],
        &["Sec-WebSocket-Extensions: permessage-deflate"],
        &["Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; unknown"],
    ] {
        let error = answered(&client, &switching(headers)).await;
        assert_eq!(error.kind(), ErrorKind::Handshake, "{headers:?}");
        let name = headers[0].split(':').next().unwrap_or_default();
        assert!(error.to_string().contains(name), "{headers:?}: {error}");
    }
}

#[tokio::test]
async fn k1_what_is_not_http_is_told() {
    for answer in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"] {
        let error = answered(&Client::new(), answer).await;
        assert_eq!(error.kind(), ErrorKind::Protocol, "{answer}{error}");
    }
    let endless = format!(
        "HTTP/1.1 101 Switching Protocols\r\nx: {}",
        "x".repeat(200_000)
    );
    let error = answered(&Client::new(), &endless).await;
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
}

#[tokio::test]
async fn k1_a_server_that_hangs_up_is_told() {
    let server = RawServer::listen().await;
    let client = Client::new();
    let hangs_up = async { drop(server.accept().await) };
    let (error, ()) = tokio::join!(fail(&client, server.url("/")), hangs_up);
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
}

#[tokio::test]
async fn k1_nobody_who_listens_is_told() {
    let url = RawServer::listen().await.url("/");
    let error = fail(&Client::new(), url).await;
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error.to_string().starts_with("cannot connect to 127.0.0.1"),
        "{error}"
    );
}

#[tokio::test]
async fn k6_a_server_that_never_answers_is_given_up() {
    let server = RawServer::listen().await;
    let client = Client::new().connect_timeout(Duration::from_millis(50));
    for answer in ["", "HTTP/1.1 403 Forbidden\r\ncontent-len"] {
        let (error, (mut peer, _)) =
            tokio::join!(fail(&client, server.url("/")), server.answer(answer));
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("`connect_timeout`"), "{error}");
        assert_eq!(peer.rest().await, b"", "the client has gone");
    }
}

/// The answer is there, and the rest of its body is not waited for, however long the client would wait for an answer.
#[tokio::test]
async fn k1_a_refusal_counts_though_its_body_stops() {
    let server = RawServer::listen().await;
    let client = Client::new().connect_timeout(Duration::from_millis(50));
    let half = "HTTP/1.1 403 Forbidden\r\ncontent-length: 9\r\n\r\nhal";
    let (error, (mut peer, _)) = tokio::join!(fail(&client, server.url("/")), server.answer(half));
    let refused = Refused::of(&error).expect("an answer");
    assert_eq!(
        (refused.status().as_u16(), refused.body()),
        (403, &b"hal"[..])
    );
    assert_eq!(peer.rest().await, b"", "the client has gone");
}

#[tokio::test]
async fn k1_a_refusal_counts_though_nonsense_follows_it() {
    let answer = "HTTP/1.1 401 Who\r\ncontent-length: 0\r\n\r\nstray bytes";
    let error = answered(&Client::new(), answer).await;
    assert_eq!(
        Refused::of(&error).expect("an answer").status(),
        401,
        "{error}"
    );
}
