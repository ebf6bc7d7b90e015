//! §5.2 and §5.4 with megabytes: whole, in fragments, and in any pieces that TCP makes of them.

use wspring::Server;
use wspring_tests::TestServer;

use crate::peer::{BINARY, CONTINUATION, FIN, Frame, Peer, TEXT, wire};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
const LARGEST: usize = 16 * MIB;

async fn server() -> TestServer {
    let settings = Server::builder()
        .max_message_size(LARGEST)
        .outbox_bytes(LARGEST);
    TestServer::start_with(settings).await
}

/// Text of this length, with characters of every size at every place.
fn text(length: usize) -> Vec<u8> {
    let mut text = "aé€😀".repeat(length / 10);
    text.push_str(&"*".repeat(length - text.len()));
    text.into_bytes()
}

#[tokio::test]
async fn s5_2_messages_of_megabytes() {
    let server = server().await;
    for length in [64 * KIB, 256 * KIB, MIB, 4 * MIB, LARGEST] {
        let message = text(length);
        for first in [TEXT, BINARY] {
            let mut peer = Peer::open(&server, format!("{first:#x}, {length} bytes")).await;
            peer.sends(&[(first, &message)]).await;
            peer.gets(&[(first, &message)]).await;
        }
    }
}

#[tokio::test]
async fn s5_4_fragments_of_every_size() {
    let server = server().await;
    let message = text(4 * MIB);
    for size in [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, MIB, 4 * MIB] {
        for first in [TEXT, BINARY] {
            let mut frames: Vec<Frame<'_>> = vec![(first & !FIN, b"")];
            frames.extend(message.chunks(size).map(|part| (CONTINUATION, part)));
            frames.push((FIN, b""));
            let mut peer = Peer::open(&server, format!("{first:#x}, fragments of {size}")).await;
            peer.sends(&frames).await;
            peer.gets(&[(first, &message)]).await;
        }
    }
}

#[tokio::test]
async fn s5_2_pieces_of_every_size() {
    let server = server().await;
    let message = text(MIB);
    let frame = wire(&[(TEXT, &message)]);
    for size in [127, KIB + 1, 10_007, 64 * KIB, 300_000] {
        let mut peer = Peer::open(&server, format!("pieces of {size}")).await;
        for piece in frame.chunks(size) {
            peer.writes(piece).await;
        }
        peer.gets(&[(TEXT, &message)]).await;
    }
}

#[tokio::test]
async fn s10_4_a_byte_beyond_the_limit_is_too_big() {
    let server = server().await;
    let mut peer = Peer::open(&server, "16 MiB and a byte").await;
    peer.writes(&wire(&[(BINARY, &vec![0; LARGEST + 1])])[..14])
        .await;
    peer.ends_with(1009).await;
}
