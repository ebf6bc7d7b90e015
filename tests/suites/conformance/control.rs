//! §5.5: pings and pongs.

use wspring_tests::TestServer;

use crate::peer::{CONTINUATION, FIN, Frame, PING, PONG, Peer, TEXT};

#[tokio::test]
async fn e8_s5_5_3_a_pong_has_the_payload_of_its_ping() {
    let server = TestServer::start().await;
    for payload in [
        &b""[..],
        b"Hello",
        b"\x00\xff\xfe\xfd",
        &[0xfe; 124],
        &[0xfe; 125],
    ] {
        let name = format!("{} bytes", payload.len());
        let mut at_once = Peer::open(&server, &name).await;
        at_once.sends(&[(PING, payload)]).await;
        at_once.gets(&[(PONG, payload)]).await;
        let mut in_bytes = Peer::open(&server, format!("{name}, byte by byte")).await;
        in_bytes.sends_slowly(&[(PING, payload)]).await;
        in_bytes.gets(&[(PONG, payload)]).await;
    }
}

#[tokio::test]
async fn s5_5_a_control_frame_carries_at_most_125_bytes() {
    let server = TestServer::start().await;
    for opcode in [8, 9, 10] {
        for length in [126, 127, 1000, 65_536] {
            let mut peer = Peer::open(&server, format!("opcode {opcode}, {length} bytes")).await;
            peer.sends(&[(FIN | opcode, &vec![b'x'; length])]).await;
            peer.ends_with(1002).await;
        }
    }
}

#[tokio::test]
async fn s5_5_a_control_frame_is_not_fragmented() {
    let server = TestServer::start().await;
    for opcode in [8, 9, 10] {
        let mut peer = Peer::open(&server, format!("opcode {opcode}")).await;
        peer.sends(&[(opcode, b""), (FIN, b"")]).await;
        peer.ends_with(1002).await;
    }
}

#[tokio::test]
async fn s5_5_3_an_unsolicited_pong_is_ignored() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "pongs").await;
    peer.sends(&[(PONG, b""), (PONG, b"Hello"), (PONG, &[0; 125])])
        .await;
    peer.sends(&[(PING, b"and a ping"), (TEXT, b"and a text")])
        .await;
    peer.gets(&[(PONG, b"and a ping"), (TEXT, b"and a text")])
        .await;
}

/// A peer that reads gets an answer to each, in order (§5.5.3 would allow fewer).
#[tokio::test]
async fn e8_s5_5_2_each_of_many_pings_is_answered() {
    let server = TestServer::start().await;
    let payloads: Vec<String> = (0..10).map(|number| format!("ping {number}")).collect();
    let frames = |first| -> Vec<Frame<'_>> {
        let frames = payloads.iter();
        frames.map(|payload| (first, payload.as_bytes())).collect()
    };
    let mut at_once = Peer::open(&server, "ten pings").await;
    at_once.sends(&frames(PING)).await;
    at_once.gets(&frames(PONG)).await;
    let mut in_bytes = Peer::open(&server, "ten pings, byte by byte").await;
    in_bytes.sends_slowly(&frames(PING)).await;
    in_bytes.gets(&frames(PONG)).await;
}

/// "an endpoint MUST be capable of handling control frames in the middle of a fragmented message"
#[tokio::test]
async fn e8_s5_4_a_ping_does_not_wait_for_the_end_of_a_message() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "a message that has not ended").await;
    peer.sends(&[(0x01, b"begun, "), (PING, b"now")]).await;
    peer.gets(&[(PONG, b"now")]).await;
    peer.sends(&[(CONTINUATION, b"and "), (PING, b"again")])
        .await;
    peer.gets(&[(PONG, b"again")]).await;
    peer.sends(&[(FIN, b"ended")]).await;
    peer.gets(&[(TEXT, b"begun, and ended")]).await;
}
