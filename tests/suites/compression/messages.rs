//! Messages in both directions once compression is agreed on.

use std::time::Duration;

use rand::RngExt as _;
use wspring::prelude::*;
use wspring::{Builder, Compression};
use wspring_tests::TestServer;

use crate::peer::{BINARY, BROWSER, Peer, TEXT};

const PATH: &str = "/echo/ann";

async fn open(builder: Builder) -> (TestServer, Peer) {
    let server = TestServer::start_with(builder).await;
    let peer = Peer::open(&server, PATH, Some(BROWSER)).await;
    (server, peer)
}

async fn compressing(compression: Compression) -> (TestServer, Peer) {
    open(Server::builder().compression(compression)).await
}

/// Lines that are alike, as JSON messages are.
fn lines(count: usize) -> String {
    (0..count)
        .map(|line| format!("{{\"line\":{line},\"text\":\"as any other\"}}\n"))
        .collect()
}

#[tokio::test]
async fn without_context_each_message_stands_alone() {
    let (_server, mut peer) = compressing(Compression::on()).await;
    let message = lines(20);
    for first in [TEXT, TEXT, BINARY] {
        peer.forget();
        peer.send(first, message.as_bytes()).await;
        assert_eq!(peer.receive(first).await, message.as_bytes());
    }
}

#[tokio::test]
async fn with_context_messages_refer_to_those_before_them() {
    let (_server, mut peer) = compressing(Compression::on().context_takeover(true)).await;
    let message = lines(20);
    let mut lengths = Vec::new();
    for _ in 0..3 {
        let payload = peer.compress(message.as_bytes());
        peer.client.frame(TEXT, &payload).await;
        let answer = peer.frame(TEXT).await.payload;
        assert_eq!(peer.inflate(&answer), message.as_bytes());
        lengths.push((payload.len(), answer.len()));
    }
    let (alone, with_context) = (lengths[0], lengths[1]);
    assert!(
        with_context.0 < alone.0 && with_context.1 < alone.1,
        "{lengths:?}"
    );
}

#[tokio::test]
async fn a_context_is_given_up_when_nothing_is_sent_between_two_pings() {
    let builder = Server::builder()
        .compression(Compression::on().context_takeover(true))
        .ping_interval(Duration::from_millis(50));
    let (_server, mut peer) = open(builder).await;
    let message = lines(20);
    for _ in 0..2 {
        peer.send(TEXT, message.as_bytes()).await;
        peer.forget_received();
        assert_eq!(peer.receive(TEXT).await, message.as_bytes());
        for _ in 0..2 {
            let ping = peer.client.read_ping().await;
            peer.client.frame(0x8a, &ping.payload).await;
        }
    }
}

#[tokio::test]
async fn a_compressed_message_may_come_in_fragments() {
    let (_server, mut peer) = compressing(Compression::on()).await;
    let message = lines(20);
    let payload = peer.compress(message.as_bytes());
    let (first, rest) = payload.split_at(payload.len() / 2);
    peer.client.frame(0x41, first).await;
    peer.client.frame(0x00, &[]).await;
    peer.client.frame(0x80, rest).await;
    assert_eq!(peer.receive(TEXT).await, message.as_bytes());
}

#[tokio::test]
async fn plain_messages_are_taken_too() {
    let (_server, mut peer) = compressing(Compression::on()).await;
    let message = lines(20);
    peer.client.frame(0x81, message.as_bytes()).await;
    assert_eq!(peer.receive(TEXT).await, message.as_bytes());
}

#[tokio::test]
async fn messages_below_the_threshold_stay_plain() {
    for (compression, threshold) in [
        (Compression::on(), 256),
        (Compression::on().threshold(20), 20),
        (Compression::on().context_takeover(true), 256),
    ] {
        let (_server, mut peer) = compressing(compression).await;
        let message = vec![b'x'; threshold];
        peer.send(TEXT, &message[1..]).await;
        assert_eq!(peer.frame(0x81).await.payload, message[1..]);
        peer.forget();
        peer.send(TEXT, &message).await;
        assert_eq!(peer.receive(TEXT).await, message);
    }
}

#[tokio::test]
async fn what_does_not_get_smaller_stays_plain() {
    let (_server, mut peer) = compressing(Compression::on()).await;
    let mut noise = vec![0; 5_000];
    rand::rng().fill(&mut noise[..]);
    peer.client.frame(0x82, &noise).await;
    assert_eq!(peer.frame(0x82).await.payload, noise);
}

/// Large enough that the compressed payload is not copied into the queue either.
#[tokio::test]
async fn large_messages_come_back_whole() {
    for takeover in [false, true] {
        let (_server, mut peer) = compressing(Compression::on().context_takeover(takeover)).await;
        let mut digits = String::new();
        while digits.len() < 60_000 {
            digits += &rand::rng().random::<u64>().to_string();
        }
        for _ in 0..3 {
            if !takeover {
                peer.forget();
            }
            peer.send(TEXT, digits.as_bytes()).await;
            assert_eq!(peer.receive(TEXT).await, digits.as_bytes());
        }
    }
}

/// RFC 7692 §6: "compress" applies to messages only.
#[tokio::test]
async fn control_frames_are_never_compressed() {
    let (server, mut peer) = compressing(Compression::on().threshold(1)).await;
    let payload = [b'x'; 125];
    peer.client.frame(0x89, &payload).await;
    assert_eq!(peer.frame(0x8a).await.payload, payload);
    let pushed = server
        .handle()
        .send_info(Pong(payload.to_vec().into()), "ann");
    pushed.await.expect("ann is there");
    assert_eq!(peer.frame(0x8a).await.payload, payload);
    peer.client.frame(0xc9, &payload).await;
    assert_eq!(peer.client.read_close().await.0, 1002);
}

#[tokio::test]
async fn a_push_reaches_those_who_agreed_and_those_who_did_not() {
    let builder = Server::builder().compression(Compression::on());
    let server = TestServer::start_with(builder).await;
    let mut peers = [
        Peer::open(&server, PATH, Some(BROWSER)).await,
        Peer::open(&server, PATH, Some(BROWSER)).await,
        Peer::open(&server, PATH, None).await,
    ];
    for peer in &mut peers {
        peer.client.frame(0x81, b"open?").await;
        assert_eq!(peer.frame(0x81).await.payload, b"open?");
    }
    let message = lines(20);
    let delivered = server.handle().send_info(message.clone(), "ann").await;
    assert_eq!(delivered.expect("ann is there").sessions, 3);
    let [one, other, plain] = &mut peers;
    let payload = one.frame(TEXT).await.payload;
    assert_eq!(one.inflate(&payload), message.as_bytes());
    assert_eq!(other.frame(TEXT).await.payload, payload);
    assert_eq!(plain.frame(0x81).await.payload, message.as_bytes());
}
