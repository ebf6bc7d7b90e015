//! What handlers of binary messages and pongs return (TCK: `ee/websocketmessagereturntype`); what handlers of text
//! return is in the suite `lifecycle`.

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Message as Sent;
use wspring::prelude::*;

use crate::start;

/// Answers each kind of message with another one, and takes part of what it got without a copy.
#[derive(Default)]
struct Crossed;

#[server_endpoint("/crossed")]
impl Crossed {
    #[on_message]
    fn text(&self, text: String) -> Vec<u8> {
        text.into_bytes()
    }

    #[on_message]
    fn binary(&self, bytes: Bytes) -> Option<Bytes> {
        (bytes.len() > 1).then(|| bytes.slice(1..))
    }

    #[on_message]
    fn pong(&self, Pong(bytes): Pong) -> Result<usize, String> {
        match bytes.len() {
            0 => Err("an empty pong".to_owned()),
            length => Ok(length),
        }
    }
}

#[tokio::test]
async fn b7_each_handler_answers_with_whatever_kind_it_returns() {
    let (server, _events) = start().await;
    let mut client = server.connect("/crossed").await;
    for (sent, got) in [
        (Sent::text("text"), Sent::binary(&b"text"[..])),
        (Sent::binary(&b"bytes"[..]), Sent::binary(&b"ytes"[..])),
        (Sent::Pong(Bytes::from_static(b"pong")), Sent::text("4")),
    ] {
        // These are answered with nothing, so the next answer is that of the next message.
        client.send(Sent::binary(&b"x"[..])).await;
        client.send(Sent::Pong(Bytes::new())).await;
        client.send(sent).await;
        assert_eq!(client.next().await, got);
    }
}
