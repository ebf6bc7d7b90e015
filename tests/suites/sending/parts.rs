//! Messages in parts, and what goes out between and behind them.

use wspring::prelude::*;
use wspring::{Compression, MessageKind};

use wspring_tests::RawClient;
use wspring_tests::client::handshake;

use crate::{Event, Scene, Seen, assert_frame};

#[tokio::test]
async fn g2_each_part_is_a_frame_of_one_message() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send_partial("ä", false).await.unwrap();
    session.send_partial(String::new(), false).await.unwrap();
    session.send_partial("bc", true).await.unwrap();
    session.send_partial(vec![1; 70_000], false).await.unwrap();
    session.send_partial(&[2], true).await.unwrap();
    assert_frame(&mut client, 0x01, "ä".as_bytes()).await;
    assert_frame(&mut client, 0x00, b"").await;
    assert_frame(&mut client, 0x80, b"bc").await;
    assert_frame(&mut client, 0x02, &[1; 70_000]).await;
    assert_frame(&mut client, 0x80, &[2]).await;
}

#[tokio::test]
async fn g2_a_message_of_one_part_is_one_frame() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send_partial("whole", true).await.unwrap();
    session.send_partial("", true).await.unwrap();
    assert_frame(&mut client, 0x81, b"whole").await;
    assert_frame(&mut client, 0x81, b"").await;
}

#[tokio::test]
async fn g2_a_part_of_the_other_kind_is_an_error_and_the_message_goes_on() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send_partial("text", false).await.unwrap();
    for is_last in [false, true] {
        let mixed = session.send_partial(&[1, 2], is_last).await.unwrap_err();
        assert!(matches!(
            mixed,
            SendError::MixedKinds {
                open: MessageKind::Text,
                part: MessageKind::Binary,
                ..
            }
        ));
        let sentence =
            "a text message is being sent in parts: finish it before a binary one is begun";
        assert_eq!(mixed.to_string(), sentence);
    }
    session.send_partial("!", true).await.unwrap();
    session.send_partial(&[1, 2], true).await.unwrap();
    assert_frame(&mut client, 0x01, b"text").await;
    assert_frame(&mut client, 0x80, b"!").await;
    assert_frame(&mut client, 0x82, &[1, 2]).await;
}

/// RFC 6455 §5.5.
#[tokio::test]
async fn g2_a_pong_has_no_parts() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let pong = session.send_partial(Pong("alive".into()), false).await;
    assert!(matches!(pong, Err(SendError::Encode(_))), "{pong:?}");
    session.send("after").await.unwrap();
    assert_frame(&mut client, 0x81, b"after").await;
}

/// Tomcat refuses them: `TEXT_PARTIAL_WRITING`. On one thread, the order is that of the calls.
#[tokio::test]
async fn g11_whatever_is_sent_meanwhile_waits_for_the_end_of_the_message() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send_partial("one ", false).await.unwrap();
    session.send("sent").await.unwrap();
    session.try_send(vec![1]).unwrap();
    assert_eq!(scene.push("pushed").await.unwrap(), 1);
    assert_frame(&mut client, 0x01, b"one ").await;
    // The heartbeat and the reply are queued when the pong has come, which does not wait.
    client.frame(0x81, b"beat").await;
    client.frame(0x81, b"a reply").await;
    client.frame(0x89, b"are you there?").await;
    assert_frame(&mut client, 0x8a, b"are you there?").await;

    session.send_partial("message", true).await.unwrap();
    assert_frame(&mut client, 0x80, b"message").await;
    assert_frame(&mut client, 0x81, b"sent").await;
    assert_frame(&mut client, 0x82, &[1]).await;
    assert_frame(&mut client, 0x81, b"pushed").await;
    assert_frame(&mut client, 0x81, b"beat").await;
    assert_frame(&mut client, 0x81, b"a reply").await;
}

/// A broadcast reaches all sessions of an endpoint, those of other tests too: this one is for one test alone.
struct Room;

#[server_endpoint("/room")]
impl Room {
    #[on_open]
    fn on_open(session: Session, seen: Seen) -> Self {
        seen.record(Event::Opened(session));
        Self
    }

    #[on_message]
    async fn say(&self, text: &str) -> Result<(), SendError> {
        Self::broadcast(text).await?;
        Ok(())
    }
}

#[tokio::test]
async fn g16_a_broadcast_waits_where_a_message_is_in_parts_and_nowhere_else() {
    let mut scene = Scene::start().await;
    let mut busy = RawClient::upgraded(scene.server.address(), "/room").await;
    let Event::Opened(session) = scene.events.next().await else {
        panic!("a session opens first");
    };
    let mut idle = RawClient::upgraded(scene.server.address(), "/room").await;
    session.send_partial("one ", false).await.unwrap();
    idle.frame(0x81, b"to all").await;
    assert_frame(&mut idle, 0x81, b"to all").await;
    assert_frame(&mut busy, 0x01, b"one ").await;
    session.send_partial("message", true).await.unwrap();
    assert_frame(&mut busy, 0x80, b"message").await;
    assert_frame(&mut busy, 0x81, b"to all").await;
}

/// With a context, what is compressed has to come in the order in which it was compressed; the unit tests inflate it.
#[tokio::test]
async fn g2_parts_are_not_compressed_and_whole_messages_around_them_are() {
    let builder = Server::builder().compression(Compression::on().context_takeover(true));
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.server.raw().await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate";
    client
        .write(handshake("/echo/ann", &[offer]).as_bytes())
        .await;
    client.head().await;
    let (mut client, session) = scene.opened(client).await;
    let long = "x".repeat(1_000);
    session.send_partial(long.as_str(), false).await.unwrap();
    session.send(long.as_str()).await.unwrap();
    session.send_partial(long.as_str(), true).await.unwrap();
    assert_frame(&mut client, 0x01, long.as_bytes()).await;
    assert_frame(&mut client, 0x80, long.as_bytes()).await;
    let whole = client.read_frame().await;
    assert!(
        whole.first == 0xc1 && whole.payload.len() < 100,
        "{whole:?}"
    );
}

/// What waits is bounded like all that is queued, and the message itself still finds room.
#[tokio::test]
async fn g11_what_waits_behind_a_message_in_parts_has_the_bounds_of_the_outbox() {
    let builder = Server::builder().outbox_messages(4);
    let mut scene = Scene::start_with(builder).await;
    let (mut client, session) = scene.open().await;
    session.send_partial("one ", false).await.unwrap();
    assert_frame(&mut client, 0x01, b"one ").await;
    for number in 0..4 {
        session.try_send(number).unwrap();
    }
    assert!(matches!(session.try_send(4), Err(SendError::Full)));
    for _ in 0..10 {
        session.send_partial("and ", false).await.unwrap();
        assert_frame(&mut client, 0x00, b"and ").await;
    }
    let closed = scene.push("one too many").await;
    assert!(matches!(closed, Err(SendError::Full)), "{closed:?}");
    // The slow consumer is closed; the Close frame ends the message that was begun.
    let (code, _) = client.read_close().await;
    assert_eq!(code, 1013);
    let part = session.send_partial("late", true).await;
    assert!(matches!(part, Err(SendError::Closed)), "{part:?}");
}

/// The message was not finished, so nothing can follow it (RFC 6455 §5.4) but the Close frame.
#[tokio::test]
async fn f14_a_close_in_the_middle_of_a_message_drops_it_and_what_waits_for_it() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send_partial("begun", false).await.unwrap();
    let waiting = tokio::spawn({
        let session = session.clone();
        async move { session.send_and_flush("never").await }
    });
    tokio::task::yield_now().await;
    session.close();
    assert_frame(&mut client, 0x01, b"begun").await;
    assert_eq!(client.read_close().await, (1000, String::new()));
    client.frame(0x88, &1000_u16.to_be_bytes()).await;
    assert!(matches!(waiting.await.unwrap(), Err(SendError::Closed)));
    assert_eq!(scene.closed().await.code, CloseCode::NORMAL);
}
