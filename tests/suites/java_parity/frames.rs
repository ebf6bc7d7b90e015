//! Frames, good and bad.

use std::time::Duration;

use wspring::prelude::*;
use wspring::{ErrorKind, Initiator};
use wspring_tests::{RawClient, TestServer};

use crate::endpoint::{Event, Events, start, start_with};

/// The default limit of a message, in bytes.
const LIMIT: usize = 64 * 1024;

/// Java: 8,192 UTF-16 units pass, one more is 1009; `@OnError` is not told.
/// Ours: 65,536 bytes of UTF-8 pass, one more is 1009; so for the sum of fragments; `#[on_error]` is told.
#[tokio::test]
async fn text_at_the_limit_and_beyond() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    for text in ["x".repeat(LIMIT), "中".repeat(LIMIT / 3)] {
        client.frame(0x81, text.as_bytes()).await;
        let event = events.next().await;
        assert!(
            event == Event::Text(text),
            "a text of the full size is delivered"
        );
    }
    client.frame(0x81, "x".repeat(LIMIT + 1).as_bytes()).await;
    too_big(&mut client, &mut events).await;

    let mut client = open(&server, &mut events).await;
    client
        .frame(0x81, "中".repeat(LIMIT / 3 + 1).as_bytes())
        .await;
    too_big(&mut client, &mut events).await;

    let mut client = open(&server, &mut events).await;
    client.frame(0x01, &[b'x'; LIMIT / 2]).await;
    client.frame(0x80, &[b'x'; LIMIT / 2 + 1]).await;
    too_big(&mut client, &mut events).await;
}

/// Java: 8,192 bytes pass, one more is 1009.
/// Ours: 65,536 bytes pass, one more is 1009.
#[tokio::test]
async fn binary_at_the_limit_and_beyond() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client.frame(0x82, &[7; LIMIT]).await;
    let event = events.next().await;
    assert!(
        event == Event::Binary(vec![7; LIMIT]),
        "a message of the full size is delivered"
    );
    client.frame(0x82, &[7; LIMIT + 1]).await;
    too_big(&mut client, &mut events).await;
}

/// Java: 1009 with the same text for a compressed message that becomes too big.
/// Ours: 1002, as compression was not agreed on.
#[tokio::test]
async fn compressed_message() {
    // "Hello", the example of RFC 7692 §7.2.3.1.
    broken(
        &[(0xc1, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])],
        1002,
        "reserved bits",
    )
    .await;
}

/// Java: 1002, `@OnError` with an `IOException`, `@OnClose` with 1006.
/// Ours: 1002 on both sides, as compression was not agreed on.
#[tokio::test]
async fn corrupt_compressed_message() {
    broken(&[(0xc1, &[0xff, 0xff, 0xff])], 1002, "reserved bits").await;
}

/// Java: the client's sends fail, and the 1009 can still be read.
/// Ours: what it sends is read and dropped, so that the 1009 is not lost in a reset.
#[tokio::test]
async fn client_keeps_sending_after_the_1009() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    for _ in 0..50 {
        client.frame(0x81, &[b'x'; 2 * LIMIT]).await;
    }
    too_big(&mut client, &mut events).await;
    assert_eq!(client.rest().await, b"");
    assert_eq!(events.rest(), []);
}

/// Java: 1007, as soon as the bad byte's fragment is there; `@OnClose` 1007, no `@OnError`.
/// Ours: the same, and inside a frame that has not all come.
#[tokio::test]
async fn invalid_utf8() {
    for bad in [
        &b"a\xffb"[..],
        b"\xe4\xb8",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\xf4\x90\x80\x80",
    ] {
        broken(&[(0x81, bad)], 1007, "UTF-8").await;
    }
    broken(&[(0x01, b"a\xff")], 1007, "UTF-8").await;

    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    // 100 bytes are announced, and with a mask of zeros these are the first two.
    client
        .write(&[0x81, 0x80 | 100, 0, 0, 0, 0, b'a', 0xff])
        .await;
    assert_eq!(client.read_close().await.0, 1007);
}

/// Java: 1002.
/// Ours: the same.
#[tokio::test]
async fn unmasked_frame() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client.write(b"\x81\x02hi").await;
    violation(&mut client, &mut events, 1002, "mask").await;
}

/// Java: 1002.
/// Ours: the same.
#[tokio::test]
async fn reserved_bit() {
    for bits in [0x40, 0x20, 0x10] {
        broken(&[(0x81 | bits, b"hi")], 1002, "reserved bits").await;
    }
}

/// Java: 1002 for a reserved opcode and for a continuation of nothing.
/// Ours: the same.
#[tokio::test]
async fn reserved_opcode() {
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        broken(&[(0x80 | opcode, b"")], 1002, "opcode").await;
    }
    broken(&[(0x80, b"hi")], 1002, "continuation").await;
}

/// Java: 1002.
/// Ours: the same.
#[tokio::test]
async fn new_message_inside_a_fragmented_one() {
    broken(
        &[(0x01, b"a"), (0x81, b"b")],
        1002,
        "before the previous one was finished",
    )
    .await;
}

/// Java: 1002.
/// Ours: the same.
#[tokio::test]
async fn fragmented_or_long_control_frame() {
    broken(&[(0x09, b"a")], 1002, "fragmented").await;
    broken(&[(0x89, &[b'a'; 126])], 1002, "125 bytes").await;
}

/// Java: accepted.
/// Ours: 1002, because the length must be written in the fewest bytes (RFC 6455 §5.2).
#[tokio::test]
async fn length_in_more_bytes_than_needed() {
    for head in [
        &[0x81, 0xfe, 0, 2][..],
        &[0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 2],
    ] {
        let (server, mut events) = start().await;
        let mut client = open(&server, &mut events).await;
        client.write(&[head, &[0, 0, 0, 0], b"hi"].concat()).await;
        violation(&mut client, &mut events, 1002, "length").await;
    }
}

/// Java: waits for the payload.
/// Ours: 1009 as soon as the length is there.
#[tokio::test]
async fn length_of_2_63_less_1() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client
        .write(&[
            0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0,
        ])
        .await;
    too_big(&mut client, &mut events).await;
}

/// Java: no answer, and a thread that spins for ever, even when the client has gone (CVE-2020-13935).
/// Ours: 1002.
#[tokio::test]
async fn length_with_the_top_bit_set() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    client
        .write(&[0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0])
        .await;
    violation(&mut client, &mut events, 1002, "highest bit").await;
}

/// Java: a pong with the same payload, between fragments too, but not while the session's `@OnMessage` runs.
/// Ours: the same, and while a handler runs; a pong that nobody asked for goes to a handler of pongs, if any.
#[tokio::test]
async fn ping_and_pong() {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    for payload in [&b""[..], b"abc", &[b'x'; 125]] {
        client.frame(0x89, payload).await;
        let pong = client.read_frame().await;
        assert_eq!((pong.first, &*pong.payload), (0x8a, payload));
    }
    client.frame(0x01, b"a").await;
    client.frame(0x89, b"between").await;
    assert_eq!(client.read_frame().await.payload, b"between");
    client.frame(0x80, b"b").await;
    assert_eq!(events.next().await, Event::Text("ab".to_owned()));
    client.frame(0x8a, b"unasked").await;
    assert_eq!(events.next().await, Event::Pong(b"unasked".to_vec()));

    let mut busy = RawClient::upgraded(server.address(), "/told/1").await;
    events.opened().await;
    busy.frame(0x8a, b"for nobody").await;
    busy.frame(0x81, b"wait").await;
    assert_eq!(events.next().await, Event::Text("wait".to_owned()));
    busy.frame(0x89, b"now").await;
    assert_eq!(
        busy.read_frame().await.payload,
        b"now",
        "while the handler waits"
    );
    events.let_go();
}

/// Java: none.
/// Ours: every 25 s if it is not set otherwise; a peer that answers stays connected.
#[tokio::test]
async fn pings_of_the_server() {
    let builder = Server::builder().ping_interval(Duration::from_millis(20));
    let (server, mut events) = start_with(builder).await;
    let mut client = RawClient::upgraded(server.address(), "/webSocket/1").await;
    events.opened().await;
    for _ in 0..5 {
        let ping = client.read_ping().await;
        client.frame(0x8a, &ping.payload).await;
    }
    assert_eq!(events.rest(), []);
}

/// Java: other sessions are served meanwhile; the same session's next message waits its turn.
/// Ours: the same.
#[tokio::test]
async fn on_message_takes_its_time() {
    let (server, mut events) = start().await;
    let mut busy = server.connect("/told/1").await;
    events.opened().await;
    let mut other = server.connect("/told/2").await;
    events.opened().await;
    busy.send("wait").await;
    assert_eq!(events.next().await, Event::Text("wait".to_owned()));
    busy.send("next").await;
    other.send("served").await;
    assert_eq!(
        events.next().await,
        Event::Text("served".to_owned()),
        "and `next` is not"
    );
    other.send("go").await;
    assert_eq!(events.next().await, Event::Text("go".to_owned()));
    assert_eq!(events.next().await, Event::Text("next".to_owned()));
}

/// A client of the endpoint that takes every kind of message.
async fn open(server: &TestServer, events: &mut Events) -> RawClient {
    let client = RawClient::upgraded(server.address(), "/both/1").await;
    events.opened().await;
    client
}

/// Sends these frames and expects the close that answers the last of them.
async fn broken(frames: &[(u8, &[u8])], code: u16, words: &str) {
    let (server, mut events) = start().await;
    let mut client = open(&server, &mut events).await;
    for (first, payload) in frames {
        client.frame(*first, payload).await;
    }
    violation(&mut client, &mut events, code, words).await;
}

/// The client is told the code and the words, and so is `#[on_close]`; no other handler runs.
async fn violation(client: &mut RawClient, events: &mut Events, code: u16, words: &str) {
    let (sent, reason) = client.read_close().await;
    assert_eq!(sent, code, "{reason}");
    assert!(reason.contains(words), "{reason}");
    let closed = events.closed().await;
    assert_eq!(
        (closed.code.as_u16(), closed.initiator),
        (code, Initiator::Runtime)
    );
}

/// The same for 1009, of which `#[on_error]` is told before.
async fn too_big(client: &mut RawClient, events: &mut Events) {
    let (code, reason) = client.read_close().await;
    assert_eq!(code, 1009, "{reason}");
    assert!(
        reason.contains("65536"),
        "the reason names the limit: {reason}"
    );
    assert_eq!(events.next().await, Event::Error(ErrorKind::TooBig));
    assert_eq!(events.closed().await.code, CloseCode::TOO_BIG);
}
