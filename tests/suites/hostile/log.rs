//! What the log says about it: a line for each, at debug level, with the peer's address.

use wspring::{Compression, Server};
use wspring_tests::client::handshake;
use wspring_tests::{Log, RawClient, Recorder, TestServer, events};

#[tokio::test]
async fn every_violation_leaves_a_line_with_the_peers_address() {
    let log = Log::start_at(tracing::Level::DEBUG);
    let (recorder, mut events) = events::<u16>();
    let builder = Server::builder()
        .compression(Compression::on())
        .max_fragments(2)
        .state(Some(recorder));
    let server = TestServer::start_with(builder).await;
    let cases: [(&str, &[u8], u16); 12] = [
        ("no mask", b"\x81\x00", 1002),
        ("a reserved bit", b"\xa1\x80\0\0\0\0", 1002),
        ("a reserved opcode", b"\x83\x80\0\0\0\0", 1002),
        ("a continuation of nothing", b"\x80\x80\0\0\0\0", 1002),
        (
            "a message in a message",
            b"\x01\x80\0\0\0\0\x81\x80\0\0\0\0",
            1002,
        ),
        ("a fragmented ping", b"\x09\x80\0\0\0\0", 1002),
        ("a long ping", b"\x89\xfe\x00\x7e\0\0\0\0", 1002),
        ("a bad code", b"\x88\x82\0\0\0\0\x03\xed", 1002),
        ("no UTF-8", b"\x81\x81\0\0\0\0\xff", 1007),
        ("no DEFLATE", b"\xc2\x83\0\0\0\0\xff\xff\xff", 1007),
        (
            "too big",
            b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",
            1009,
        ),
        (
            "too many fragments",
            b"\x02\x80\0\0\0\0\x00\x80\0\0\0\0\x00\x80\0\0\0\0",
            1008,
        ),
    ];
    for (name, bytes, code) in cases {
        let mut client = server.raw().await;
        let offer = "Sec-WebSocket-Extensions: permessage-deflate";
        client.write(handshake("/echo", &[offer]).as_bytes()).await;
        assert_eq!(client.response().await.status, 101);
        client.write(bytes).await;
        assert_eq!(client.read_close().await.0, code, "{name}");
        assert_eq!(events.next().await, code, "{name}");
        let lines = log.lines("DEBUG");
        let peer = client.local_addr().to_string();
        let lines = lines.iter().filter(|line| line.contains(&peer));
        let lines: Vec<_> = lines
            .filter(|line| line.contains("broke the protocol"))
            .collect();
        assert_eq!(lines.len(), 1, "{name}: {lines:?}");
    }
}

#[tokio::test]
async fn every_refusal_leaves_a_line_with_the_peers_address() {
    let log = Log::start_at(tracing::Level::DEBUG);
    let server = TestServer::start_with(Server::builder().state(None::<Recorder<u16>>)).await;
    for (status, request) in [
        (404, handshake("/nowhere", &[])),
        (403, handshake("/echo", &["Origin: https://evil.example"])),
        (400, handshake("/echo", &["Sec-WebSocket-Key: another"])),
        (
            426,
            "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        ),
    ] {
        let mut client: RawClient = server.raw().await;
        client.write(request.as_bytes()).await;
        assert_eq!(client.response().await.status, status);
        let lines = log.lines("DEBUG");
        let peer = client.local_addr().to_string();
        let lines = lines.iter().filter(|line| line.contains(&peer));
        let lines: Vec<_> = lines
            .filter(|line| line.contains(&status.to_string()))
            .collect();
        assert_eq!(lines.len(), 1, "{status}: {lines:?}");
    }
}
