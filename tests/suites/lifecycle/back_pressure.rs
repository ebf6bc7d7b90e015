//! A handler that takes its time: pongs, heartbeats and pushes go on, and reading ahead has a bound.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use wspring::prelude::*;
use wspring_tests::RawClient;
use wspring_tests::client::masked_frame;

use crate::{Gate, Scene, Seen, obey};

/// Its handler waits for the gate at every message.
#[derive(Default)]
struct Slow;

#[server_endpoint("/slow/<user>", heartbeat = "ping")]
impl Slow {
    #[on_message]
    async fn on_message(&self, text: &str, gate: Gate, seen: Seen) -> Result<(), String> {
        obey("wait", &gate).await?;
        seen.record(crate::Event::Handled(text.chars().take(20).collect()));
        Ok(())
    }
}

#[tokio::test]
async fn e8_o7_a_slow_handler_stops_neither_pongs_nor_heartbeats_nor_pushes() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.raw().await;
    let handshake = wspring_tests::client::handshake("/slow/ann", &[]);
    client.write(handshake.as_bytes()).await;
    client.head().await;
    client.frame(0x81, b"waits").await;
    for payload in [&b"one"[..], b"two"] {
        client.frame(0x89, payload).await;
        let pong = client.read_frame().await;
        assert_eq!((pong.first, pong.payload.as_slice()), (0x8a, payload));
    }
    client.frame(0x81, b"ping").await;
    assert_eq!(client.read_frame().await.payload, b"ping");
    let pushed = scene.server.handle().send_info("a push", "ann").await;
    assert_eq!(pushed.unwrap().sessions, 1);
    assert_eq!(client.read_frame().await.payload, b"a push");
    assert_eq!(
        scene.events.rest(),
        [],
        "the handler has been waiting all the time"
    );
    scene.gate.add_permits(1);
    scene.assert_handled("waits").await;
}

/// Answers to the server's own pings among them, which come as long as a handler runs.
#[tokio::test]
async fn e8_o7_pongs_that_wait_for_a_slow_handler_do_not_stop_the_reading() {
    let scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/slow/ann").await;
    client.frame(0x81, b"waits").await;
    for _ in 0..100 {
        client.frame(0x8a, b"").await;
    }
    client.frame(0x89, b"still there?").await;
    let pong = client.read_frame().await;
    assert_eq!((pong.first, &*pong.payload), (0x8a, &b"still there?"[..]));
    client.frame(0x88, b"\x03\xe8").await;
    assert_eq!(client.read_close().await.0, 1000);
}

#[tokio::test]
async fn o7_a_connection_reads_sixteen_messages_ahead_and_no_more() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.raw().await;
    let handshake = wspring_tests::client::handshake("/slow/ann", &[]);
    client.write(handshake.as_bytes()).await;
    client.head().await;
    // One message for the handler, sixteen that wait, a ping, then more messages, and another ping behind them.
    let mut packet = Vec::new();
    for number in 0..40 {
        if number == 16 {
            packet.extend(masked_frame(0x89, b"within the bound"));
        }
        packet.extend(masked_frame(0x81, format!("message {number}").as_bytes()));
    }
    packet.extend(masked_frame(0x89, b"beyond the bound"));
    client.write(&packet).await;
    // Each ping that is read is answered at once, before what is pushed later; the second one is not read.
    assert_eq!(client.read_frame().await.payload, b"within the bound");
    let pushed = scene.server.handle().send_info("pushed", "ann").await;
    assert_eq!(pushed.unwrap().sessions, 1);
    assert_eq!(client.read_frame().await.payload, b"pushed");
    assert_eq!(scene.events.rest(), []);
    scene.gate.add_permits(40);
    for number in 0..40 {
        scene.assert_handled(&format!("message {number}")).await;
    }
    assert_eq!(client.read_frame().await.payload, b"beyond the bound");
}

/// What the kernel holds for a connection is a few megabytes; a server that reads on would take all of it.
#[tokio::test]
async fn o7_a_peer_that_sends_too_much_feels_it() {
    const MESSAGES: usize = 500;
    let mut scene = Scene::start().await;
    let client = RawClient::upgraded(scene.server.address(), "/slow/ann").await;
    let client = client.into_inner();
    let message = masked_frame(0x81, &[b'z'; 64_000]);
    let stream: Vec<u8> = message
        .iter()
        .copied()
        .cycle()
        .take(MESSAGES * message.len())
        .collect();
    let mut written = 0;
    let mut refused = 0;
    // The server has its turn whenever nothing more can be written.
    while written < stream.len() && refused < 1_000 {
        match client.try_write(&stream[written..]) {
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
    assert!(
        written < stream.len(),
        "{written} bytes were taken while the handler waited"
    );
    assert_eq!(scene.events.rest(), []);

    // And nothing of it is lost.
    scene.gate.add_permits(MESSAGES);
    let rest = async {
        while written < stream.len() {
            client.writable().await.unwrap();
            written += client.try_write(&stream[written..]).unwrap_or_default();
        }
    };
    let handled = async {
        for _ in 0..MESSAGES {
            scene.assert_handled(&"z".repeat(20)).await;
        }
    };
    tokio::join!(rest, handled);
}

/// While the socket takes nothing no ping goes out, so its answer cannot be missed.
#[tokio::test]
async fn a_peer_that_reads_slowly_and_says_nothing_counts_as_alive() {
    const PONG_TIMEOUT: Duration = Duration::from_secs(2);
    let builder = Server::builder()
        .ping_interval(PONG_TIMEOUT / 20)
        .pong_timeout(PONG_TIMEOUT)
        .outbox_bytes(100 << 20)
        .outbox_messages(1_000);
    let mut scene = Scene::start_with(builder).await;
    let mut client = RawClient::narrow(scene.server.address(), "/watched/ann").await;
    let session = scene.opened().await;
    let message = Bytes::from(vec![7; 100_000]);
    for _ in 0..1_000 {
        session.try_send(message.clone()).unwrap();
    }
    let begin = Instant::now();
    while begin.elapsed() < 2 * PONG_TIMEOUT {
        client.read(&mut [0; 50_000]).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(session.is_open());
    let flushed = session.flush().now_or_never();
    assert!(
        flushed.is_none(),
        "the server had more to send all the time"
    );
}

/// Asks for more than it reads, so that its handler waits for room and its next messages wait for the handler.
#[derive(Default)]
struct Flood;

#[server_endpoint("/flood")]
impl Flood {
    #[on_message]
    async fn flood(&self, _text: &str, session: &Session) -> Result<(), SendError> {
        loop {
            session.send(vec![7; 50_000]).await?;
        }
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        let CloseReason {
            code,
            initiator,
            reason,
            ..
        } = reason;
        seen.record(crate::Event::Closed(
            code.as_u16(),
            reason.into_owned(),
            initiator,
            false,
        ));
    }
}

#[tokio::test]
async fn a_peer_that_takes_nothing_and_waits_for_its_handler_does_not_stay_for_ever() {
    // Pings are due all the time, and none is sent that could go unanswered.
    let builder = Server::builder()
        .ping_interval(Duration::from_millis(20))
        .pong_timeout(Duration::from_millis(20))
        .write_timeout(Duration::from_millis(400));
    let mut scene = Scene::start_with(builder).await;
    let mut client = RawClient::narrow(scene.server.address(), "/flood").await;
    client.write(&masked_frame(0x81, b"go").repeat(40)).await;
    let reason = "what waits is not read".to_owned();
    let expected = crate::Event::Closed(1006, reason, wspring::Initiator::Runtime, false);
    assert_eq!(scene.events.next().await, expected);
    scene.assert_over().await;
}
