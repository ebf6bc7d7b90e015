//! Decoders and encoders: types with `FromMessage` and `IntoMessage`, and enums that try one after the other.

use std::error::Error as _;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use wspring::prelude::*;
use wspring::{BoxError, ErrorKind, NoVariant};
use wspring_tests::Recorder;

use crate::{BINARY, Event, Scene, Seen, TEXT};

/// Made from text and written as text: `x,y`.
struct Point {
    x: i32,
    y: i32,
}

/// Made from four bytes and written as such.
struct Word(u32);

/// Takes the content out of the message before it looks at it, and takes only shouts.
struct Shout(String);

#[derive(Deserialize, Serialize)]
struct Named {
    name: String,
}

/// Cannot be written.
struct Unwritable;

impl<'m> FromMessage<'m> for Point {
    const KIND: MessageKind = MessageKind::Text;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        let (x, y) = message.text()?.split_once(',').ok_or("no comma")?;
        Ok(Self {
            x: x.parse()?,
            y: y.parse()?,
        })
    }
}

impl IntoMessage for Point {
    fn into_message(self) -> Result<Message, BoxError> {
        Ok(Message::Text(format!("{},{}", self.x, self.y)))
    }
}

impl<'m> FromMessage<'m> for Word {
    const KIND: MessageKind = MessageKind::Binary;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        let bytes = message.binary()?.as_ref().try_into();
        let bytes = bytes.map_err(|_| "a word has four bytes")?;
        Ok(Self(u32::from_be_bytes(bytes)))
    }
}

impl IntoMessage for Word {
    fn into_message(self) -> Result<Message, BoxError> {
        self.0.to_be_bytes().into_message()
    }
}

impl<'m> FromMessage<'m> for Shout {
    const KIND: MessageKind = MessageKind::Text;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        let text = String::from_message(message)?;
        if text.ends_with('!') {
            Ok(Self(text))
        } else {
            Err("not loud enough".into())
        }
    }
}

impl IntoMessage for Unwritable {
    fn into_message(self) -> Result<Message, BoxError> {
        Err("it cannot be written".into())
    }
}

/// Text, in this order.
#[derive(FromMessage)]
enum Command {
    Shout(Shout),
    Named { what: Json<Named> },
    Point(Point),
    Number(i64),
    Word(char),
}

#[derive(FromMessage)]
enum Packet {
    Word(Word),
    Other(Bytes),
}

#[derive(IntoMessage)]
enum Answer<'a> {
    Named(Json<Named>),
    Word { word: Word },
    Text(&'a str),
    Unwritable(Unwritable),
}

/// Tells what it got.
#[derive(Default)]
struct Chain;

#[server_endpoint("/chain")]
impl Chain {
    #[on_message]
    fn text(&self, command: Command) -> String {
        match command {
            Command::Shout(Shout(text)) => format!("shout {text}"),
            Command::Named { what } => format!("named {}", what.0.name),
            Command::Point(Point { x, y }) => format!("point {x} {y}"),
            Command::Number(number) => format!("number {number}"),
            Command::Word(letter) => format!("word {letter}"),
        }
    }

    #[on_message]
    fn binary(&self, packet: Packet) -> String {
        match packet {
            Packet::Word(Word(word)) => format!("word {word}"),
            Packet::Other(bytes) => format!("{} bytes", bytes.len()),
        }
    }

    #[on_error]
    fn failed(error: &Error, seen: Seen) {
        record(error, &seen);
    }
}

/// Takes one type of each kind, and answers with the same.
#[derive(Default)]
struct Typed;

#[server_endpoint("/typed")]
impl Typed {
    #[on_message]
    fn text(&self, point: Point) -> Point {
        Point {
            x: point.y,
            y: point.x,
        }
    }

    #[on_message]
    fn binary(&self, word: Word) -> Word {
        Word(!word.0)
    }

    #[on_error]
    fn failed(error: &Error, seen: Seen) {
        record(error, &seen);
    }
}

fn record(error: &Error, seen: &Recorder<Event>) {
    seen.record(Event::failed(error));
    match error.excerpt() {
        Some(Message::Text(text)) => seen.record(Event::Text(text.clone(), false)),
        Some(Message::Binary(bytes)) => seen.record(Event::Binary(bytes.to_vec(), false)),
        _ => {}
    }
    if let Some(error) = error.source()
        && let Some(refused) = error.downcast_ref::<NoVariant>()
    {
        for (variant, error) in refused.refusals() {
            seen.record(Event::Whole(format!("{variant}: {error}")));
        }
    }
}

#[tokio::test]
async fn h1_types_of_ones_own_are_made_from_and_written_as_text_or_binary() {
    let scene = Scene::start().await;
    let mut client = scene.connect("/typed").await;
    client.frame(TEXT, b"3,-4").await;
    let answer = client.read_frame().await;
    assert_eq!((answer.first, &*answer.payload), (TEXT, &b"-4,3"[..]));
    client.frame(BINARY, &[0, 0, 0, 1]).await;
    let answer = client.read_frame().await;
    assert_eq!(
        (answer.first, &*answer.payload),
        (BINARY, &[0xff, 0xff, 0xff, 0xfe][..])
    );
}

/// Answers with whatever variant is asked for.
#[derive(Default)]
struct Answers;

#[server_endpoint("/answers")]
impl Answers {
    #[on_message]
    async fn answer<'m>(&self, what: &'m str) -> Answer<'m> {
        let name = "a name".to_owned();
        match what {
            "named" => Answer::Named(Json(Named { name })),
            "word" => Answer::Word { word: Word(1) },
            "unwritable" => Answer::Unwritable(Unwritable),
            other => Answer::Text(other),
        }
    }

    #[on_message]
    async fn send(&self, _bytes: &[u8], session: &Session) -> String {
        match session.send(Answer::Unwritable(Unwritable)).await {
            Err(SendError::Encode(error)) => format!("the sender is told: {error}"),
            other => format!("{other:?}"),
        }
    }

    #[on_error]
    fn failed(error: &Error, seen: Seen) {
        record(error, &seen);
    }
}

#[tokio::test]
async fn h3_a_value_is_written_as_its_type_says() {
    let scene = Scene::start().await;
    let mut client = scene.connect("/answers").await;
    for (what, first, payload) in [
        ("named", TEXT, &br#"{"name":"a name"}"#[..]),
        ("word", BINARY, &[0, 0, 0, 1]),
        ("as it is", TEXT, b"as it is"),
    ] {
        client.frame(TEXT, what.as_bytes()).await;
        let answer = client.read_frame().await;
        assert_eq!((answer.first, &*answer.payload), (first, payload), "{what}");
    }
}

#[tokio::test]
async fn e6_h4_the_first_variant_that_can_be_made_is_taken() {
    let scene = Scene::start().await;
    let mut client = scene.connect("/chain").await;
    for (text, variant) in [
        ("hey!", "shout hey!"),
        (r#"{"name": "ann"}"#, "named ann"),
        ("3,4", "point 3 4"),
        ("34", "number 34"),
        ("3", "number 3"),
        ("x", "word x"),
        ("3,4!", "shout 3,4!"),
    ] {
        client.frame(TEXT, text.as_bytes()).await;
        let answer = client.read_frame().await.payload;
        assert_eq!(String::from_utf8_lossy(&answer), variant);
    }
    client.frame(BINARY, &[0, 0, 0, 9]).await;
    assert_eq!(client.read_frame().await.payload, b"word 9");
    client.frame(BINARY, b"abcde").await;
    assert_eq!(client.read_frame().await.payload, b"5 bytes");
}

#[tokio::test]
async fn h5_when_no_variant_can_be_made_the_error_says_what_each_said() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/chain").await;
    client.frame(TEXT, b"what").await;
    let Event::Failed(kind, text) = scene.events.next().await else {
        panic!("it is not told");
    };
    assert_eq!(kind, ErrorKind::Decode);
    assert!(
        text.starts_with(
            "the message cannot be decoded: it is no variant of `Command`: `Shout`: not loud enough; `Named`: "
        ),
        "{text}"
    );
    scene
        .assert_next(Event::Text("what".to_owned(), false))
        .await;
    let mut refusals = Vec::new();
    for _ in 0..5 {
        match scene.events.next().await {
            Event::Whole(refusal) => refusals.push(refusal),
            event => panic!("{event:?}"),
        }
    }
    let variants = refusals.iter().map(|refusal| refusal.split(':').next());
    let expected = ["Shout", "Named", "Point", "Number", "Word"];
    assert!(variants.eq(expected.map(Some)), "{refusals:?}");
    assert_eq!(refusals[2], "Point: no comma");
    client.frame(TEXT, b"7").await;
    assert_eq!(client.read_frame().await.payload, b"number 7");
}

#[tokio::test]
async fn h6_a_message_that_cannot_be_decoded_is_told_in_part_and_the_session_stays_open() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/typed").await;
    client.frame(TEXT, b"no point").await;
    let text = "the message cannot be decoded: no comma".to_owned();
    let failed = Event::Failed(ErrorKind::Decode, text);
    scene.assert_next(failed).await;
    scene
        .assert_next(Event::Text("no point".to_owned(), false))
        .await;

    // 255 bytes, and a character that would be too much.
    let long = format!("x{}", "é".repeat(1_000));
    client.frame(TEXT, long.as_bytes()).await;
    assert!(matches!(scene.events.next().await, Event::Failed(..)));
    let excerpt = Event::Text(long[..255].to_owned(), false);
    scene.assert_next(excerpt).await;

    client.frame(BINARY, &[7; 1_000]).await;
    let text = "the message cannot be decoded: a word has four bytes".to_owned();
    let failed = Event::Failed(ErrorKind::Decode, text);
    scene.assert_next(failed).await;
    scene.assert_next(Event::Binary(vec![7; 256], false)).await;

    client.frame(TEXT, b"1,2").await;
    assert_eq!(client.read_frame().await.payload, b"2,1");
    assert_eq!(scene.events.rest(), [], "the handlers were not called");
}

#[tokio::test]
async fn h7_what_cannot_be_written_is_told_to_the_sender_or_to_on_error() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/answers").await;
    client.frame(TEXT, b"unwritable").await;
    let Event::Failed(kind, text) = scene.events.next().await else {
        panic!("it is not told");
    };
    assert_eq!(kind, ErrorKind::Encode);
    assert!(text.ends_with("it cannot be written"), "{text}");

    client.frame(BINARY, b"").await;
    let answer = client.read_frame().await.payload;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("the sender is told: "), "{answer}");
    assert_eq!(scene.events.rest(), []);
}
