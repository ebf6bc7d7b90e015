//! How large a message may be, as its handler says it (`#[on_message(max_message_size = …)]`) and as its session does.

use wspring::prelude::*;
use wspring::{Compression, EndpointConfig, ErrorKind, Initiator, InvalidSize};
use wspring_tests::client::{handshake, masked_frame};
use wspring_tests::{Log, RawClient};

use crate::{Event, Scene, Seen};

/// Its handlers take less and more than the endpoint, which takes less than its server.
#[derive(Default)]
struct Measured;

const SHORT: usize = 8;
const LONG: usize = 40 * SHORT;

#[server_endpoint("/measured", max_message_size = 20)]
impl Measured {
    #[on_message(max_message_size = SHORT)]
    fn text(&self, text: &str) -> usize {
        text.len()
    }

    #[on_message(max_message_size = LONG)]
    fn binary(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }

    #[on_close]
    fn closed(&self, reason: CloseReason, seen: Seen) {
        let CloseReason {
            code,
            reason,
            initiator,
            clean,
            ..
        } = reason;
        seen.record(Event::Closed(
            code.as_u16(),
            reason.into_owned(),
            initiator,
            clean,
        ));
    }

    #[on_error]
    fn failed(&self, error: &Error, seen: Seen) {
        seen.record(Event::Failed(error.kind(), error.to_string()));
    }
}

/// One of its handlers takes more than a server does by default, the other as much as the endpoint.
#[derive(Default)]
struct Upload;

#[server_endpoint("/upload", max_message_size = 20)]
impl Upload {
    #[on_message(max_message_size = 100_000)]
    fn binary(&self, bytes: Vec<u8>) -> usize {
        bytes.len()
    }

    #[on_message]
    fn text(&self, text: String) -> usize {
        text.len()
    }
}

fn too_big(size: usize, limit: usize) -> String {
    format!("a message has {size} bytes or more, the limit is {limit}; send smaller ones")
}

#[tokio::test]
async fn b8_a_message_above_the_limit_of_its_handler_is_told_logged_and_ends_with_1009() {
    for (good, bad, limit) in [(0x81, 0x81, SHORT), (0x82, 0x82, LONG)] {
        let log = Log::start();
        let mut scene = Scene::start().await;
        let mut client = RawClient::upgraded(scene.server.address(), "/measured").await;
        client.frame(good, &vec![b'x'; limit]).await;
        assert_eq!(
            client.read_frame().await.payload,
            limit.to_string().as_bytes()
        );
        client.frame(bad, &vec![b'x'; limit + 1]).await;
        let text = too_big(limit + 1, limit);
        assert_eq!(client.read_close().await, (1009, text.clone()));
        scene.assert_failed(ErrorKind::TooBig, &text).await;
        scene
            .assert_closed(1009, &text, Initiator::Runtime, false)
            .await;
        let lines = log.lines("WARN");
        let [line] = &lines[..] else {
            panic!("one line: {lines:?}");
        };
        assert!(line.contains("/measured") && line.contains(&text), "{line}");
    }
}

/// The limit counts for whole messages, whatever they come in, and each time anew.
#[tokio::test]
async fn b8_the_fragments_of_a_message_count_together() {
    let scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/measured").await;
    for _ in 0..3 {
        client.frame(0x01, b"1234").await;
        client.frame(0x00, b"").await;
        client.frame(0x80, b"5678").await;
        assert_eq!(client.read_frame().await.payload, b"8");
    }
    client.frame(0x01, b"1234").await;
    client.frame(0x00, b"56789").await;
    assert_eq!(client.read_close().await, (1009, too_big(9, SHORT)));
}

/// Nothing of its payload has come, so nothing of it was held.
#[tokio::test]
async fn b8_a_message_is_refused_when_its_header_has_come() {
    let scene = Scene::start().await;
    for (header, size, limit) in [
        (&b"\x81\x89\0\0\0\0"[..], 9, SHORT),
        (b"\x82\xfe\x01\x41\0\0\0\0", 321, LONG),
        (b"\x82\xff\0\0\x01\0\0\0\0\0\0\0\0\0", 1 << 40, LONG),
    ] {
        let mut client = RawClient::upgraded(scene.server.address(), "/measured").await;
        client.write(header).await;
        assert_eq!(client.read_close().await, (1009, too_big(size, limit)));
    }
}

/// Compressed, it is small: it counts what it inflates to.
#[tokio::test]
async fn b8_a_compressed_message_counts_as_what_it_is() {
    let scene = Scene::start_with(Server::builder().compression(Compression::on())).await;
    for (opcode, limit) in [(0xc1, SHORT), (0xc2, LONG)] {
        let mut client = scene.server.raw().await;
        let offer = "Sec-WebSocket-Extensions: permessage-deflate";
        client
            .write(handshake("/measured", &[offer]).as_bytes())
            .await;
        client.head().await;
        client.frame(opcode, &stored(limit)).await;
        assert_eq!(
            client.read_frame().await.payload,
            limit.to_string().as_bytes()
        );
        client.frame(opcode, &stored(limit + 1)).await;
        assert_eq!(client.read_close().await, (1009, too_big(limit + 1, limit)));
    }
}

/// So many `x` as one block that is stored as it is, and the end of a message (RFC 7692 §7.2.3.3).
fn stored(length: usize) -> Vec<u8> {
    let length = u16::try_from(length).expect("a short block");
    let mut block = vec![0];
    block.extend(length.to_le_bytes());
    block.extend((!length).to_le_bytes());
    block.extend(vec![b'x'; usize::from(length)]);
    block.push(0);
    block
}

#[tokio::test]
async fn b8_the_limit_of_a_handler_wins_over_those_of_endpoint_and_server() {
    for builder in [Server::builder(), Server::builder().max_message_size(1)] {
        let scene = Scene::start_with(builder).await;
        let mut client = scene.server.connect("/upload").await;
        client.send(vec![0; 100_000]).await;
        assert_eq!(client.text().await, "100000");
        // Without one, it is that of the endpoint.
        client.send("x".repeat(20)).await;
        assert_eq!(client.text().await, "20");
        client.send("x".repeat(21)).await;
        assert_eq!(client.closed().await, (1009, too_big(21, 20)));

        let mut client = scene.server.connect("/upload").await;
        client.send(vec![0; 100_001]).await;
        assert_eq!(client.closed().await, (1009, too_big(100_001, 100_000)));
    }
}

/// All messages come at once, and the first one's handler sets the limit of the others.
#[tokio::test]
async fn f10_a_handler_sets_the_size_of_the_next_message() {
    let scene = Scene::start().await;
    for (path, first) in [("/adjusted", 0x81), ("/adjusted?binary", 0x82)] {
        let mut client = RawClient::upgraded(scene.server.address(), path).await;
        let all = [
            masked_frame(0x81, b"3"),
            masked_frame(first, b"003"),
            masked_frame(first, b"0003"),
        ];
        client.write(&all.concat()).await;
        assert_eq!(client.read_frame().await.payload, b"set");
        assert_eq!(client.read_frame().await.payload, b"set");
        assert_eq!(client.read_close().await, (1009, too_big(4, 3)));
    }
}

/// Its limits are what a text says: for texts, or for binary messages if the query says so.
#[derive(Default)]
struct Adjusted;

#[server_endpoint("/adjusted")]
impl Adjusted {
    #[on_message(max_message_size = 10)]
    fn text(&self, size: usize, session: &Session) -> Result<&'static str, InvalidSize> {
        if session.query() == Some("binary") {
            session.set_max_binary_size(size)?;
        } else {
            session.set_max_text_size(size)?;
        }
        Ok("set")
    }

    #[on_message]
    fn binary(&self, _bytes: &[u8]) -> &'static str {
        "set"
    }
}

#[tokio::test]
async fn f10_the_limit_of_a_session_wins_over_all_others_and_is_for_one_kind() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    assert_eq!(
        (session.max_text_size(), session.max_binary_size()),
        (65_536, 65_536)
    );
    client.frame(0x89, b"").await;
    client.read_frame().await;
    // The connection waits for its peer, and looks at the limit before it reads the next message.
    session.set_max_text_size(100_000).unwrap();
    assert_eq!(
        (session.max_text_size(), session.max_binary_size()),
        (100_000, 65_536)
    );
    client.frame(0x81, &vec![b'x'; 100_000]).await;
    assert_eq!(client.read_frame().await.payload.len(), 100_004);
    assert!(matches!(scene.events.next().await, Event::Handled(_)));
    session.set_max_text_size(5).unwrap();
    client.frame(0x81, b"12345").await;
    assert_eq!(client.read_frame().await.payload, b"did 12345");
    client.frame(0x81, b"123456").await;
    assert_eq!(client.read_close().await, (1009, too_big(6, 5)));

    let client = RawClient::upgraded(scene.server.address(), "/measured").await;
    let sessions = scene.server.handle().sessions::<Measured>().to_vec();
    let session = &sessions[0];
    assert_eq!(
        (session.max_text_size(), session.max_binary_size()),
        (SHORT, LONG)
    );
    session.set_max_binary_size(1).unwrap();
    assert_eq!(
        (session.max_text_size(), session.max_binary_size()),
        (SHORT, 1)
    );
    drop(client);
}

#[tokio::test]
async fn f10_the_rest_of_a_message_is_measured_too() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    client.frame(0x01, b"12345678").await;
    client.frame(0x89, b"").await;
    client.read_frame().await;
    session.set_max_text_size(5).unwrap();
    client.frame(0x80, b"9").await;
    assert_eq!(client.read_close().await, (1009, too_big(9, 5)));
}

#[tokio::test]
async fn f10_a_limit_of_nothing_is_refused_and_changes_nothing() {
    let mut scene = Scene::start().await;
    let (client, session) = scene.open("").await;
    for refused in [session.set_max_text_size(0), session.set_max_binary_size(0)] {
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("at least 1 byte"), "{text}");
    }
    assert_eq!(
        (session.max_text_size(), session.max_binary_size()),
        (65_536, 65_536)
    );
    client.close().await;
    session.set_max_text_size(7).unwrap();
    assert_eq!(
        session.max_text_size(),
        7,
        "it is over, and nothing more happens"
    );

    let config = EndpointConfig::new("/by-hand").max_message_size(0);
    let server = Server::builder()
        .address("127.0.0.1:0")
        .endpoint(config, |_| Adjusted);
    let refused = server.bind().await.unwrap_err().to_string();
    assert!(
        refused.contains("/by-hand") && refused.contains("`max_message_size` is 0"),
        "{refused}"
    );
}
