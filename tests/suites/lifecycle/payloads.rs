//! What a handler may take as its message.

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Message as Sent;
use wspring::prelude::*;
use wspring::{BoxError, ErrorKind};
use wspring_tests::RawClient;

use crate::{Event, Scene, Seen};

/// A type with its own `FromMessage`.
#[derive(Debug)]
struct Point {
    x: i32,
    y: i32,
}

impl<'m> FromMessage<'m> for Point {
    const KIND: MessageKind = MessageKind::Text;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        let (x, y) = message
            .text()?
            .split_once(',')
            .ok_or("a point is written x,y")?;
        Ok(Self {
            x: x.parse()?,
            y: y.parse()?,
        })
    }
}

impl Point {
    fn swapped(&self) -> (i32, i32) {
        (self.y, self.x)
    }
}

/// An alias is the type that it stands for.
type Name = String;

/// One endpoint for each type of payload, which answers with what it got.
macro_rules! payloads {
    ($($name:ident at $path:literal takes $ty:ty: $good:expr => $seen:literal $(, $bad:expr)?;)*) => {
        $(
            #[derive(Default)]
            struct $name;

            #[server_endpoint($path)]
            impl $name {
                #[on_message]
                fn take(&self, payload: $ty) -> String {
                    format!("{payload:?}")
                }

                #[on_error]
                fn on_error(&self, error: &Error, seen: Seen) {
                    seen.record(Event::Failed(error.kind(), error.to_string()));
                }
            }
        )*

        fn payloads() -> Vec<(&'static str, Sent, &'static str, Option<Sent>)> {
            vec![$(($path, $good.into(), $seen, [$(Sent::from($bad))?].into_iter().next())),*]
        }
    };
}

payloads! {
    Owned at "/take/string" takes String: "text" => r#""text""#;
    Alias at "/take/alias" takes Name: "text" => r#""text""#;
    Borrowed at "/take/str" takes &str: "" => r#""""#;
    Object at "/take/json" takes Json<Vec<Option<u8>>>: "[1, null]" => "Json([Some(1), None])", "[256]";
    Byte at "/take/u8" takes u8: "255" => "255", "256";
    Integer at "/take/i64" takes i64: "-7" => "-7", "seven";
    Float at "/take/f64" takes f64: "1e3" => "1000.0", "1,5";
    Truth at "/take/bool" takes bool: "true" => "true", "yes";
    Letter at "/take/char" takes char: "é" => "'é'", "two";
    Vector at "/take/vec" takes Vec<u8>: vec![0_u8, 255] => "[0, 255]";
    Slice at "/take/slice" takes &[u8]: vec![1_u8] => "[1]";
    Shared at "/take/bytes" takes Bytes: vec![7_u8, b'a'] => r#"b"\x07a""#;
    Own at "/take/own" takes Point: "3,4" => "Point { x: 3, y: 4 }", "3;4";
}

#[tokio::test]
async fn b4_b5_e5_e6_every_type_of_payload_is_taken_and_bad_ones_leave_the_session_open() {
    let mut scene = Scene::start().await;
    for (path, good, seen, bad) in payloads() {
        let mut client = scene.server.connect(path).await;
        client.send(good.clone()).await;
        assert_eq!(client.text().await, seen, "{path}");
        if let Some(bad) = bad {
            client.send(bad).await;
            let Event::Failed(kind, text) = scene.events.next().await else {
                panic!("{path}: no error");
            };
            assert_eq!(kind, ErrorKind::Decode, "{path}: {text}");
            client.send(good).await;
            assert_eq!(client.text().await, seen, "{path}");
        }
    }
}

/// A handler for each kind, with other parameters around the payload.
#[derive(Default)]
struct EveryKind {
    messages: usize,
}

#[server_endpoint("/kinds/<name>")]
impl EveryKind {
    #[on_message]
    fn text(&mut self, #[path_param] name: &str, point: Point, session: &Session) -> String {
        self.messages += 1;
        let own = session.path_param("name") == Some(name);
        format!("{}: {name} {own} {:?}", self.messages, point.swapped())
    }

    #[on_message]
    async fn binary(&mut self, #[query_param] times: Option<usize>, bytes: Vec<u8>) -> Vec<u8> {
        self.messages += 1;
        bytes.repeat(times.unwrap_or(1))
    }

    #[on_message]
    async fn pong(&mut self, Pong(bytes): Pong) -> String {
        self.messages += 1;
        format!("{}: pong of {} bytes", self.messages, bytes.len())
    }
}

#[tokio::test]
async fn b6_e1_e7_each_kind_of_message_goes_to_its_own_handler() {
    let scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/kinds/ann?times=3").await;
    client.frame(0x81, b"1,2").await;
    assert_eq!(client.read_frame().await.payload, b"1: ann true (2, 1)");
    client.frame(0x82, b"ab").await;
    let frame = client.read_frame().await;
    assert_eq!(
        (frame.first, frame.payload.as_slice()),
        (0x82, &b"ababab"[..])
    );
    client.frame(0x8a, b"unasked for").await;
    assert_eq!(client.read_frame().await.payload, b"3: pong of 11 bytes");
    client.frame(0x8a, b"").await;
    assert_eq!(client.read_frame().await.payload, b"4: pong of 0 bytes");
}

/// Fragments are one message, whatever comes between them.
#[tokio::test]
async fn e2_a_handler_takes_whole_messages() {
    let scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/kinds/ann").await;
    client.frame(0x02, b"one ").await;
    client.frame(0x8a, b"between").await;
    assert_eq!(client.read_frame().await.payload, b"1: pong of 7 bytes");
    client.frame(0x00, b"whole ").await;
    client.frame(0x80, b"message").await;
    assert_eq!(client.read_frame().await.payload, b"one whole message");
}
