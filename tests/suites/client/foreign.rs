//! A server of the crate tokio-tungstenite, which is not wspring's own code.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use wspring::Client;
use wspring_tests::soon;

use super::listen;

/// Accepts one connection, which gets the subprotocol `second`.
async fn accept(listener: TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = soon("a TCP connection", listener.accept())
        .await
        .expect("a connection");
    #[expect(clippy::result_large_err, reason = "the type is tungstenite's")]
    let choose = |request: &Request, mut response: Response| {
        assert_eq!(request.headers()["sec-websocket-protocol"], "first, second");
        let chosen = "second".parse().expect("a value");
        response
            .headers_mut()
            .insert("sec-websocket-protocol", chosen);
        Ok(response)
    };
    accept_hdr_async(stream, choose)
        .await
        .expect("a good handshake")
}

#[tokio::test]
async fn k2_a_foreign_server_understands_the_client() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "ws://{}/path?query",
        listener.local_addr().expect("an address")
    );
    let client = Client::new().subprotocols(["first", "second"]);
    let ((session, mut seen), mut peer) = tokio::join!(listen(&client, url), accept(listener));
    assert_eq!(session.subprotocol(), Some("second"));

    for size in [0, 1, 125, 126, 5000, 70_000] {
        let text = "x".repeat(size);
        session.send(text.as_str()).await.expect("an open session");
        assert_eq!(next(&mut peer).await, Message::text(text));
    }
    session.send(vec![1_u8, 2]).await.expect("an open session");
    assert_eq!(next(&mut peer).await, Message::binary(vec![1_u8, 2]));

    peer.send(Message::text("hello"))
        .await
        .expect("an open connection");
    assert_eq!(seen.next().await, "text hello");
    peer.send(Message::Ping("sent by hand".into()))
        .await
        .expect("an open connection");
    assert_eq!(next(&mut peer).await, Message::Pong("sent by hand".into()));
    peer.send(Message::Pong("unasked".into()))
        .await
        .expect("an open connection");
    assert_eq!(seen.next().await, "pong b\"unasked\"");

    let reason = CloseFrame {
        code: 4000.into(),
        reason: "over".into(),
    };
    peer.close(Some(reason)).await.expect("an open connection");
    assert_eq!(seen.next().await, "4000 by the peer: over, clean");
    while peer.next().await.is_some() {}
}

/// The next message that is no ping of the client's own.
async fn next(peer: &mut WebSocketStream<TcpStream>) -> Message {
    loop {
        let message = soon("a message", peer.next()).await.expect("a message");
        match message.expect("an open connection") {
            Message::Ping(payload) if payload.is_empty() => {}
            message => return message,
        }
    }
}
