//! §5.2: the header of a frame.

use wspring_tests::TestServer;

use crate::peer::{BINARY, CONTINUATION, FIN, PING, Peer, TEXT, wire};

const KEY: [u8; 4] = [0, 0, 0, 0];

#[tokio::test]
async fn s5_2_messages_of_every_kind_of_length_come_back() {
    let server = TestServer::start().await;
    for length in [
        0, 1, 16, 64, 124, 125, 126, 127, 128, 256, 1024, 65_535, 65_536,
    ] {
        let payload = vec![b'*'; length];
        for first in [TEXT, BINARY] {
            let mut peer = Peer::open(&server, format!("{first:#x}, {length} bytes")).await;
            peer.sends(&[(first, &payload)]).await;
            peer.gets(&[(first, &payload)]).await;
            peer.is_served().await;
        }
    }
}

#[tokio::test]
async fn s5_2_it_does_not_matter_how_tcp_cuts_a_frame() {
    let server = TestServer::start().await;
    for length in [0, 1, 125, 126, 300] {
        let payload = vec![b'*'; length];
        let mut peer = Peer::open(&server, format!("{length} bytes")).await;
        peer.sends_slowly(&[(TEXT, &payload), (BINARY, &payload)])
            .await;
        peer.gets(&[(TEXT, &payload), (BINARY, &payload)]).await;
    }
}

#[tokio::test]
async fn s5_2_reserved_bits_without_an_extension_fail_the_connection() {
    let server = TestServer::start().await;
    for bits in (0x10..=0x70).step_by(0x10) {
        for first in [TEXT, BINARY, 0x01, CONTINUATION, PING, 0x8a, 0x88] {
            let mut peer = Peer::open(&server, format!("{bits:#x} on {first:#x}")).await;
            peer.sends(&[(TEXT, b"before"), (first | bits, b""), (PING, b"after")])
                .await;
            peer.gets(&[(TEXT, b"before")]).await;
            peer.ends_with(1002).await;
        }
    }
}

#[tokio::test]
async fn s5_2_reserved_opcodes_fail_the_connection() {
    let server = TestServer::start().await;
    for opcode in (3..=7).chain(11..=15) {
        for fin in [0, FIN] {
            for payload in [&b""[..], b"payload"] {
                let mut peer = Peer::open(&server, format!("opcode {opcode}, {fin:#x}")).await;
                peer.sends(&[(TEXT, b"before"), (fin | opcode, payload)])
                    .await;
                peer.gets(&[(TEXT, b"before")]).await;
                peer.ends_with(1002).await;
            }
        }
    }
}

#[tokio::test]
async fn s5_2_reserved_opcodes_inside_a_message_fail_the_connection() {
    let server = TestServer::start().await;
    for opcode in (3..=7).chain(11..=15) {
        let mut peer = Peer::open(&server, format!("opcode {opcode}")).await;
        peer.sends(&[(0x01, b"begun"), (FIN | opcode, b""), (FIN, b"ended")])
            .await;
        peer.ends_with(1002).await;
    }
}

/// The header is enough: nothing waits for a payload that breaks the rules anyway.
#[tokio::test]
async fn s5_2_a_header_is_judged_before_its_payload_comes() {
    let server = TestServer::start().await;
    for (name, header, code) in [
        (
            "a reserved opcode",
            &b"\x83\xff\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"[..],
            1002,
        ),
        ("a reserved bit", b"\xc1\xfe\x01\x00\x00\x00\x00\x00", 1002),
        ("a long ping", b"\x89\xfe\x00\x7e\x00\x00\x00\x00", 1002),
        (
            "more than the limit",
            b"\x82\xff\x00\x00\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00",
            1009,
        ),
        (
            "2^63 - 1",
            b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",
            1009,
        ),
    ] {
        let mut peer = Peer::open(&server, name).await;
        peer.writes(header).await;
        peer.ends_with(code).await;
    }
}

/// "the minimal number of bytes MUST be used to encode the length"
#[tokio::test]
async fn s5_2_a_length_in_more_bytes_than_needed_fails_the_connection() {
    let server = TestServer::start().await;
    for (length, sixteen_bits) in [
        (0_u64, true),
        (125, true),
        (0, false),
        (126, false),
        (65_535, false),
    ] {
        let mut frame = vec![BINARY];
        if sixteen_bits {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(length).unwrap().to_be_bytes());
        } else {
            frame.push(0x80 | 127);
            frame.extend(length.to_be_bytes());
        }
        frame.extend(KEY);
        frame.resize(frame.len() + usize::try_from(length).unwrap(), 0);
        let mut peer = Peer::open(&server, format!("{length}, 16 bits: {sixteen_bits}")).await;
        peer.writes(&frame).await;
        peer.ends_with(1002).await;
    }
}

/// "the most significant bit MUST be 0"
#[tokio::test]
async fn s5_2_a_length_of_64_bits_has_no_top_bit() {
    let server = TestServer::start().await;
    for length in [1_u64 << 63, u64::MAX] {
        let mut frame = vec![BINARY, 0x80 | 127];
        frame.extend(length.to_be_bytes());
        frame.extend(KEY);
        let mut peer = Peer::open(&server, format!("{length:#x}")).await;
        peer.writes(&frame).await;
        peer.ends_with(1002).await;
    }
}

#[tokio::test]
async fn s5_2_after_a_violation_nothing_is_handled() {
    let server = TestServer::start().await;
    let mut peer = Peer::open(&server, "frames behind the violation").await;
    let mut bytes = wire(&[(TEXT, b"before"), (0x83, b"")]);
    bytes.extend(wire(&[(TEXT, &b"after"[..]); 100]));
    peer.writes(&bytes).await;
    peer.gets(&[(TEXT, b"before")]).await;
    peer.ends_with(1002).await;
}
