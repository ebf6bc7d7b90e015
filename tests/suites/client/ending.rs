//! How connections of a client end.

use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use wspring::Client;
use wspring::prelude::*;
use wspring_tests::{RawServer, Recorder, TestServer, events};

use super::listen;

#[tokio::test]
async fn k1_the_server_closes() {
    let server = TestServer::start().await;
    let (session, mut seen) = listen(&Client::new(), server.url("/greeter?close=4321")).await;
    assert_eq!(seen.next().await, "4321 by the peer: as you asked, clean");
    assert!(!session.is_open());
}

#[tokio::test]
async fn k1_the_client_closes_with_a_code_of_its_own() {
    let server = TestServer::start().await;
    let (session, mut seen) = listen(&Client::new(), server.url("/echo")).await;
    let closed = session.close_with(CloseCode::new(3001), "enough");
    closed.expect("a good reason");
    assert_eq!(seen.next().await, "3001 by the application: enough, clean");
}

#[tokio::test]
async fn k1_a_server_that_stops_closes_with_1001() {
    let server = TestServer::start().await;
    let (_session, mut seen) = listen(&Client::new(), server.url("/echo")).await;
    server.stop().await;
    let reason = seen.next().await;
    assert!(reason.starts_with("1001 by the peer"), "{reason}");
}

/// Never opens.
struct Unready;

#[client_endpoint]
impl Unready {
    #[on_open]
    async fn open(told: State<Recorder<&'static str>>) -> Self {
        told.record("opening");
        pending().await
    }
}

#[tokio::test]
async fn k1_a_connection_that_nobody_waits_for_any_more_is_closed_and_cut_off() {
    let server = RawServer::listen().await;
    let (recorder, mut told) = events::<&'static str>();
    let client = Client::new()
        .state(recorder)
        .close_timeout(Duration::from_millis(50));
    let mut peer = {
        let mut connecting = pin!(client.connect::<Unready>(server.url("/")));
        let (peer, _) = tokio::select! {
            connected = &mut connecting => panic!("{connected:?}"),
            upgraded = server.upgrade(&[]) => upgraded,
        };
        tokio::select! {
            connected = &mut connecting => panic!("{connected:?}"),
            opening = told.next() => assert_eq!(opening, "opening"),
        }
        peer
    };
    let (frame, _) = peer.read_masked().await;
    assert_eq!(
        (frame.first, &frame.payload[..2]),
        (0x88, &[0x03, 0xe9][..])
    );
    // The handler is dropped, and with it the connection.
    assert_eq!(peer.rest().await, b"");
}

#[tokio::test]
async fn k1_a_server_that_vanishes_gives_1006() {
    let server = RawServer::listen().await;
    let client = Client::new();
    let (connected, (peer, _)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
    let (_session, mut seen) = connected;
    drop(peer);
    assert_eq!(seen.next().await, "1006 by the peer, unclean");
}

/// RFC 6455 §7.1.1: the server closes the TCP connection, and the client waits for that.
#[tokio::test]
async fn section_7_1_1_the_client_leaves_it_to_the_server_to_close_tcp() {
    for client_begins in [true, false] {
        let server = RawServer::listen().await;
        let client = Client::new().close_timeout(Duration::from_secs(60));
        let (connected, (mut peer, _)) =
            tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
        let (session, mut seen) = connected;
        if client_begins {
            session.close();
        } else {
            peer.write(b"\x88\x02\x03\xe8").await;
        }
        let (frame, _) = peer.read_masked().await;
        assert_eq!(
            (frame.first, frame.payload.as_slice()),
            (0x88, &[0x03, 0xe8][..])
        );
        if client_begins {
            peer.write(b"\x88\x02\x03\xe8").await;
        }
        let reason = seen.next().await;
        assert!(
            reason.starts_with("1000 by ") && reason.ends_with(", clean"),
            "{reason}"
        );
        // The client's side is still there: no FIN has come.
        let mut stream = peer.into_inner();
        let mut byte = [0];
        let read = stream.try_read(&mut byte);
        assert!(
            matches!(&read, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock),
            "{read:?}"
        );
        stream.shutdown().await.expect("a FIN");
        let end = wspring_tests::soon(
            "the client's FIN",
            tokio::io::AsyncReadExt::read(&mut stream, &mut byte),
        );
        assert_eq!(end.await.expect("no reset"), 0);
    }
}

/// A server that answers and then keeps the connection cannot keep the client.
#[tokio::test]
async fn section_7_1_1_the_client_waits_for_the_close_timeout_and_no_longer() {
    let server = RawServer::listen().await;
    let client = Client::new().close_timeout(Duration::from_millis(50));
    let (connected, (mut peer, _)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
    let (session, mut seen) = connected;
    session.close();
    peer.read_masked().await;
    peer.write(b"\x88\x02\x03\xe8").await;
    assert_eq!(seen.next().await, "1000 by the application, clean");
    assert_eq!(peer.rest().await, b"");
}

#[tokio::test]
async fn section_5_1_a_server_that_masks_breaks_the_protocol() {
    let server = RawServer::listen().await;
    let client = Client::new();
    let (connected, (mut peer, _)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
    let (_session, mut seen) = connected;
    peer.write(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")
        .await;
    let (frame, _) = peer.read_masked().await;
    assert_eq!(
        (frame.first, &frame.payload[..2]),
        (0x88, &[0x03, 0xea][..])
    );
    let reason = seen.next().await;
    assert!(reason.starts_with("1002 by the runtime"), "{reason}");
}
