//! What a client puts on the wire.

use std::collections::HashSet;

use wspring::{Client, Compression};
use wspring_tests::RawServer;

use super::listen;

/// Keys are not counted up and not used twice, whatever the frame and however large.
#[tokio::test]
async fn section_5_3_every_frame_is_masked_with_a_fresh_key() {
    let server = RawServer::listen().await;
    let client = Client::new();
    let ((session, _seen), (mut peer, _)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&[]));
    let mut keys = HashSet::new();
    let sizes = [0, 5, 5, 5, 125, 126, 4096, 4097, 70_000];
    for size in sizes {
        let text = "x".repeat(size);
        session.send(text.as_str()).await.expect("an open session");
        let (frame, key) = peer.read_masked().await;
        assert_eq!(
            (frame.first, frame.payload.as_slice()),
            (0x81, text.as_bytes())
        );
        keys.insert(key);
    }
    // Two of ten are the same once in a hundred million runs.
    assert_eq!(keys.len(), sizes.len());
    peer.write(b"\x89\x05ping?").await;
    let (pong, key) = peer.read_masked().await;
    assert_eq!((pong.first, pong.payload.as_slice()), (0x8a, &b"ping?"[..]));
    assert!(keys.insert(key));
    session.close();
    let (close, key) = peer.read_masked().await;
    assert_eq!(
        (close.first, close.payload.as_slice()),
        (0x88, &[0x03, 0xe8][..])
    );
    assert!(keys.insert(key));
}

#[tokio::test]
async fn rfc_7692_compressed_frames_are_masked_too() {
    let server = RawServer::listen().await;
    let client = Client::new().compression(Compression::on());
    let answer = [
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; \
        client_no_context_takeover",
    ];
    let ((session, _seen), (mut peer, _)) =
        tokio::join!(listen(&client, server.url("/")), server.upgrade(&answer));
    let text = "the same again ".repeat(100);
    session.send(text.as_str()).await.expect("an open session");
    let (frame, _) = peer.read_masked().await;
    assert_eq!(frame.first, 0xc1);
    let mut inflated = Vec::new();
    let tail = [0x00, 0x00, 0xff, 0xff];
    let compressed = [frame.payload.as_slice(), &tail].concat();
    inflated.reserve(text.len() + 1);
    flate2::Decompress::new(false)
        .decompress_vec(&compressed, &mut inflated, flate2::FlushDecompress::Sync)
        .expect("a compressed message");
    assert_eq!(inflated, text.as_bytes());
}
