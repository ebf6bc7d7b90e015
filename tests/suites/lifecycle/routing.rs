//! Where errors go that handlers did not make themselves, and what is no error at all.

use std::fmt;

use wspring::prelude::*;
use wspring::{BoxError, ErrorKind, Initiator};
use wspring_tests::{Log, RawClient};

use crate::{Event, Scene, Seen};

/// An error of the application, to be found again.
#[derive(Debug)]
struct NoSuchOrder(u32);

impl fmt::Display for NoSuchOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no order {}", self.0)
    }
}

impl std::error::Error for NoSuchOrder {}

/// A payload with a decoder of its own.
struct Even(u32);

impl<'m> FromMessage<'m> for Even {
    const KIND: MessageKind = MessageKind::Binary;

    fn from_message(message: &'m mut Message) -> Result<Self, BoxError> {
        match **message.binary()? {
            [number] if number % 2 == 0 => Ok(Self(number.into())),
            _ => Err(Box::new(NoSuchOrder(0))),
        }
    }
}

/// Takes numbers, in text as a primitive and in binary by a decoder.
#[derive(Default)]
struct Orders {
    handled: u32,
}

#[server_endpoint("/orders")]
impl Orders {
    #[on_message]
    fn text(&mut self, number: u32) -> Result<u32, NoSuchOrder> {
        self.handled += 1;
        if number == 0 {
            Err(NoSuchOrder(0))
        } else {
            Ok(self.handled)
        }
    }

    #[on_message]
    fn binary(&mut self, Even(number): Even) -> u32 {
        self.handled += 1;
        number
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        record_closed(reason, &seen);
    }

    #[on_error]
    fn failed(error: &Error, seen: Seen) {
        use std::error::Error as _;
        let is_own = error
            .source()
            .is_some_and(|source| source.is::<NoSuchOrder>());
        seen.record(Event::Failed(error.kind(), format!("own: {is_own}")));
    }
}

fn record_closed(reason: CloseReason, seen: &Seen) {
    let CloseReason {
        code,
        reason,
        initiator,
        clean,
        ..
    } = reason;
    seen.record(Event::Closed(
        code.as_u16(),
        reason.into_owned(),
        initiator,
        clean,
    ));
}

#[tokio::test]
async fn p6_a_message_that_a_decoder_refuses_is_told_and_the_session_stays_open() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/orders").await;
    for bytes in [vec![1], vec![], vec![2, 2]] {
        client.send(bytes).await;
        scene.assert_failed(ErrorKind::Decode, "own: true").await;
    }
    client.send(vec![2]).await;
    assert_eq!(client.text().await, "2");
    client.send("7").await;
    assert_eq!(client.text().await, "2", "no handler ran for the others");
}

#[tokio::test]
async fn p7_a_text_that_is_no_number_is_told_and_the_session_stays_open() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/orders").await;
    for text in ["abc", "", "-1", "4294967296", "1.5"] {
        client.send(text).await;
        scene.assert_failed(ErrorKind::Decode, "own: false").await;
    }
    client.send("42").await;
    assert_eq!(client.text().await, "1", "no handler ran for the others");
}

#[tokio::test]
async fn p12_an_error_of_the_application_is_found_again_in_on_error() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/orders").await;
    client.send("0").await;
    scene.assert_failed(ErrorKind::Handler, "own: true").await;
}

/// Closes and answers, in this order.
#[derive(Default)]
struct Hasty;

#[server_endpoint("/hasty")]
impl Hasty {
    #[on_message]
    async fn text(
        &self,
        text: &str,
        session: &Session,
        seen: Seen,
    ) -> Result<&'static str, SendError> {
        match text {
            "close" => session.close(),
            "send" => {
                session.close();
                session.send("too late").await?;
            }
            "peer" => {
                while session.is_open() {
                    tokio::task::yield_now().await;
                }
                session.send("too late").await?;
            }
            _ => {}
        }
        seen.record(Event::Handled(text.to_owned()));
        Ok("the answer")
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        record_closed(reason, &seen);
    }

    #[on_error]
    fn failed(error: &Error, seen: Seen) {
        seen.record(Event::Failed(error.kind(), error.to_string()));
    }
}

/// The handler comes to its end, and the answer goes nowhere.
#[tokio::test]
async fn p8_a_reply_that_cannot_be_sent_any_more_is_told() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/hasty").await;
    client.send("close").await;
    assert_eq!(client.closed().await, (1000, String::new()));
    scene.assert_handled("close").await;
    let text = "the reply of `Hasty::text` was not sent: the session is closed: connect again, then send again";
    scene.assert_failed(ErrorKind::Closed, text).await;
    scene.assert_closed(1000, "", Initiator::App, true).await;

    // Sent by the handler itself, the kind is the same.
    let mut client = scene.server.connect("/hasty").await;
    client.send("send").await;
    assert_eq!(client.closed().await, (1000, String::new()));
    let text =
        "`Hasty::text` returned an error: the session is closed: connect again, then send again";
    scene.assert_failed(ErrorKind::Closed, text).await;
    scene.assert_closed(1000, "", Initiator::App, true).await;
}

/// Its own end is no error, only what a handler wanted to send after it.
#[tokio::test]
async fn p9_a_peer_that_vanishes_is_told_to_on_close_alone() {
    let mut scene = Scene::start().await;
    for resets in [true, false] {
        let (client, _) = scene.open_raw("").await;
        if resets {
            client.reset();
        } else {
            drop(client);
        }
        scene.assert_closed(1006, "", Initiator::Peer, false).await;
    }
    let mut client = RawClient::upgraded(scene.server.address(), "/hasty").await;
    client.frame(0x81, b"peer").await;
    client.reset();
    assert!(matches!(
        scene.events.next().await,
        Event::Failed(ErrorKind::Closed, _)
    ));
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
    scene.assert_over().await;
}

/// Has no `#[on_error]`, and sends when its session or another one has ended.
#[derive(Default)]
struct Late;

#[server_endpoint("/late")]
impl Late {
    #[on_message]
    async fn text(&self, session: &Session, text: &str) -> Result<&'static str, SendError> {
        if text == "to another session" {
            return Err(SendError::Closed);
        }
        while session.is_open() {
            tokio::task::yield_now().await;
        }
        session.send("too late").await?;
        Ok("too late")
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        record_closed(reason, &seen);
    }
}

#[tokio::test]
async fn p9_a_peer_that_vanishes_makes_no_noise_in_the_log() {
    let log = Log::start();
    let mut scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/late").await;
    client.frame(0x81, b"to this session").await;
    client.reset();
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
    assert_eq!(log.lines("ERROR"), [""; 0]);
    assert_eq!(log.lines("WARN"), [""; 0]);

    // That another session has ended is an error like any other.
    let mut client = RawClient::upgraded(scene.server.address(), "/late").await;
    client.frame(0x81, b"to another session").await;
    client.frame(0x88, b"").await;
    scene.assert_closed(1005, "", Initiator::Peer, true).await;
    assert_eq!(log.lines("ERROR").len(), 1);
}

#[tokio::test]
async fn p10_a_violation_of_the_protocol_is_told_to_on_close_alone() {
    let mut scene = Scene::start_with(Server::builder().max_fragments(2)).await;
    let too_many = [
        &b"\x01\x80\0\0\0\0"[..],
        b"\0\x80\0\0\0\0",
        b"\0\x80\0\0\0\0",
    ]
    .concat();
    for (bytes, code) in [
        (&b"\x83\x80\0\0\0\0"[..], 1002),
        (b"\x81\x02hi", 1002),
        (b"\x80\x80\0\0\0\0", 1002),
        (b"\x81\x81\0\0\0\0\xff", 1007),
        (&too_many, 1008),
    ] {
        let mut client = RawClient::upgraded(scene.server.address(), "/orders").await;
        client.write(bytes).await;
        let (got, reason) = client.read_close().await;
        assert_eq!(got, code, "{reason}");
        scene
            .assert_closed(code, &reason, Initiator::Runtime, false)
            .await;
    }
    scene.assert_over().await;
}

/// Its `#[on_error]` returns an error, or cannot run at all.
#[derive(Default)]
struct Hopeless;

struct Refused;

impl<'s> wspring::FromSession<'s> for Refused {
    fn from_session(session: &'s Session) -> Result<Self, BoxError> {
        match session.query() {
            Some("refused") => Err("no parameter".into()),
            _ => Ok(Self),
        }
    }
}

#[server_endpoint("/hopeless")]
impl Hopeless {
    #[on_message]
    fn number(&self, number: u8) -> u8 {
        number
    }

    #[on_error]
    fn failed(&self, _error: &Error, _refused: Refused) -> Result<(), NoSuchOrder> {
        Err(NoSuchOrder(9))
    }
}

#[tokio::test]
async fn p4_an_error_of_on_error_is_logged_and_the_session_stays_open() {
    for (path, failure) in [
        ("/hopeless", "there is no order 9"),
        ("/hopeless?refused", "no parameter"),
    ] {
        let log = Log::start();
        let scene = Scene::start().await;
        let mut client = scene.server.connect(path).await;
        client.send("many").await;
        client.send("7").await;
        assert_eq!(client.text().await, "7");
        let lines = log.lines("ERROR");
        let [line] = &lines[..] else {
            panic!("one line: {lines:?}");
        };
        for part in [
            "#[on_error] failed itself",
            "/hopeless",
            failure,
            "`many` is not a u8",
        ] {
            assert!(line.contains(part), "{line}");
        }
    }
}

/// Ends the session at the first error, which is not what happens by itself.
#[derive(Default)]
struct Strict;

#[server_endpoint("/strict-orders")]
impl Strict {
    #[on_message]
    fn number(&self, number: u8) -> u8 {
        number
    }

    #[on_error]
    fn failed(&self, _error: &Error, session: &Session) -> Result<(), wspring::InvalidClose> {
        session.close_with(CloseCode::INTERNAL_ERROR, "that is enough")
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        record_closed(reason, &seen);
    }
}

#[tokio::test]
async fn p2_an_endpoint_may_close_in_on_error() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/strict-orders").await;
    client.send("many").await;
    client.send("7").await;
    assert_eq!(client.closed().await, (1011, "that is enough".to_owned()));
    scene
        .assert_closed(1011, "that is enough", Initiator::App, true)
        .await;
}
