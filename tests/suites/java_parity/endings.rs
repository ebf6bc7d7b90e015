//! Ends that nobody asked for: a peer that goes, a handler that fails, a server that stops, time that is over.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use wspring::prelude::*;
use wspring::{ErrorKind, Initiator};
use wspring_tests::{RawClient, TestServer, soon};

use crate::endpoint::{Event, Events, start, start_with};

/// Java: `@OnError` with an `EOFException`, then `@OnClose` 1006, for everybody who just goes away.
/// Ours: `#[on_close]` 1006, not clean; nothing is wrong that `#[on_error]` could mend.
#[tokio::test]
async fn abrupt_fin() {
    let (server, mut events) = start().await;
    drop(open(&server, &mut events).await);
    let closed = events.closed().await;
    assert_eq!(
        (closed.code, closed.initiator, closed.clean),
        (CloseCode::ABNORMAL, Initiator::Peer, false)
    );
    assert_eq!(events.rest(), []);
}

/// Java: `@OnError` with a `SocketException`, then `@OnClose` 1006.
/// Ours: as for a FIN.
#[tokio::test]
async fn abrupt_rst() {
    let (server, mut events) = start().await;
    open(&server, &mut events).await.reset();
    let closed = events.closed().await;
    assert_eq!(
        (closed.code, closed.initiator, closed.clean),
        (CloseCode::ABNORMAL, Initiator::Peer, false)
    );
    assert_eq!(events.rest(), []);
}

/// Java: a Close frame with 1002, then the end; `@OnClose` 1006.
/// Ours: the end; `#[on_close]` 1006. Who stopped sending without a Close frame has gone.
#[tokio::test]
async fn half_close() {
    let (server, mut events) = start().await;
    let mut stream = open(&server, &mut events).await.into_inner();
    stream.shutdown().await.unwrap();
    assert_eq!(events.closed().await.code, CloseCode::ABNORMAL);
    let mut rest = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
    soon("the end", read).await.unwrap();
}

/// Java: `@OnError`, then 1002 on the wire and `@OnClose` 1006, whatever was thrown.
/// Ours: an error is for `#[on_error]`, and the session stays open; a panic ends it with 1011.
#[tokio::test]
async fn exception_in_on_message() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client.frame(0x81, b"fail").await;
    assert_eq!(events.next().await, Event::Text("fail".to_owned()));
    assert_eq!(events.next().await, Event::Error(ErrorKind::Handler));
    client.frame(0x81, b"go on").await;
    assert_eq!(events.next().await, Event::Text("go on".to_owned()));

    client.frame(0x81, b"panic").await;
    assert_eq!(events.next().await, Event::Text("panic".to_owned()));
    assert_eq!(events.next().await, Event::Error(ErrorKind::Panic));
    assert_eq!(client.read_close().await.0, 1011);
    client.frame(0x88, &1011_u16.to_be_bytes()).await;
    assert_eq!(events.closed().await.code, CloseCode::INTERNAL_ERROR);
}

/// Java: `@OnError`, a Close frame with 1000, and an open TCP connection.
/// Ours: `#[on_error]`, 1011 and the end; there is no endpoint to be told of the close.
#[tokio::test]
async fn exception_in_on_open() {
    let (server, mut events) = start().await;
    let mut client = RawClient::upgraded(server.address(), "/open-fails").await;
    assert_eq!(events.next().await, Event::Error(ErrorKind::Handler));
    assert_eq!(client.read_close().await.0, 1011);
    client.frame(0x88, &1011_u16.to_be_bytes()).await;
    assert_eq!(client.rest().await, b"");
    server.stop().await;
    assert_eq!(events.rest(), []);
}

/// Java: `@OnError`; nothing of it is seen on the wire.
/// Ours: the same.
#[tokio::test]
async fn exception_in_on_close() {
    let (server, mut events) = start().await;
    let mut client = RawClient::upgraded(server.address(), "/close-fails").await;
    client.frame(0x88, &1000_u16.to_be_bytes()).await;
    assert_eq!(client.read_close().await, (1000, String::new()));
    events.closed().await;
    assert_eq!(events.next().await, Event::Error(ErrorKind::Handler));
}

/// Java: `Session.isOpen()` is false in `@OnClose` (true in Tomcat 10.1).
/// Ours: false.
#[tokio::test]
async fn f8_is_open_in_on_close() {
    let (server, mut events) = start().await;
    let client = server.connect("/told/1").await;
    events.opened().await;
    client.close().await;
    let event = events.next().await;
    assert!(matches!(event, Event::Closed(_, false)), "{event:?}");

    drop(open(&server, &mut events).await);
    let event = events.next().await;
    assert!(matches!(event, Event::Closed(_, false)), "{event:?}");
}

/// Java: every client gets 1001 `The web application is stopping`, then the end; `@OnClose` 1001.
/// Ours: the same with a reason of our own.
#[tokio::test]
async fn server_shutdown() {
    let (server, mut events) = start().await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(open(&server, &mut events).await);
    }
    let clients = async {
        for client in &mut clients {
            let (code, reason) = client.read_close().await;
            assert_eq!((code, reason.is_empty()), (1001, false), "{reason}");
            client.frame(0x88, &1001_u16.to_be_bytes()).await;
            assert_eq!(client.rest().await, b"");
        }
    };
    tokio::join!(server.stop(), clients);
    for _ in 0..3 {
        let closed = events.closed().await;
        assert_eq!((closed.code, closed.clean), (CloseCode::GOING_AWAY, true));
    }
}

/// Java: none, so a session may be idle for ever.
/// Ours: none either; a peer that answers pings stays, and a push still arrives.
#[tokio::test]
async fn idle_timeout_default() {
    let builder = Server::builder()
        .ping_interval(Duration::from_millis(20))
        .pong_timeout(Duration::from_secs(60));
    let (server, mut events) = start_with(builder).await;
    let mut client = RawClient::upgraded(server.address(), "/webSocket/1").await;
    events.opened().await;
    for _ in 0..20 {
        let ping = client.read_ping().await;
        client.frame(0x8a, &ping.payload).await;
    }
    server.handle().send_info("still here", 1).await.unwrap();
    assert_eq!(client.read_frame().await.payload, b"still here");
}

/// Java: with `setMaxIdleTimeout(2000)` 1001 after up to 12 s; TCP stays open until the client answers.
/// Ours: the heartbeat finds who is silent: after the pong timeout the end, `#[on_close]` 1006.
#[tokio::test]
async fn idle_peer_that_does_not_answer() {
    let builder = Server::builder()
        .ping_interval(Duration::from_millis(50))
        .pong_timeout(Duration::from_millis(200));
    let (server, mut events) = start_with(builder).await;
    let mut client = open(&server, &mut events).await;
    let closed = events.closed().await;
    assert_eq!(
        (closed.code, closed.initiator),
        (CloseCode::ABNORMAL, Initiator::Runtime)
    );
    assert!(!closed.clean);
    let pings = client.rest().await;
    assert!(pings.starts_with(&[0x89, 0]), "it was pinged: {pings:?}");
}

/// Java: waits without limit.
/// Ours: 1008 after the message timeout (60 s if it is not set).
#[tokio::test]
async fn frame_that_is_never_finished() {
    let builder = Server::builder().message_timeout(Duration::from_millis(200));
    let (server, mut events) = start_with(builder).await;
    let mut client = open(&server, &mut events).await;
    client
        .write(&[0x81, 0x80 | 10, 0, 0, 0, 0, b'h', b'i'])
        .await;
    assert_eq!(client.read_close().await.0, 1008);
    client.frame(0x88, &[]).await;
    assert_eq!(events.closed().await.code, CloseCode::POLICY);
}

async fn open(server: &TestServer, events: &mut Events) -> RawClient {
    let client = RawClient::upgraded(server.address(), "/told/1").await;
    events.opened().await;
    client
}
