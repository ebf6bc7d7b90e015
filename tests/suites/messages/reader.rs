//! `MessageReader<K>`: a message as a stream.

mod bounds;

use std::io;

use tokio::io::AsyncReadExt as _;
use wspring::ErrorKind;
use wspring::prelude::*;
use wspring_tests::client::masked_frame;

use crate::{
    BINARY, Event, FIRST_BINARY, FIRST_TEXT, Gate, LAST, MIDDLE, PING, Scene, Seen, TEXT, pass,
};

/// Answers with what it read.
#[derive(Default)]
struct Whole;

#[server_endpoint("/reader/whole")]
impl Whole {
    #[on_message]
    async fn text(&self, mut message: MessageReader<Text>) -> io::Result<String> {
        let mut text = String::new();
        message.read_to_string(&mut text).await?;
        Ok(text)
    }

    #[on_message]
    async fn binary(&self, mut message: MessageReader<Binary>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        message.read_to_end(&mut bytes).await?;
        Ok(bytes)
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

/// Tells of each read.
#[derive(Default)]
struct Watched;

#[server_endpoint("/reader/watched")]
impl Watched {
    #[on_message]
    async fn text(&self, mut message: MessageReader<Text>, session: &Session, seen: Seen) {
        let mut buffer = [0; 100];
        loop {
            let read = message.read(&mut buffer).await;
            let count = read.as_ref().copied().unwrap_or_default();
            seen.record(Event::Read(read.map_err(|error| error.kind())));
            match &buffer[..count] {
                b"close" => session.close(),
                b"" => return,
                _ => {}
            }
        }
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        seen.record(Event::closed(&reason));
    }
}

/// Reads a few bytes of each message, and nothing if the gate is closed.
#[derive(Default)]
struct Impatient;

#[server_endpoint("/reader/impatient")]
impl Impatient {
    #[on_message]
    async fn binary(
        &self,
        mut message: MessageReader<Binary>,
        gate: Gate,
        seen: Seen,
    ) -> io::Result<()> {
        seen.record(Event::Pong);
        pass(&gate).await;
        let mut first = [0; 4];
        message.read_exact(&mut first).await?;
        seen.record(Event::Binary(first.to_vec(), false));
        Ok(())
    }

    #[on_message]
    fn text(&self, text: String) -> String {
        text
    }
}

/// Counts.
#[derive(Default)]
struct Counter;

#[server_endpoint("/reader/count")]
impl Counter {
    #[on_message]
    async fn binary(&self, mut message: MessageReader<Binary>) -> io::Result<u64> {
        let mut buffer = vec![0; 10_000];
        let mut all = 0;
        loop {
            match message.read(&mut buffer).await? {
                0 => return Ok(all),
                count => all += count as u64,
            }
        }
    }
}

/// Lets another task read, while it waits for it or does not.
#[derive(Default)]
struct Elsewhere;

#[server_endpoint("/reader/elsewhere")]
impl Elsewhere {
    #[on_message]
    async fn text(&self, mut message: MessageReader<Text>) -> Result<String, io::Error> {
        let reading = tokio::spawn(async move {
            let mut text = String::new();
            message.read_to_string(&mut text).await.map(|_| text)
        });
        reading.await.expect("a task without a panic")
    }

    #[on_message]
    fn binary(&self, mut message: MessageReader<Binary>, seen: Seen) -> &'static str {
        tokio::spawn(async move {
            let mut bytes = Vec::new();
            let read = message.read_to_end(&mut bytes).await;
            seen.record(Event::Read(read.map_err(|error| error.kind())));
        });
        "returned"
    }
}

fn read(count: usize) -> Event {
    Event::Read(Ok(count))
}

#[tokio::test]
async fn b4_b5_a_reader_takes_text_or_binary_messages() {
    let scene = Scene::start().await;
    let mut client = scene.connect("/reader/whole").await;
    for (first, begun) in [(TEXT, FIRST_TEXT), (BINARY, FIRST_BINARY)] {
        for message in ["", "short", &"a€😀".repeat(100_000)] {
            client.frame(first, message.as_bytes()).await;
            let answer = client.read_frame().await;
            assert_eq!(answer.first, first);
            assert!(answer.payload == message.as_bytes());
        }
        client.frame(begun, b"in ").await;
        client.frame(MIDDLE, b"").await;
        client.frame(MIDDLE, b"frag").await;
        client.frame(LAST, b"ments").await;
        let answer = client.read_frame().await;
        assert_eq!(answer.first, first);
        assert_eq!(answer.payload, b"in fragments");
    }
}

#[tokio::test]
async fn e4_a_handler_reads_what_is_there_before_the_message_is_complete() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/reader/watched").await;
    client.frame(FIRST_TEXT, b"first").await;
    scene.assert_next(read(5)).await;
    client.frame(MIDDLE, b"second").await;
    scene.assert_next(read(6)).await;
    // Its handler runs, and pings are answered beside it.
    client.frame(PING, b"between").await;
    assert_eq!(client.read_frame().await.payload, b"between");
    client.frame(LAST, b"").await;
    scene.assert_next(read(0)).await;
    client.frame(TEXT, b"another one").await;
    scene.assert_next(read(11)).await;
    scene.assert_next(read(0)).await;
}

#[tokio::test]
async fn e4_what_a_handler_leaves_of_its_message_is_dropped() {
    let mut scene = Scene::start().await;
    scene.gate.add_permits(2);
    let mut client = scene.connect("/reader/impatient").await;
    let message = [&b"long"[..], &[7; 5_000_000]].concat();
    client.frame(FIRST_BINARY, &message).await;
    scene.assert_next(Event::Pong).await;
    scene
        .assert_next(Event::Binary(b"long".to_vec(), false))
        .await;
    // The handler has returned, and the message is not complete.
    client.frame(MIDDLE, b"more").await;
    client.frame(LAST, b"the end").await;
    client.frame(BINARY, b"next").await;
    scene.assert_next(Event::Pong).await;
    scene
        .assert_next(Event::Binary(b"next".to_vec(), false))
        .await;
    client.frame(TEXT, b"text").await;
    assert_eq!(client.read_frame().await.payload, b"text");
}

#[tokio::test]
async fn e4_a_message_that_begins_while_a_handler_runs_waits_for_its_own() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/reader/impatient").await;
    client.frame(BINARY, b"one.").await;
    scene.assert_next(Event::Pong).await;
    let mut packet = masked_frame(BINARY, b"two.");
    packet.extend(masked_frame(FIRST_BINARY, b"th"));
    client.write(&packet).await;
    client.frame(MIDDLE, b"re").await;
    client.frame(LAST, b"e").await;
    client.frame(TEXT, b"four").await;
    scene.gate.add_permits(3);
    for expected in [&b"one."[..], b"two.", b"thre"] {
        if expected != b"one." {
            scene.assert_next(Event::Pong).await;
        }
        scene
            .assert_next(Event::Binary(expected.to_vec(), false))
            .await;
    }
    assert_eq!(client.read_frame().await.payload, b"four");
}

#[tokio::test]
async fn e4_a_push_goes_out_while_a_message_is_read() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/reader/watched").await;
    client.frame(FIRST_TEXT, b"begun").await;
    scene.assert_next(read(5)).await;
    let sessions = scene.server.handle().sessions::<Watched>();
    let session = sessions.into_iter().next().expect("a session");
    session.send("pushed").await.unwrap();
    assert_eq!(client.read_frame().await.payload, b"pushed");
}

#[tokio::test]
async fn e4_a_read_fails_when_the_peer_vanishes_in_the_middle() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/reader/watched").await;
    client.frame(FIRST_TEXT, b"begun").await;
    scene.assert_next(read(5)).await;
    client.reset();
    let aborted = Event::Read(Err(io::ErrorKind::ConnectionAborted));
    scene.assert_next(aborted).await;
    scene.assert_next(Event::Closed(1006)).await;
}

#[tokio::test]
async fn e4_a_read_fails_when_the_session_is_closed_in_the_middle() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/reader/watched").await;
    client.frame(FIRST_TEXT, b"close").await;
    scene.assert_next(read(5)).await;
    let aborted = Event::Read(Err(io::ErrorKind::ConnectionAborted));
    scene.assert_next(aborted).await;
    assert_eq!(client.read_close().await.0, 1000);
    client.frame(0x88, &1000_u16.to_be_bytes()).await;
    scene.assert_next(Event::Closed(1000)).await;
}

#[tokio::test]
async fn e4_e12_text_that_is_no_text_ends_the_session_with_1007_in_the_middle() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/reader/whole").await;
    client.frame(FIRST_TEXT, b"good \xe2").await;
    client.frame(LAST, b"bad").await;
    assert_eq!(client.read_close().await.0, 1007);
    drop(client);
    let Event::Failed(kind, text) = scene.events.next().await else {
        panic!("the handler failed");
    };
    assert_eq!(kind, ErrorKind::Closed);
    assert!(text.contains("in the middle of the message"), "{text}");
    scene.assert_next(Event::Closed(1007)).await;
}

#[tokio::test]
async fn e4_another_task_may_read_while_the_handler_waits_for_it() {
    let scene = Scene::start().await;
    let mut client = scene.connect("/reader/elsewhere").await;
    let message = "a€😀".repeat(100_000);
    client.frame(FIRST_TEXT, message.as_bytes()).await;
    client.frame(LAST, b"end").await;
    let answer = client.read_frame().await.payload;
    assert!(answer == [message.as_bytes(), b"end"].concat());
}

#[tokio::test]
async fn b11_e4_a_reader_that_is_kept_ends_with_its_handler() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/reader/elsewhere").await;
    client.frame(FIRST_BINARY, b"begun").await;
    assert_eq!(client.read_frame().await.payload, b"returned");
    let broken = Event::Read(Err(io::ErrorKind::BrokenPipe));
    scene.assert_next(broken).await;
    client.frame(LAST, b"end").await;
    // One that is complete is read to its end.
    client.frame(BINARY, b"complete").await;
    assert_eq!(client.read_frame().await.payload, b"returned");
    scene.assert_next(read(8)).await;
}

#[tokio::test]
async fn e4_a_peer_that_stops_in_the_middle_is_not_waited_for() {
    let builder = Server::builder().message_timeout(std::time::Duration::from_millis(200));
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.connect("/reader/watched").await;
    client.frame(FIRST_TEXT, b"begun").await;
    scene.assert_next(read(5)).await;
    assert_eq!(client.read_close().await.0, 1008);
    let aborted = Event::Read(Err(io::ErrorKind::ConnectionAborted));
    scene.assert_next(aborted).await;
    drop(client);
    scene.assert_next(Event::Closed(1008)).await;
}
