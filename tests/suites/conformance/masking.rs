//! §5.1, §5.3 and §5.7: masks, and the examples of the RFC.

use wspring_tests::TestServer;

use crate::peer::{BINARY, PING, PONG, Peer, TEXT};

/// "The server MUST close the connection upon receiving a frame that is not masked."
#[tokio::test]
async fn s5_1_a_frame_without_a_mask_fails_the_connection() {
    let server = TestServer::start().await;
    for (name, frame) in [
        ("text", &b"\x81\x05Hello"[..]),
        ("empty", b"\x82\x00"),
        ("ping", b"\x89\x00"),
        ("close", b"\x88\x02\x03\xe8"),
        ("a header alone", b"\x82\x7e\x01\x00"),
    ] {
        let mut peer = Peer::open(&server, name).await;
        peer.writes(frame).await;
        peer.ends_with(1002).await;
    }
}

#[tokio::test]
async fn s5_3_any_key_is_taken_for_any_length() {
    let server = TestServer::start().await;
    for key in [
        [0, 0, 0, 0],
        [255, 255, 255, 255],
        [1, 2, 3, 4],
        [0x80, 0, 0, 1],
    ] {
        for length in [
            1_usize, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 100, 125,
        ] {
            let payload: Vec<u8> = (0..=255).cycle().take(length).collect();
            let mut frame = vec![BINARY, 0x80 | u8::try_from(length).unwrap()];
            frame.extend(key);
            let masked = payload.iter().zip(key.iter().cycle());
            frame.extend(masked.map(|(byte, key)| byte ^ key));
            let mut peer = Peer::open(&server, format!("{key:?}, {length} bytes")).await;
            peer.writes(&frame).await;
            peer.gets(&[(BINARY, &payload)]).await;
        }
    }
}

#[tokio::test]
async fn s5_7_a_masked_text_message() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "Hello").await;
    peer.writes(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")
        .await;
    peer.gets(&[(TEXT, b"Hello")]).await;
}

#[tokio::test]
async fn s5_7_a_masked_ping_and_its_pong() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "a pong is no answer, and gets none").await;
    peer.writes(b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")
        .await;
    peer.sends(&[(PING, b"Hello")]).await;
    peer.gets(&[(PONG, b"Hello")]).await;
}
