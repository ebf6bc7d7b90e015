//! Peers that send more in a second than they may.

use std::time::{Duration, Instant};

use wspring::prelude::*;
use wspring::{Builder, EndpointConfig, FastProducer, Initiator};
use wspring_tests::client::masked_frame;
use wspring_tests::{Log, RawClient};

use crate::Scene;

const TOO_FAST: &str = "too many messages or bytes in a second: send more slowly";

/// Many small messages in one write.
fn burst(count: usize) -> Vec<u8> {
    let messages = (0..count).map(|number| masked_frame(0x81, number.to_string().as_bytes()));
    messages.collect::<Vec<_>>().concat()
}

/// How many of the messages that were sent before a ping are answered before its pong.
async fn answers(client: &mut RawClient) -> usize {
    client.frame(0x89, b"all?").await;
    let mut answers = 0;
    while client.read_frame().await.first != 0x8a {
        answers += 1;
    }
    answers
}

#[tokio::test]
async fn a_peer_that_sends_too_many_messages_waits_and_loses_none() {
    let mut scene = Scene::start_with(Server::builder().messages_per_second(20)).await;
    let (mut client, session) = scene.open_raw("").await;
    let begun = Instant::now();
    client.write(&burst(35)).await;
    for number in 0..35 {
        let answer = client.read_frame().await.payload;
        assert_eq!(answer, format!("did {number}").as_bytes());
        scene.assert_handled(&number.to_string()).await;
    }
    // The first 20 come at once, and the last of the others after fifteen twentieths of a second.
    assert!(
        begun.elapsed() > Duration::from_millis(650),
        "{:?}",
        begun.elapsed()
    );
    // Meanwhile, the session can send and close as ever.
    client.write(&burst(100)).await;
    session.send("news").await.expect("it is open");
    while client.read_frame().await.payload != b"news" {}
    session.close();
    assert_eq!(client.read_close().await.0, 1000);
    client.frame(0x88, &1000u16.to_be_bytes()).await;
    client.rest().await;
}

#[tokio::test]
async fn a_message_with_too_many_bytes_makes_the_next_one_wait() {
    let scene = Scene::start_with(Server::builder().bytes_per_second(20_000)).await;
    let mut client = RawClient::upgraded(scene.server.address(), "/watched/ann").await;
    let begun = Instant::now();
    let large = vec![b'x'; 30_000];
    client.frame(0x81, &large).await;
    assert_eq!(
        client.read_frame().await.payload.len(),
        "did ".len() + 30_000
    );
    let early = begun.elapsed();
    client.frame(0x81, b"small").await;
    assert_eq!(client.read_frame().await.payload, b"did small");
    let late = begun.elapsed();
    assert!(late > Duration::from_millis(450), "{early:?} {late:?}");
}

#[tokio::test]
async fn messages_beyond_the_limit_can_be_dropped_and_pings_are_answered() {
    let log = Log::start();
    let builder = Server::builder()
        .messages_per_second(1)
        .fast_producer(FastProducer::Drop);
    let scene = Scene::start_with(builder).await;
    let mut client = RawClient::upgraded(scene.server.address(), "/watched/ann").await;
    client.write(&burst(100)).await;
    let answers = answers(&mut client).await;
    assert!((1..50).contains(&answers), "{answers}");
    let lines = log.lines("WARN");
    let [line] = &lines[..] else {
        panic!("one line: {lines:?}");
    };
    let peer = client.local_addr().to_string();
    for part in [
        "messages_per_second",
        &peer,
        "/watched/ann",
        "is_closed=false",
    ] {
        assert!(line.contains(part), "`{part}` is not in {line}");
    }
}

/// Sends something again and again, and is closed for it.
async fn is_closed_for(builder: Builder, path: &str, frames: &[u8]) {
    let log = Log::start();
    let scene = Scene::start_with(builder.fast_producer(FastProducer::Close)).await;
    let mut client = RawClient::upgraded(scene.server.address(), path).await;
    client.write(frames).await;
    let close = loop {
        let frame = client.read_frame().await;
        if frame.first == 0x88 {
            break frame;
        }
    };
    assert_eq!(close.payload[..2], 1008u16.to_be_bytes());
    assert_eq!(&close.payload[2..], TOO_FAST.as_bytes());
    assert_eq!(log.lines("WARN").len(), 1);
}

#[tokio::test]
async fn a_peer_that_sends_too_fast_can_be_closed_with_1008() {
    let messages = || Server::builder().messages_per_second(10);
    is_closed_for(messages(), "/watched/ann", &burst(5_000)).await;
    let pings = masked_frame(0x89, b"?").repeat(5_000);
    is_closed_for(messages(), "/watched/ann", &pings).await;
    let bytes = Server::builder().bytes_per_second(1_000);
    let large = masked_frame(0x81, &[b'x'; 10_000]).repeat(2);
    is_closed_for(bytes, "/watched/ann", &large).await;
}

#[tokio::test]
async fn what_comes_after_the_message_that_was_too_much_reaches_no_handler() {
    // The first message has to be paid for with a hundred seconds.
    let builder = Server::builder()
        .bytes_per_second(1)
        .fast_producer(FastProducer::Close);
    let mut scene = Scene::start_with(builder).await;
    let (mut client, _) = scene.open_raw("").await;
    let text = "x".repeat(100);
    let first = masked_frame(0x81, text.as_bytes());
    client.write(&[first, burst(4)].concat()).await;
    scene.assert_handled(&text).await;
    let answer = client.read_frame().await.payload;
    assert_eq!(answer, format!("did {text}").as_bytes());
    let (code, reason) = client.read_close().await;
    assert_eq!((code, &*reason), (1008, TOO_FAST));
    client.write(&burst(10)).await;
    client.frame(0x88, &1008u16.to_be_bytes()).await;
    scene
        .assert_closed(1008, TOO_FAST, Initiator::Runtime, true)
        .await;
    scene.assert_over().await;
}

struct Slow;

impl Endpoint for Slow {
    async fn on_message(&mut self, session: &Session, message: &mut Message) -> Result<(), Error> {
        session.send(message.clone()).await.map_err(Error::handler)
    }
}

#[tokio::test]
async fn an_endpoint_has_limits_of_its_own() {
    let slow = EndpointConfig::new("/slow").messages_per_second(10);
    let builder = Server::builder()
        .messages_per_second(1_000_000)
        .endpoint(slow, |_| Slow);
    is_closed_for(builder, "/slow", &burst(5_000)).await;
}

/// Each of its limits is too small for a flood.
#[derive(Default)]
struct FewMessages;

#[server_endpoint("/few-messages", messages_per_second = 10, fast_producer = "close")]
impl FewMessages {
    #[on_message]
    fn echo(text: &str) -> String {
        text.to_owned()
    }
}

#[derive(Default)]
struct FewBytes;

#[server_endpoint("/few-bytes", bytes_per_second = 10, fast_producer = "close")]
impl FewBytes {
    #[on_message]
    fn echo(text: &str) -> String {
        text.to_owned()
    }
}

#[tokio::test]
async fn limits_stand_beside_the_path() {
    let Scene { server, .. } = Scene::start().await;
    for (path, allowed) in [("/few-messages", 10), ("/few-bytes", 10)] {
        let mut client = RawClient::upgraded(server.address(), path).await;
        client.write(&burst(5_000)).await;
        let mut answers = 0;
        let close = loop {
            let frame = client.read_frame().await;
            if frame.first == 0x88 {
                break frame;
            }
            answers += 1;
        };
        assert!(answers >= allowed, "{path}: {answers} answers");
        assert_eq!(&close.payload[2..], TOO_FAST.as_bytes(), "{path}");
    }
}
