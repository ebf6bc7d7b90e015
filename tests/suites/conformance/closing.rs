//! §5.5.1 and §7: the closing handshake.

use wspring_tests::TestServer;

use crate::peer::{CLOSE, FIN, Frame, PING, Peer, TEXT};

fn payload(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes(), reason.as_bytes()].concat()
}

#[tokio::test]
async fn s5_5_1_a_close_without_a_code_is_answered_without_one() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "no code").await;
    peer.sends(&[(CLOSE, b"")]).await;
    peer.ends_with(1005).await;
}

/// "When sending a Close frame in response, the endpoint typically echos the status code it received."
#[tokio::test]
async fn s7_4_codes_that_may_be_sent_are_echoed() {
    let server = TestServer::start().await;
    let codes = (1000..=1003)
        .chain(1007..=1014)
        .chain([3000, 3999, 4000, 4999]);
    for code in codes {
        for reason in ["", "a reason", &"x".repeat(123), "größer €"] {
            let mut peer = Peer::open(&server, format!("{code} {reason}")).await;
            peer.sends(&[(CLOSE, &payload(code, reason))]).await;
            peer.ends_with(code).await;
        }
    }
}

#[tokio::test]
async fn s7_4_codes_that_must_not_be_sent_end_with_1002() {
    let server = TestServer::start().await;
    let codes = [
        0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65_535,
    ];
    for code in codes {
        for reason in ["", "a reason"] {
            let mut peer = Peer::open(&server, format!("{code} {reason}")).await;
            peer.sends(&[(CLOSE, &payload(code, reason))]).await;
            peer.ends_with(1002).await;
        }
    }
}

#[tokio::test]
async fn s5_5_1_half_a_code_ends_with_1002() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "one byte").await;
    peer.sends(&[(CLOSE, b"\x03")]).await;
    peer.ends_with(1002).await;
}

#[tokio::test]
async fn s5_5_1_a_reason_is_utf8() {
    let server = TestServer::start().await;
    for reason in [&b"\xff"[..], b"good, \xed\xa0\x80", b"\xc3"] {
        let mut peer = Peer::open(&server, format!("{reason:x?}")).await;
        peer.sends(&[(CLOSE, &[b"\x03\xe8", reason].concat())])
            .await;
        peer.ends_with(1007).await;
    }
}

#[tokio::test]
async fn s5_5_1_a_reason_has_at_most_123_bytes() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "124 bytes").await;
    peer.sends(&[(CLOSE, &payload(1000, &"x".repeat(124)))])
        .await;
    peer.ends_with(1002).await;
}

/// "The application MUST NOT send any more data frames after sending a Close frame": what comes is ignored.
#[tokio::test]
async fn s5_5_1_nothing_after_a_close_frame_is_handled() {
    let server = TestServer::start().await;
    let cases: [(&str, &[Frame<'_>]); 5] = [
        ("a text", &[(TEXT, b"too late")]),
        ("a ping", &[(PING, b"too late")]),
        ("another close", &[(CLOSE, b"\x0f\xa0")]),
        ("a violation", &[(0x83, b"")]),
        ("the rest of a message", &[(FIN, b"too late")]),
    ];
    for (name, behind) in cases {
        let mut peer = Peer::open(&server, name).await;
        let mut frames = vec![(0x01, &b"begun"[..]), (CLOSE, b"\x03\xe8")];
        frames.extend(behind);
        peer.sends(&frames).await;
        peer.ends_with(1000).await;
    }
}

/// What came before is answered first.
#[tokio::test]
async fn s5_5_1_messages_before_a_close_frame_are_answered() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "a hundred messages").await;
    let mut frames = vec![(TEXT, &b"echo"[..]); 100];
    frames.push((CLOSE, b"\x03\xe8"));
    peer.sends(&frames).await;
    peer.gets(&[(TEXT, &b"echo"[..]); 100]).await;
    peer.ends_with(1000).await;
}

/// "the server … MUST close the underlying TCP connection" first (§7.1.1): the client, which has not closed its own
/// side, sees the end.
#[tokio::test]
async fn s7_1_1_the_server_ends_the_tcp_connection_first() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "after a normal close").await;
    peer.sends(&[(CLOSE, b"\x03\xe8bye")]).await;
    peer.ends_with(1000).await;
}

#[tokio::test]
async fn s5_5_1_a_close_frame_byte_by_byte() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "byte by byte").await;
    peer.sends_slowly(&[(CLOSE, b"\x0f\xa0why not")]).await;
    peer.ends_with(4000).await;
}
