//! The arguments `heartbeat` and `max_message_size` of `#[server_endpoint]`, and the server's own limits.

use wspring::prelude::*;
use wspring_tests::RawClient;
use wspring_tests::client::masked_frame;

use crate::{Event, Scene, Seen};

/// Tells what reached it.
#[derive(Default)]
struct Beating;

#[server_endpoint("/beating", heartbeat = "♥")]
impl Beating {
    #[on_message]
    fn text(&self, text: &str, seen: Seen) {
        seen.record(Event::Handled(text.to_owned()));
    }

    #[on_message]
    fn binary(&self, bytes: &[u8], seen: Seen) {
        seen.record(Event::Handled(format!("{} bytes", bytes.len())));
    }
}

/// Takes little.
#[derive(Default)]
struct Small;

#[server_endpoint("/small", max_message_size = 4 * 2)]
impl Small {
    #[on_message]
    fn size(&self, text: String) -> usize {
        text.len()
    }
}

/// Takes more than a server does by default.
#[derive(Default)]
struct Large;

#[server_endpoint("/large", max_message_size = 100_000)]
impl Large {
    #[on_message]
    fn size(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }
}

/// Takes what its server does.
#[derive(Default)]
struct Usual;

#[server_endpoint("/usual")]
impl Usual {
    #[on_message]
    fn size(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }
}

/// A peer that reads is no slow consumer, however many heartbeats it sends at once.
#[tokio::test]
async fn a_burst_of_heartbeats_larger_than_the_outbox_is_answered() {
    const BURST: usize = 5_000;
    let scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/beating").await;
    let heartbeat = "♥".as_bytes();
    client
        .write(&masked_frame(0x81, heartbeat).repeat(BURST))
        .await;
    for _ in 0..BURST {
        assert_eq!(client.read_frame().await.payload, heartbeat);
    }
}

#[tokio::test]
async fn s1_a_heartbeat_is_sent_back_and_reaches_no_handler() {
    let mut scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/beating").await;
    let heart = "♥".as_bytes();
    client.frame(0x81, heart).await;
    let echo = client.read_frame().await;
    assert_eq!((echo.first, echo.payload.as_slice()), (0x81, heart));
    // In two fragments it is the same message.
    client.frame(0x01, &heart[..1]).await;
    client.frame(0x80, &heart[1..]).await;
    assert_eq!(client.read_frame().await.payload, heart);
    // What is not equal to it is for the handler, and so is what is not text.
    client.frame(0x81, "♥♥".as_bytes()).await;
    scene.assert_handled("♥♥").await;
    client.frame(0x81, b"ping").await;
    scene.assert_handled("ping").await;
    client.frame(0x82, heart).await;
    scene.assert_handled("3 bytes").await;
    assert_eq!(scene.events.rest(), []);
}

#[tokio::test]
async fn an_endpoint_may_take_less_or_more_than_its_server() {
    let scene = Scene::start().await;
    let mut client = scene.server.connect("/small").await;
    client.send("12345678").await;
    assert_eq!(client.text().await, "8");
    client.send("123456789").await;
    assert_eq!(client.closed().await.0, 1009);

    let mut client = scene.server.connect("/large").await;
    client.send(vec![0; 100_000]).await;
    assert_eq!(client.text().await, "100000");
    client.send(vec![0; 100_001]).await;
    assert_eq!(client.closed().await.0, 1009);
}

#[tokio::test]
async fn a_server_takes_64_kib_unless_it_is_told_otherwise() {
    for (builder, limit) in [
        (Server::builder(), 65_536),
        (Server::builder().max_message_size(1_000), 1_000),
    ] {
        let scene = Scene::start_with(builder).await;
        let mut client = scene.server.connect("/usual").await;
        client.send(vec![0; limit]).await;
        assert_eq!(client.text().await, limit.to_string());
        client.send(vec![0; limit + 1]).await;
        let (code, reason) = client.closed().await;
        assert_eq!(code, 1009);
        assert!(reason.contains(&limit.to_string()), "{reason}");
    }
}

#[tokio::test]
async fn the_fragments_of_a_message_count_together() {
    let scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/small").await;
    client.frame(0x01, b"1234").await;
    client.frame(0x80, b"5678").await;
    assert_eq!(client.read_frame().await.payload, b"8");
    client.frame(0x01, b"1234").await;
    client.frame(0x00, b"56789").await;
    assert_eq!(client.read_close().await.0, 1009);
}

/// By default a fragment for each 64 bytes that a message may have, and 1,024 in any case.
#[tokio::test]
async fn a_message_that_may_be_large_may_come_in_many_fragments() {
    let scene = Scene::start().await;
    for (path, most) in [("/usual", 1024), ("/large", 100_000 / 64)] {
        let mut client = RawClient::upgraded(scene.server.address(), path).await;
        client.frame(0x02, b"x").await;
        for _ in 2..most {
            client.frame(0x00, b"").await;
        }
        client.frame(0x80, b"").await;
        assert_eq!(client.read_frame().await.payload, b"1", "{path}");
        client.frame(0x02, b"x").await;
        for _ in 0..most {
            client.frame(0x00, b"").await;
        }
        assert_eq!(client.read_close().await.0, 1008, "{path}");
    }
}

#[tokio::test]
async fn a_message_has_so_many_fragments_and_no_more() {
    let scene = Scene::start_with(Server::builder().max_fragments(3)).await;
    let mut client = RawClient::upgraded(scene.server.address(), "/usual").await;
    for frame in [0x02, 0x00, 0x80] {
        client.frame(frame, b"x").await;
    }
    assert_eq!(client.read_frame().await.payload, b"3");
    for frame in [0x02, 0x00, 0x00, 0x00] {
        client.frame(frame, b"x").await;
    }
    assert_eq!(client.read_close().await.0, 1008);
}
