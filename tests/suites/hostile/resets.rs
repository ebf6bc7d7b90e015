//! Connections that are torn down at any moment.

use wspring::Server;
use wspring_tests::client::{handshake, masked_frame};
use wspring_tests::{Events, RawClient, TestServer, events};

use crate::Echo;

async fn server() -> (TestServer, Events<u16>) {
    let (recorder, events) = events::<u16>();
    let server = TestServer::start_with(Server::builder().state(Some(recorder))).await;
    (server, events)
}

/// Nobody is there any more, and the server serves.
async fn assert_over(server: TestServer, mut events: Events<u16>) {
    let mut client = server.connect("/echo").await;
    client.send("still there?").await;
    assert_eq!(client.text().await, "still there?");
    assert_eq!(server.handle().sessions::<Echo>().len(), 1);
    client.close().await;
    assert_eq!(events.next().await, 1000);
    server.stop().await;
    assert_eq!(events.rest(), [0_u16; 0]);
}

#[tokio::test]
async fn a_reset_at_any_byte_of_the_handshake_opens_nothing() {
    let (server, events) = server().await;
    let request = handshake("/echo", &[]);
    for end in 0..request.len() {
        let mut client = server.raw().await;
        client.write(&request.as_bytes()[..end]).await;
        client.reset();
    }
    assert_over(server, events).await;
}

#[tokio::test]
async fn a_reset_at_any_byte_of_a_message_ends_its_session_with_1006() {
    let (server, mut events) = server().await;
    let frames = [
        masked_frame(0x01, b"begun"),
        masked_frame(0x89, b"ping"),
        masked_frame(0x80, &[b'x'; 200]),
    ]
    .concat();
    for end in 0..frames.len() {
        let mut client = opened(&server).await;
        client.write(&frames[..end]).await;
        client.reset();
        assert_eq!(events.next().await, 1006, "after {end} bytes");
    }
    assert_over(server, events).await;
}

#[tokio::test]
async fn a_reset_in_the_closing_handshake_ends_its_session_once() {
    let (server, mut events) = server().await;
    let close = masked_frame(0x88, b"\x0f\xa0bye");
    for end in 1..=close.len() {
        let mut client = opened(&server).await;
        client.write(&close[..end]).await;
        client.reset();
        // A Close frame that came whole counts, unless the reset was read before it.
        let code = events.next().await;
        let may_be_read = end == close.len() && code == 4000;
        assert!(code == 1006 || may_be_read, "{code} after {end} bytes");
    }
    assert_over(server, events).await;
}

/// A connection whose session is open.
async fn opened(server: &TestServer) -> RawClient {
    let mut client = RawClient::upgraded(server.address(), "/echo").await;
    client.frame(0x81, b"hello").await;
    assert_eq!(client.read_frame().await.payload, b"hello");
    client
}
