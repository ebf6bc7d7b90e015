//! Row K5: the settings of a client.

use std::time::Duration;

use wspring::prelude::*;
use wspring::{Client, Compression, ErrorKind, Unhandled};
use wspring_tests::{RawServer, Recorder, TestServer, events};

use super::{fail, listen};

#[tokio::test]
async fn k5_settings_out_of_bounds_are_named() {
    let client = Client::new();
    for (client, name) in [
        (client.clone().max_message_size(0), "max_message_size"),
        (client.clone().outbox_bytes(0), "outbox_bytes"),
        (
            client.clone().send_timeout(Some(Duration::ZERO)),
            "send_timeout",
        ),
        (client.clone().outbox_messages(0), "outbox_messages"),
        (
            client.clone().connect_timeout(Duration::ZERO),
            "connect_timeout",
        ),
        (
            client.clone().ping_interval(Duration::from_nanos(1)),
            "ping_interval",
        ),
        (client.clone().pong_timeout(Duration::MAX), "pong_timeout"),
        (
            client.clone().message_timeout(Duration::ZERO),
            "message_timeout",
        ),
        (
            client.clone().write_timeout(Duration::ZERO),
            "write_timeout",
        ),
        (
            client.clone().idle_timeout(Some(Duration::ZERO)),
            "idle_timeout",
        ),
        (
            client.clone().close_timeout(Duration::ZERO),
            "close_timeout",
        ),
        (
            client.clone().compression(Compression::on().level(10)),
            "compression",
        ),
        (client.clone().max_fragments(0), "max_fragments"),
        (client.clone().header("a b", "c"), "header"),
        (client.clone().header("Upgrade", "h2c"), "`upgrade`"),
        (
            client.clone().header("content-length", "1"),
            "`content-length`",
        ),
        (
            client.clone().header("Sec-WebSocket-Protocol", "a b"),
            "`sec-websocket-protocol`",
        ),
        (client.clone().header("x-secret", "a\nb"), "x-secret"),
        (client.clone().subprotocols(["a b"]), "`a b`"),
        (client.clone().subprotocols([""]), "subprotocol"),
        (client.clone().subprotocols(["a", "a"]), "twice"),
    ] {
        let error = fail(&client, "ws://127.0.0.1:1/").await;
        assert_eq!(error.kind(), ErrorKind::Config, "{name}: {error}");
        assert!(error.to_string().contains(name), "{name}: {error}");
    }
}

#[tokio::test]
async fn k2_properties_of_the_client_are_those_of_each_session_from_the_start() {
    #[derive(Clone, Debug, PartialEq)]
    struct Plan(&'static str);
    let server = TestServer::start().await;
    let client = Client::new().property(Plan("free")).property(Plan("gold"));
    let (first, _) = listen(&client, server.url("/echo")).await;
    first.properties().insert(Plan("silver"));
    let (second, _) = listen(&client, server.url("/echo")).await;
    assert_eq!(first.properties().find(), Some(Plan("silver")));
    assert_eq!(second.properties().find(), Some(Plan("gold")));
}

#[tokio::test]
async fn k5_a_message_in_too_many_fragments_ends_the_session_with_1008() {
    let server = RawServer::listen().await;
    let client = Client::new().max_fragments(2);
    let ((_session, mut seen), (mut peer, _)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
    peer.write(b"\x01\x01a\x80\x01b\x01\x01a\x00\x01b\x80\x01c")
        .await;
    assert_eq!(seen.next().await, "text ab");
    let (frame, _) = peer.read_masked().await;
    assert_eq!(
        (frame.first, &frame.payload[..2]),
        (0x88, &[0x03, 0xf0][..])
    );
    drop(peer);
    assert!(seen.next().await.starts_with("1008 by the runtime"));
}

#[tokio::test]
async fn k5_a_message_above_the_limit_ends_the_session_with_1009() {
    let server = TestServer::start().await;
    let client = Client::new().max_message_size(10);
    let (session, mut seen) = listen(&client, server.url("/echo")).await;
    session.send("ten bytes.").await.expect("an open session");
    assert_eq!(seen.next().await, "text ten bytes.");
    session.send("eleven byte").await.expect("an open session");
    let error = seen.next().await;
    assert!(
        error.starts_with("error ") && error.contains("the limit is 10"),
        "{error}"
    );
    let reason = seen.next().await;
    assert!(reason.starts_with("1009 by the runtime"), "{reason}");
}

#[tokio::test]
async fn k5_the_outbox_is_bounded() {
    let server = TestServer::start().await;
    let client = Client::new().outbox_bytes(100).outbox_messages(1);
    let (session, _seen) = listen(&client, server.url("/echo")).await;
    let error = session
        .try_send("x".repeat(101))
        .expect_err("a small outbox");
    assert!(
        matches!(
            error,
            SendError::TooLarge {
                size: 101,
                limit: 100
            }
        ),
        "{error}"
    );
    session.try_send("one").expect("room for one");
    let full = session.try_send("two").expect_err("no room for two");
    assert!(matches!(full, SendError::Full), "{full}");
}

#[tokio::test]
async fn k5_the_server_is_pinged_and_one_that_is_silent_counts_as_gone() {
    let server = RawServer::listen().await;
    let client = Client::new()
        .ping_interval(Duration::from_millis(20))
        .pong_timeout(Duration::from_millis(20));
    let ((_session, mut seen), (mut peer, _)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
    let (ping, _) = peer.read_masked().await;
    assert_eq!((ping.first, ping.payload.len()), (0x89, 0));
    assert_eq!(
        seen.next().await,
        "1006 by the runtime: no answer to a ping, unclean"
    );
}

#[tokio::test]
async fn k5_an_idle_session_is_closed_with_1001() {
    let server = TestServer::start().await;
    let client = Client::new().idle_timeout(Some(Duration::from_millis(20)));
    let (_session, mut seen) = listen(&client, server.url("/echo")).await;
    assert_eq!(
        seen.next().await,
        "1001 by the runtime: idle for too long, clean"
    );
}

/// Takes text alone.
struct TextOnly(Recorder<String>);

#[client_endpoint]
impl TextOnly {
    #[on_message]
    fn text(&self, text: &str) {
        self.0.record(text);
    }

    #[on_close]
    fn close(&self, reason: CloseReason) {
        self.0.record(reason.to_string());
    }
}

#[tokio::test]
async fn k5_e11_a_kind_that_no_handler_takes_ends_the_session_or_is_ignored() {
    let server = TestServer::start().await;
    for (client, expected) in [
        (
            Client::new(),
            "1003 by the runtime: no handler takes binary messages",
        ),
        (Client::new().unhandled(Unhandled::Ignore), "still here"),
    ] {
        let (recorder, mut seen) = events::<String>();
        let url = server.url("/echo");
        let connected = client.connect_with(url, |_| TextOnly(recorder)).await;
        let session = connected.unwrap_or_else(|error| panic!("not connected: {error}"));
        session.send(vec![1]).await.expect("an open session");
        // The first one may have closed it by now.
        let _ = session.send("still here").await;
        assert_eq!(seen.next().await, expected);
    }
}
