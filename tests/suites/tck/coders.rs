//! Encoders and decoders, and what they throw (TCK: `ee/coder`, `ee/throwingcoder`).

use std::io;

use tokio_tungstenite::tungstenite::Message as Sent;
use wspring::BoxError;
use wspring::prelude::*;

use crate::{Seen, start};

/// Decoders in order: a number, then a command, then whatever else it is. Java: a list of decoders with `willDecode`.
enum Input {
    Number(i64),
    Command(String),
    Other(String),
}

impl<'m> FromMessage<'m> for Input {
    const KIND: MessageKind = MessageKind::Text;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        let text = message.text()?;
        if let Ok(number) = text.parse() {
            return Ok(Self::Number(number));
        }
        match text.strip_prefix('/') {
            Some("") => Err("a command has a name".into()),
            Some(command) => Ok(Self::Command(command.to_owned())),
            None => Ok(Self::Other(text.to_owned())),
        }
    }
}

/// Four bytes. An encoder of its own, for binary messages.
#[derive(Debug)]
struct Colour(u32);

impl<'m> FromMessage<'m> for Colour {
    const KIND: MessageKind = MessageKind::Binary;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        let bytes = message.binary()?.as_ref().try_into();
        let bytes = bytes.map_err(|_| io::Error::other("a colour has four bytes"))?;
        Ok(Self(u32::from_be_bytes(bytes)))
    }
}

impl IntoMessage for Colour {
    fn into_message(self) -> Result<Message, BoxError> {
        match self.0 {
            0 => Err(io::Error::other("black cannot be seen").into()),
            colour => Ok(Message::Binary(colour.to_be_bytes().to_vec().into())),
        }
    }
}

/// An encoder that chooses the kind of message by the value.
enum Output {
    Text(String),
    Colour(Colour),
}

impl IntoMessage for Output {
    fn into_message(self) -> Result<Message, BoxError> {
        match self {
            Self::Text(text) => text.into_message(),
            Self::Colour(colour) => colour.into_message(),
        }
    }
}

#[derive(Default)]
struct Coded;

#[server_endpoint("/coded")]
impl Coded {
    #[on_message]
    fn text(&self, input: Input) -> Output {
        match input {
            Input::Number(number) => Output::Colour(Colour(u32::try_from(number).unwrap_or(0))),
            Input::Command(name) => Output::Text(format!("command {name}")),
            Input::Other(text) => Output::Text(format!("other {text}")),
        }
    }

    #[on_message]
    async fn binary(&self, Colour(colour): Colour, session: &Session) -> Result<(), SendError> {
        session.send(Colour(colour >> 8)).await
    }

    #[on_error]
    fn error(error: &Error, seen: Seen) {
        seen.record(format!("{:?}: {error}", error.kind()));
    }
}

#[tokio::test]
async fn a3_e6_h1_h4_the_first_variant_that_fits_is_what_a_text_means() {
    let (server, _events) = start().await;
    let mut client = server.connect("/coded").await;
    for (sent, got) in [
        ("16909060", Sent::binary(vec![1, 2, 3, 4])),
        ("/help", Sent::text("command help")),
        ("1x", Sent::text("other 1x")),
        ("", Sent::text("other ")),
    ] {
        client.send(sent).await;
        assert_eq!(client.next().await, got, "{sent}");
    }
}

#[tokio::test]
async fn a4_h1_h3_the_type_that_is_sent_says_how_it_is_encoded() {
    let (server, _events) = start().await;
    let mut client = server.connect("/coded").await;
    client.send(vec![1_u8, 2, 3, 4]).await;
    assert_eq!(client.next().await, Sent::binary(vec![0, 1, 2, 3]));
    client.send("x").await;
    assert_eq!(client.text().await, "other x");
}

#[tokio::test]
async fn h5_h6_h7_a_coder_that_fails_is_told_in_its_own_words_and_the_session_stays_open() {
    let (server, mut events) = start().await;
    let mut client = server.connect("/coded").await;
    for (sent, kind, words) in [
        (Sent::text("/"), "Decode", "a command has a name"),
        (
            Sent::binary(vec![1, 2, 3]),
            "Decode",
            "a colour has four bytes",
        ),
        (Sent::binary(&b""[..]), "Decode", "a colour has four bytes"),
        // What a handler returns, and what it sends itself.
        (Sent::text("0"), "Encode", "black cannot be seen"),
        (
            Sent::binary(vec![0, 0, 0, 1]),
            "Handler",
            "black cannot be seen",
        ),
    ] {
        client.send(sent.clone()).await;
        let error = events.next().await;
        assert!(error.starts_with(kind), "{sent:?}: {error}");
        assert!(error.contains(words), "{sent:?}: {error}");
    }
    client.send("still there").await;
    assert_eq!(client.text().await, "other still there");
    client.close().await;
    assert_eq!(events.rest(), Vec::<String>::new());
}
