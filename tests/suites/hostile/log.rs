//! What the log says about it: a line for each at debug level, with the peer's address, and above it few lines of a kind.

use serde::Deserialize;
use wspring::prelude::*;
use wspring::{Compression, Server};
use wspring_tests::client::{handshake, masked_frame};
use wspring_tests::{Log, RawClient, Recorder, TestServer, events};

async fn serve() -> TestServer {
    TestServer::start_with(Server::builder().state(None::<Recorder<u16>>)).await
}

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
    let server = serve().await;
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
        let lines = log.all();
        let peer = client.local_addr().to_string();
        let lines = lines.iter().filter(|line| line.contains(&peer));
        let lines: Vec<_> = lines
            .filter(|line| line.contains(&format!("status={status}")))
            .collect();
        assert_eq!(lines.len(), 1, "{status}: {lines:?}");
    }
}

/// Takes JSON and has no `#[on_error]`.
#[derive(Default)]
struct Careless;

#[derive(Deserialize)]
struct Order {
    number: u32,
}

#[server_endpoint("/careless/<name>")]
impl Careless {
    #[on_handshake]
    fn admit(#[path_param] name: &str) -> Result<(), Reject> {
        match name {
            "eve" => Err(Reject::forbidden("eve may not")),
            "err" => Err(Reject::internal("no database")),
            _ => Ok(()),
        }
    }

    #[on_message]
    fn order(Json(order): Json<Order>) -> Result<String, String> {
        match order.number {
            0 => Err("there is no order 0".to_owned()),
            1 => panic!("order 1 is cursed"),
            number => Ok(number.to_string()),
        }
    }

    #[on_close]
    fn closed(reason: CloseReason) {
        tracing::info!(%reason, "closed");
    }
}

#[tokio::test]
async fn a_flood_of_messages_that_cannot_be_decoded_leaves_one_line() {
    let server = serve().await;
    let log = Log::start();
    let mut client = server.raw().await;
    client
        .write(handshake("/careless/ann", &[]).as_bytes())
        .await;
    assert_eq!(client.response().await.status, 101);
    let bad = masked_frame(0x81, b"x");
    client.write(&bad.repeat(10_000)).await;
    client.frame(0x81, br#"{"number": 7}"#).await;
    assert_eq!(client.read_frame().await.payload, b"7");
    let lines = log.all();
    let [line] = &lines[..] else {
        panic!("one line for 10,000 messages: {}", lines.len());
    };
    let peer = client.local_addr().to_string();
    for part in ["WARN", &peer, "/careless/ann", "cannot be decoded"] {
        assert!(line.contains(part), "`{part}` is not in {line}");
    }
    // When the server stops, the others are counted.
    drop(client);
    server.stop().await;
    let lines = log.lines("INFO");
    let counted = lines
        .iter()
        .find(|line| line.contains("kind=Undecodable more=9999"));
    assert!(counted.is_some(), "{lines:?}");
}

#[tokio::test]
async fn a_flood_of_messages_at_which_handlers_fail_leaves_one_line_of_each_kind() {
    let server = serve().await;
    let log = Log::start();
    for _ in 0..20 {
        let mut client = server.connect("/careless/ann").await;
        for _ in 0..20 {
            client.send(r#"{"number": 0}"#).await;
        }
        client.send(r#"{"number": 1}"#).await;
        assert_eq!(client.closed().await.0, 1011);
    }
    let lines = log.lines("ERROR");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("there is no order 0"), "{lines:?}");
    assert!(lines[1].contains("order 1 is cursed"), "{lines:?}");
    assert_eq!(log.lines("WARN"), [""; 0]);
}

#[tokio::test]
async fn every_kind_of_refusal_is_a_warning_once_with_the_peer_and_the_reason() {
    let limited = Server::builder().max_connections(1);
    let server = TestServer::start_with(limited.state(None::<Recorder<u16>>)).await;
    // What is said about the endpoints at start-up has been said.
    let log = Log::start();
    let cases = [
        (403, "/echo", "Origin: https://evil.example", "evil.example"),
        (
            400,
            "/echo",
            "Sec-WebSocket-Key: another",
            "Sec-WebSocket-Key",
        ),
        (403, "/careless/eve", "X-A: b", "eve may not"),
        (404, "/nowhere", "X-A: b", "no endpoint has"),
    ];
    for (number, (status, path, header, reason)) in cases.into_iter().enumerate() {
        let mut peers = Vec::new();
        for _ in 0..10 {
            let mut client = server.raw().await;
            client.write(handshake(path, &[header]).as_bytes()).await;
            assert_eq!(client.response().await.status, status);
            peers.push(client.local_addr().to_string());
        }
        let lines = log.all();
        assert_eq!(lines.len(), number + 1, "{path} {header}: {lines:?}");
        for part in ["WARN", &peers[0], path, reason] {
            assert!(lines[number].contains(part), "`{part}` is not in {lines:?}");
        }
    }
    // A fault of this program is an error, whoever provoked it.
    for _ in 0..10 {
        let response = server.ask(handshake("/careless/err", &[])).await;
        assert_eq!(response.status, 500);
        assert!(!response.body.contains("database"), "{}", response.body);
    }
    let lines = log.lines("ERROR");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("no database"), "{lines:?}");
    let _only = server.connect("/echo").await;
    for _ in 0..10 {
        assert_eq!(server.ask(handshake("/echo", &[])).await.status, 503);
    }
    let lines = log.lines("WARN");
    assert_eq!(lines.len(), cases.len() + 1, "{lines:?}");
    assert!(lines[cases.len()].contains("status=503"), "{lines:?}");
}

/// What a peer can say, with everything in it that a terminal or a reader could fall for.
const FORGED: &str = "bye\r\n2026-01-01 ERROR forged\u{1b}[2J\u{202e}";
const ESCAPED: &str = "bye\\r\\n2026-01-01 ERROR forged\\u{1b}[2J\\u{202e}";

#[tokio::test]
async fn a_reason_for_closing_cannot_forge_a_line() {
    let server = serve().await;
    let log = Log::start();
    let mut client = RawClient::upgraded(server.address(), "/careless/ann").await;
    let payload = [&1000u16.to_be_bytes(), FORGED.as_bytes()].concat();
    client.frame(0x88, &payload).await;
    assert_eq!(
        client.read_close().await.1,
        FORGED,
        "it is echoed as it came"
    );
    client.rest().await;
    server.stop().await;
    let lines = log.all();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains(ESCAPED), "{lines:?}");
}

#[tokio::test]
async fn a_path_and_a_message_cannot_forge_a_line_or_an_answer() {
    let server = serve().await;
    let log = Log::start();
    let path = "/strict/bye%0D%0A2026-01-01%20ERROR%20forged%1B[2J%E2%80%AE";
    let response = server.ask(handshake(path, &[])).await;
    assert_eq!(response.status, 400);
    assert!(response.body.contains(ESCAPED), "{}", response.body);
    assert_eq!(response.body.lines().count(), 1, "{}", response.body);
    let mut client = RawClient::upgraded(server.address(), "/strict/7").await;
    client.frame(0x81, FORGED.as_bytes()).await;
    client.frame(0x81, b"8").await;
    assert_eq!(client.read_frame().await.payload, b"8");
    let lines = log.all();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.contains(ESCAPED)), "{lines:?}");
}

/// Takes numbers alone.
#[derive(Default)]
struct Strict;

#[server_endpoint("/strict/<number>")]
impl Strict {
    #[on_open]
    fn open(#[path_param] number: u32) -> Self {
        let _ = number;
        Self
    }

    #[on_message]
    fn number(number: u32) -> u32 {
        number
    }
}
