//! §5.6 and §8.1: text is UTF-8, and what is not fails the connection as soon as it shows.

use wspring_tests::TestServer;

use crate::peer::{CONTINUATION, FIN, Frame, Peer, TEXT, wire};

/// Well-formed byte sequences: the first and the last of each length, the edges of the surrogates, and noncharacters.
const GOOD: &[&str] = &[
    "Hello-µ@ßöäüàá-UTF-8!!",
    "κόσμε",
    "\0",
    "\u{7f}",
    "\u{80}",
    "\u{7ff}",
    "\u{800}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{10000}",
    "\u{1fffe}",
    "\u{10ffff}",
    "\u{feff}with a mark",
    "👨‍👩‍👧 日本語",
];

/// Sequences that no text contains, with the number of bytes after which none can become one any more.
const BAD: &[(&str, &[u8], usize)] = &[
    ("a continuation byte alone", b"\x80", 1),
    ("the last continuation byte alone", b"\xbf", 1),
    ("two continuation bytes", b"\x80\xbf", 1),
    ("never a first byte: fe", b"\xfe", 1),
    ("never a first byte: ff", b"\xff", 1),
    ("a first byte of five", b"\xf8\x88\x80\x80\x80", 1),
    ("a first byte of six", b"\xfc\x84\x80\x80\x80\x80", 1),
    ("overlong in two bytes: c0", b"\xc0\xaf", 1),
    ("overlong in two bytes: c1", b"\xc1\xbf", 1),
    ("overlong in three bytes", b"\xe0\x80\xaf", 2),
    ("the largest overlong in three bytes", b"\xe0\x9f\xbf", 2),
    ("overlong in four bytes", b"\xf0\x80\x80\xaf", 2),
    ("the largest overlong in four bytes", b"\xf0\x8f\xbf\xbf", 2),
    ("the first surrogate", b"\xed\xa0\x80", 2),
    ("the last surrogate", b"\xed\xbf\xbf", 2),
    ("a pair of surrogates", b"\xed\xa0\x80\xed\xb0\x80", 2),
    ("beyond 10ffff", b"\xf4\x90\x80\x80", 2),
    ("a first byte beyond", b"\xf5\x80\x80\x80", 1),
    ("a letter inside two bytes", b"\xc3(", 2),
    ("a letter inside three bytes", b"\xe2(\xa1", 2),
    ("a letter late inside three bytes", b"\xe2\x82(", 3),
    ("a letter inside four bytes", b"\xf0(\x8c\xbc", 2),
    ("a letter late inside four bytes", b"\xf0\x90(\xbc", 3),
    ("a letter last inside four bytes", b"\xf0\x90\x8c(", 4),
];

#[tokio::test]
async fn s5_6_text_comes_back_as_it_was() {
    let server = TestServer::start().await;
    for text in GOOD {
        let bytes = text.as_bytes();
        let mut whole = Peer::open(&server, *text).await;
        whole.sends(&[(TEXT, bytes)]).await;
        whole.gets(&[(TEXT, bytes)]).await;
        for cut in 0..=bytes.len() {
            let (first, second) = bytes.split_at(cut);
            let mut cut = Peer::open(&server, format!("{text:?} cut at {cut}")).await;
            cut.sends(&[(0x01, first), (FIN, second)]).await;
            cut.gets(&[(TEXT, bytes)]).await;
        }
    }
}

#[tokio::test]
async fn s5_6_a_fragment_for_each_byte() {
    let server = TestServer::start().await;
    let text = GOOD.concat();
    let mut frames: Vec<Frame<'_>> = vec![(0x01, b"")];
    frames.extend(text.as_bytes().chunks(1).map(|byte| (CONTINUATION, byte)));
    frames.push((FIN, b""));
    let mut peer = Peer::open(&server, "byte by byte").await;
    peer.sends_slowly(&frames).await;
    peer.gets(&[(TEXT, text.as_bytes())]).await;
}

#[tokio::test]
async fn e12_s8_1_what_is_no_utf8_ends_with_1007() {
    let server = TestServer::start().await;
    for (name, bytes, _) in BAD {
        let payload = [b"good ", *bytes, b" good"].concat();
        let mut whole = Peer::open(&server, *name).await;
        whole.sends(&[(TEXT, &payload)]).await;
        whole.ends_with(1007).await;
        let mut frames: Vec<Frame<'_>> = vec![(0x01, b"")];
        frames.extend(payload.chunks(1).map(|byte| (CONTINUATION, byte)));
        let mut fragments = Peer::open(&server, format!("{name}, a fragment for each byte")).await;
        fragments.sends(&frames).await;
        fragments.ends_with(1007).await;
    }
}

/// The rest of the frame never comes, and is not waited for.
#[tokio::test]
async fn e12_s8_1_the_first_hopeless_byte_ends_the_connection_inside_its_frame() {
    let server = TestServer::start().await;
    for (name, bytes, hopeless) in BAD {
        let before = "κόσμε".as_bytes();
        let frame = wire(&[(TEXT, &[before, bytes, &[b'x'; 40]].concat())]);
        let until = frame.len() - 40 - bytes.len() + hopeless;
        let mut at_once = Peer::open(&server, *name).await;
        at_once.writes(&frame[..until]).await;
        at_once.ends_with(1007).await;

        let mut in_bytes = Peer::open(&server, format!("{name}, byte by byte")).await;
        for byte in &frame[..until - 1] {
            in_bytes.writes(&[*byte]).await;
        }
        in_bytes.writes(&frame[until - 1..until]).await;
        in_bytes.ends_with(1007).await;
    }
}

#[tokio::test]
async fn e12_s8_1_the_first_hopeless_byte_ends_the_connection_inside_a_fragment() {
    let server = TestServer::start().await;
    for (name, bytes, hopeless) in BAD {
        let begun = wire(&[(0x01, b"good, "), (CONTINUATION, &bytes[..hopeless - 1])]);
        let last = wire(&[(FIN, &[&bytes[hopeless - 1..], &b"and more"[..]].concat())]);
        let until = last.len() - (bytes.len() - hopeless) - b"and more".len();
        let mut peer = Peer::open(&server, *name).await;
        peer.writes(&begun).await;
        peer.writes(&last[..until]).await;
        peer.ends_with(1007).await;
    }
}

#[tokio::test]
async fn s8_1_a_text_does_not_end_inside_a_character() {
    let server = TestServer::start().await;
    for bytes in [&b"\xc3"[..], b"\xe2\x82", b"\xf0\x9f\x98"] {
        let mut whole = Peer::open(&server, format!("{bytes:x?}")).await;
        whole.sends(&[(TEXT, bytes)]).await;
        whole.ends_with(1007).await;
        let mut fragments = Peer::open(&server, format!("{bytes:x?}, in fragments")).await;
        fragments.sends(&[(0x01, bytes), (FIN, b"")]).await;
        fragments.ends_with(1007).await;
    }
}

/// Binary messages are any bytes.
#[tokio::test]
async fn s5_6_binary_is_not_checked() {
    let server = TestServer::start().await;
    for (name, bytes, _) in BAD {
        let mut peer = Peer::open(&server, *name).await;
        peer.sends(&[(0x82, bytes), (0x02, bytes), (FIN, b"")])
            .await;
        peer.gets(&[(0x82, bytes), (0x82, bytes)]).await;
    }
}
