//! §5.4: messages in several frames.

use wspring::Server;
use wspring_tests::TestServer;

use crate::peer::{BINARY, CLOSE, CONTINUATION, FIN, Frame, PING, PONG, Peer, TEXT};

const BEGIN_TEXT: u8 = 0x01;
const BEGIN_BINARY: u8 = 0x02;
const END: u8 = FIN;

#[tokio::test]
async fn e2_s5_4_fragments_become_one_message() {
    let server = TestServer::start().await;
    let cases: [(&str, &[Frame<'_>], &[Frame<'_>]); 9] = [
        (
            "two",
            &[(BEGIN_TEXT, b"one"), (END, b"two")],
            &[(TEXT, b"onetwo")],
        ),
        (
            "three, binary",
            &[(BEGIN_BINARY, b"a"), (CONTINUATION, b"b"), (END, b"c")],
            &[(BINARY, b"abc")],
        ),
        (
            "empty ones",
            &[(BEGIN_TEXT, b""), (CONTINUATION, b""), (END, b"")],
            &[(TEXT, b"")],
        ),
        (
            "an empty one between",
            &[(BEGIN_TEXT, b"one"), (CONTINUATION, b""), (END, b"two")],
            &[(TEXT, b"onetwo")],
        ),
        (
            "a ping between, which is answered first",
            &[(BEGIN_TEXT, b"one"), (PING, b"?"), (END, b"two")],
            &[(PONG, b"?"), (TEXT, b"onetwo")],
        ),
        (
            "a ping after each",
            &[
                (BEGIN_TEXT, b"1"),
                (PING, b"a"),
                (CONTINUATION, b"2"),
                (PING, b"b"),
                (CONTINUATION, b"3"),
                (PING, b"c"),
                (END, b"4"),
            ],
            &[(PONG, b"a"), (PONG, b"b"), (PONG, b"c"), (TEXT, b"1234")],
        ),
        (
            "a pong between",
            &[(BEGIN_TEXT, b"one"), (PONG, b"!"), (END, b"two")],
            &[(TEXT, b"onetwo")],
        ),
        (
            "two messages",
            &[
                (BEGIN_TEXT, b"a"),
                (END, b"b"),
                (BEGIN_BINARY, b"c"),
                (END, b"d"),
            ],
            &[(TEXT, b"ab"), (BINARY, b"cd")],
        ),
        (
            "the same kind of message whole, afterwards",
            &[(BEGIN_TEXT, b"a"), (END, b"b"), (TEXT, b"c")],
            &[(TEXT, b"ab"), (TEXT, b"c")],
        ),
    ];
    for (name, sent, received) in cases {
        let mut at_once = Peer::open(&server, name).await;
        at_once.sends(sent).await;
        at_once.gets(received).await;
        at_once.is_served().await;
        let mut in_bytes = Peer::open(&server, format!("{name}, byte by byte")).await;
        in_bytes.sends_slowly(sent).await;
        in_bytes.gets(received).await;
    }
}

#[tokio::test]
async fn s5_4_a_continuation_continues_something() {
    let server = TestServer::start().await;
    let cases: [(&str, &[Frame<'_>]); 5] = [
        ("of nothing", &[(END, b"what?")]),
        (
            "of nothing, not the last",
            &[(CONTINUATION, b"what?"), (END, b"no")],
        ),
        ("of nothing, empty", &[(END, b"")]),
        (
            "of a message that has ended",
            &[(BEGIN_TEXT, b"a"), (END, b"b"), (END, b"c")],
        ),
        (
            "of a message in one frame",
            &[(TEXT, b"ab"), (CONTINUATION, b"c")],
        ),
    ];
    for (name, sent) in cases {
        let mut peer = Peer::open(&server, name).await;
        peer.sends(sent).await;
        if sent[0].0 & 0x0f != 0 {
            peer.gets(&[(TEXT, b"ab")]).await;
        }
        peer.ends_with(1002).await;
    }
}

#[tokio::test]
async fn s5_4_no_message_begins_inside_another_one() {
    let server = TestServer::start().await;
    for first in [TEXT, BINARY, BEGIN_TEXT, BEGIN_BINARY] {
        for begin in [BEGIN_TEXT, BEGIN_BINARY] {
            let mut peer = Peer::open(&server, format!("{first:#x} in {begin:#x}")).await;
            peer.sends(&[(begin, b"begun"), (PING, b""), (first, b"another")])
                .await;
            peer.gets(&[(PONG, b"")]).await;
            peer.ends_with(1002).await;
        }
    }
}

#[tokio::test]
async fn s5_4_a_close_frame_may_come_inside_a_message() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "a message that is never finished").await;
    peer.sends(&[(BEGIN_TEXT, b"begun"), (CLOSE, b"\x03\xe8")])
        .await;
    peer.ends_with(1000).await;
}

/// The bound is ours; RFC 6455 §10.4 tells implementations to have one.
#[tokio::test]
async fn s10_4_fragments_are_counted_empty_ones_as_well() {
    let server = TestServer::start_with(Server::builder().max_fragments(100)).await;
    for payload in [&b""[..], b"x"] {
        let mut frames = vec![(BEGIN_BINARY, payload)];
        frames.resize(99, (CONTINUATION, payload));
        let mut within = Peer::open(&server, "a hundred").await;
        within.sends(&frames).await;
        within.sends(&[(END, payload)]).await;
        within.gets(&[(BINARY, &payload.repeat(100))]).await;

        frames.resize(101, (CONTINUATION, payload));
        let mut beyond = Peer::open(&server, "a hundred and one").await;
        beyond.sends(&frames).await;
        beyond.ends_with(1008).await;
    }
}

/// RFC 6455 §10.4: the limit is that of the whole message.
#[tokio::test]
async fn s10_4_fragments_are_measured_together() {
    let server = TestServer::start_with(Server::builder().max_message_size(10)).await;
    let mut within = Peer::open(&server, "10 bytes").await;
    within
        .sends(&[(BEGIN_TEXT, b"12345"), (END, b"67890")])
        .await;
    within.gets(&[(TEXT, b"1234567890")]).await;
    let mut beyond = Peer::open(&server, "11 bytes").await;
    beyond
        .sends(&[(BEGIN_TEXT, b"12345"), (CONTINUATION, b"678901")])
        .await;
    beyond.ends_with(1009).await;
}
