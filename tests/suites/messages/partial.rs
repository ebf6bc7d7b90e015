//! `Partial<T>`: a message part by part, as it comes.

mod types;

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use bytes::Bytes;
use wspring::Compression;
use wspring::prelude::*;
use wspring_tests::RawClient;
use wspring_tests::client::masked_frame;

use crate::{
    BINARY, COMPRESSED_BINARY, COMPRESSED_TEXT, Event, FIRST_BINARY, FIRST_TEXT, Gate, LAST,
    MIDDLE, PING, PONG, Scene, Seen, TEXT, compress, pass,
};

/// Tells of each part of a text; takes binary messages whole, and pongs.
#[derive(Default)]
struct Texts;

#[server_endpoint("/partial/text", heartbeat = "ping")]
impl Texts {
    #[on_message]
    fn part(&self, part: Partial<&str>, seen: Seen) {
        seen.record(Event::Text(part.data.to_owned(), part.is_last));
    }

    #[on_message]
    fn whole(&self, bytes: &[u8], seen: Seen) {
        seen.record(Event::Whole(format!("{} bytes", bytes.len())));
    }

    #[on_message]
    fn pong(&self, _pong: Pong, seen: Seen) {
        seen.record(Event::Pong);
    }

    #[on_error]
    fn failed(error: &Error, seen: Seen) {
        seen.record(Event::failed(error));
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        seen.record(Event::closed(&reason));
    }
}

/// The same the other way round.
#[derive(Default)]
struct Binaries;

#[server_endpoint("/partial/binary")]
impl Binaries {
    #[on_message]
    fn part(&self, Partial { data, is_last }: Partial<Vec<u8>>, seen: Seen) {
        seen.record(Event::Binary(data, is_last));
    }

    #[on_message]
    fn whole(&self, text: String, seen: Seen) {
        seen.record(Event::Whole(text));
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        seen.record(Event::closed(&reason));
    }
}

/// Waits for the gate at each part.
#[derive(Default)]
struct Slow;

#[server_endpoint("/partial/slow")]
impl Slow {
    #[on_message]
    async fn part(&self, part: Partial<Bytes>, gate: Gate, seen: Seen) {
        pass(&gate).await;
        seen.record(Event::Binary(part.data.into(), part.is_last));
    }
}

fn text(part: &str, is_last: bool) -> Event {
    Event::Text(part.to_owned(), is_last)
}

impl Scene {
    /// The parts up to the last one, joined; none but the last is empty.
    async fn joined(&mut self) -> Vec<u8> {
        let mut joined = Vec::new();
        loop {
            let (part, is_last) = match self.events.next().await {
                Event::Text(part, is_last) => (part.into_bytes(), is_last),
                Event::Binary(part, is_last) => (part, is_last),
                event => panic!("{event:?} between two parts"),
            };
            assert!(is_last || !part.is_empty(), "an empty part");
            joined.extend(part);
            if is_last {
                return joined;
            }
        }
    }
}

#[tokio::test]
async fn e2_a_handler_without_partial_gets_the_message_once_and_whole() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/binary").await;
    client.frame(FIRST_TEXT, b"one ").await;
    client.frame(MIDDLE, b"").await;
    client.frame(PONG, b"").await;
    client.frame(LAST, b"message").await;
    scene
        .assert_next(Event::Whole("one message".to_owned()))
        .await;
}

#[tokio::test]
async fn e3_each_part_is_handed_over_before_the_next_one_is_sent() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/text").await;
    client.frame(FIRST_TEXT, b"first").await;
    scene.assert_next(text("first", false)).await;
    client.frame(MIDDLE, b"second").await;
    scene.assert_next(text("second", false)).await;
    client.frame(LAST, b"third").await;
    scene.assert_next(text("third", true)).await;

    let mut client = scene.connect("/partial/binary").await;
    client.frame(FIRST_BINARY, &[1]).await;
    scene.assert_next(Event::Binary(vec![1], false)).await;
    client.frame(LAST, &[2]).await;
    scene.assert_next(Event::Binary(vec![2], true)).await;
}

#[tokio::test]
async fn e3_a_frame_is_handed_over_while_it_comes() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/binary").await;
    let frame = masked_frame(BINARY, &[7; 100_000]);
    let (first, rest) = frame.split_at(50_000);
    client.write(first).await;
    let Event::Binary(part, false) = scene.events.next().await else {
        panic!("no part");
    };
    client.write(rest).await;
    let others = scene.joined().await;
    assert_eq!(part.len() + others.len(), 100_000);
}

#[tokio::test]
async fn e3_nothing_but_pongs_comes_between_the_parts_of_a_message() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/text").await;
    let mut packet = masked_frame(FIRST_TEXT, b"a");
    packet.extend(masked_frame(PONG, b""));
    packet.extend(masked_frame(MIDDLE, b"b"));
    packet.extend(masked_frame(PING, b"between"));
    packet.extend(masked_frame(LAST, b"c"));
    packet.extend(masked_frame(BINARY, b"whole"));
    packet.extend(masked_frame(TEXT, b"d"));
    client.write(&packet).await;
    for event in [
        text("a", false),
        Event::Pong,
        text("b", false),
        text("c", true),
        Event::Whole("5 bytes".to_owned()),
        text("d", true),
    ] {
        scene.assert_next(event).await;
    }
    assert_eq!(client.read_frame().await.payload, b"between");
}

#[tokio::test]
async fn e3_only_the_last_part_may_be_empty() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/text").await;
    client.frame(FIRST_TEXT, b"").await;
    client.frame(MIDDLE, b"text").await;
    client.frame(MIDDLE, b"").await;
    client.frame(LAST, b"").await;
    scene.assert_next(text("text", false)).await;
    scene.assert_next(text("", true)).await;
    client.frame(TEXT, b"").await;
    scene.assert_next(text("", true)).await;
}

#[tokio::test]
async fn e3_a_part_is_whole_characters_wherever_a_fragment_ends() {
    const MESSAGE: &str = "aé€😀z";
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/text").await;
    for cut in 0..=MESSAGE.len() {
        let (first, last) = MESSAGE.as_bytes().split_at(cut);
        client.frame(FIRST_TEXT, first).await;
        client.frame(LAST, last).await;
        assert_eq!(scene.joined().await, MESSAGE.as_bytes());
    }
}

#[tokio::test]
async fn e3_the_parts_are_the_message_wherever_the_network_cuts() {
    let mut scene = Scene::start().await;
    let mut packet = masked_frame(FIRST_TEXT, "a€".as_bytes());
    packet.extend(masked_frame(LAST, "😀z".as_bytes()));
    for cut in 0..packet.len() {
        let mut client = scene.connect("/partial/text").await;
        let (first, rest) = packet.split_at(cut);
        client.write(first).await;
        client.write(rest).await;
        assert_eq!(scene.joined().await, "a€😀z".as_bytes(), "{cut}");
        client.reset();
        scene.assert_next(Event::Closed(1006)).await;
    }
}

#[tokio::test]
async fn b8_a_message_in_parts_may_be_larger_than_any_limit() {
    let builder = Server::builder().max_message_size(1_000).max_fragments(4);
    let mut scene = Scene::start_with(builder).await;
    let message = "a€😀".repeat(100_000);
    let bytes = message.as_bytes();

    let mut client = scene.connect("/partial/text").await;
    client.frame(TEXT, bytes).await;
    assert_eq!(scene.joined().await, bytes);

    client.frame(FIRST_TEXT, b"").await;
    for fragment in bytes.chunks(10_000) {
        client.frame(MIDDLE, fragment).await;
    }
    client.frame(LAST, b"").await;
    assert_eq!(scene.joined().await, bytes);

    // The other kind is limited.
    client.frame(BINARY, &[0; 1_001]).await;
    assert_eq!(client.read_close().await.0, 1009);
}

#[tokio::test]
async fn b8_fragments_that_bring_nothing_are_limited() {
    let builder = Server::builder().max_fragments(4);
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.connect("/partial/text").await;
    client.frame(FIRST_TEXT, b"begun").await;
    for _ in 0..5 {
        client.frame(MIDDLE, b"").await;
    }
    assert_eq!(client.read_close().await.0, 1008);
    scene.assert_next(text("begun", false)).await;
    drop(client);
    scene.assert_next(Event::Closed(1008)).await;
}

#[tokio::test]
async fn e3_compressed_messages_come_in_parts_too() {
    let builder = Server::builder().compression(Compression::on());
    let mut scene = Scene::start_with(builder).await;
    let message = "a€😀".repeat(100_000);
    let payload = compress(message.as_bytes());

    let mut client = scene.connect_compressed("/partial/text").await;
    client.frame(COMPRESSED_TEXT, &payload).await;
    assert_eq!(scene.joined().await, message.as_bytes());

    let mut client = scene.connect_compressed("/partial/binary").await;
    let (first, rest) = payload.split_at(payload.len() / 2);
    client.frame(COMPRESSED_BINARY & !0x80, first).await;
    let Event::Binary(part, false) = scene.events.next().await else {
        panic!("no part");
    };
    client.frame(LAST, rest).await;
    let others = scene.joined().await;
    assert_eq!([part, others].concat(), message.as_bytes());
}

#[tokio::test]
async fn e3_e12_text_that_is_no_text_ends_the_session_with_1007_in_the_middle() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/text").await;
    client.frame(FIRST_TEXT, b"good \xe2").await;
    scene.assert_next(text("good ", false)).await;
    client.frame(LAST, b"bad").await;
    assert_eq!(client.read_close().await.0, 1007);
    drop(client);
    scene.assert_next(Event::Closed(1007)).await;
    scene.server.stop().await;
    assert_eq!(scene.events.rest(), []);
}

#[tokio::test]
async fn e3_a_message_in_the_middle_of_which_the_session_ends_has_no_last_part() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/text").await;
    client.frame(FIRST_TEXT, b"begun").await;
    scene.assert_next(text("begun", false)).await;
    client.reset();
    scene.assert_next(Event::Closed(1006)).await;

    let mut client = scene.connect("/partial/binary").await;
    client.frame(FIRST_BINARY, b"begun").await;
    let begun = Event::Binary(b"begun".to_vec(), false);
    scene.assert_next(begun).await;
    client.frame(0x88, &1001_u16.to_be_bytes()).await;
    scene.assert_next(Event::Closed(1001)).await;
    scene.server.stop().await;
    assert_eq!(scene.events.rest(), []);
}

#[tokio::test]
async fn e3_a_heartbeat_is_no_part() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/text").await;
    let packet = masked_frame(TEXT, b"ping");
    let (first, rest) = packet.split_at(packet.len() - 2);
    client.write(first).await;
    client.write(rest).await;
    assert_eq!(client.read_frame().await.payload, b"ping");
    client.frame(TEXT, b"pin").await;
    scene.assert_next(text("pin", true)).await;
}

/// What the kernel holds for a connection is a few megabytes; a server that reads on would take all of it.
#[tokio::test]
async fn e3_a_peer_whose_parts_are_not_handled_has_to_wait() {
    let mut scene = Scene::start().await;
    let client = RawClient::upgraded(scene.server.address(), "/partial/slow").await;
    let client = client.into_inner();
    let frame = masked_frame(BINARY, &vec![7; 32_000_000]);
    let mut written = 0;
    let mut refused = 0;
    while written < frame.len() && refused < 1_000 {
        match client.try_write(&frame[written..]) {
            Ok(bytes) => {
                written += bytes;
                refused = 0;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                refused += 1;
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(written < frame.len(), "all was taken");
    assert_eq!(scene.events.rest(), []);

    // And nothing of it is lost.
    scene.gate.add_permits(1_000_000);
    let rest = async {
        while written < frame.len() {
            client.writable().await.unwrap();
            written += client.try_write(&frame[written..]).unwrap_or_default();
        }
    };
    let (joined, ()) = tokio::join!(scene.joined(), rest);
    assert_eq!(joined.len(), 32_000_000);
}

#[tokio::test]
async fn a_message_in_parts_that_never_ends_is_ended_when_its_time_is_over() {
    let short = Duration::from_millis(200);
    let builder = Server::builder()
        .max_receive_time(short)
        .close_timeout(short);
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.connect("/partial/text").await;
    client.frame(FIRST_TEXT, b"begun").await;
    scene.assert_next(text("begun", false)).await;
    let end = loop {
        client.frame(MIDDLE, b"on").await;
        match scene.events.next().await {
            Event::Text(..) => tokio::time::sleep(Duration::from_millis(10)).await,
            event => break event,
        }
    };
    let reason = "a message took too long to arrive".to_owned();
    assert_eq!(client.read_close().await, (1008, reason));
    drop(client);
    assert!(matches!(end, Event::Closed(1008)), "{end:?}");
}

#[tokio::test]
async fn e3_a_message_may_take_longer_than_the_timeout_but_not_one_part_of_it() {
    const TIMEOUT: Duration = Duration::from_secs(2);
    let builder = Server::builder().message_timeout(TIMEOUT);
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.connect("/partial/text").await;
    client.frame(FIRST_TEXT, b"begun").await;
    scene.assert_next(text("begun", false)).await;
    let begin = Instant::now();
    while begin.elapsed() < 2 * TIMEOUT {
        client.frame(MIDDLE, b"on").await;
        scene.assert_next(text("on", false)).await;
        tokio::time::sleep(TIMEOUT / 20).await;
    }
    assert_eq!(client.read_close().await.0, 1008);
}
