//! Where nothing can be sent, and where it can.

use tokio::io::AsyncWriteExt as _;
use wspring::MessageKind::Text;
use wspring::prelude::*;
use wspring_tests::RawClient;

use crate::{Event, Scene, Seen, assert_frame};

#[tokio::test]
async fn g14_every_way_to_send_says_that_the_session_is_closed() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut begun = session.message_writer(Text);
    begun.write_all(b"begun").await.unwrap();
    client.frame(0x88, &1000_u16.to_be_bytes()).await;
    assert_eq!(client.read_close().await.0, 1000);
    scene.closed().await;
    let timeout = std::time::Duration::from_secs(1);
    let refused = [
        session.send("late").await,
        session.send_within("late", timeout).await,
        session.send_and_flush("late").await,
        session.try_send("late"),
        session.send_partial("late", false).await,
        session.send_partial("late", true).await,
        session.send_stream(Text, &b"late"[..]).await.map(drop),
        begun.finish().await,
        session.ping("late").await,
        session.pong("late").await,
    ];
    for refused in refused {
        assert!(matches!(refused, Err(SendError::Closed)), "{refused:?}");
    }
    drop(session.cork());
}

/// Sends at the end.
#[derive(Default)]
struct Late;

#[server_endpoint("/late")]
impl Late {
    #[on_close]
    async fn on_close(&self, session: &Session, seen: Seen, reason: CloseReason) {
        let late = session.send("late").await;
        assert!(matches!(late, Err(SendError::Closed)), "{late:?}");
        seen.record(Event::Closed(reason));
    }
}

#[tokio::test]
async fn g15_the_handler_that_closes_a_session_is_told_that_it_is_closed() {
    let mut scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/late").await;
    client.frame(0x88, &1000_u16.to_be_bytes()).await;
    assert_eq!(client.read_close().await.0, 1000);
    assert_eq!(client.rest().await, b"");
    assert_eq!(scene.closed().await.code, CloseCode::NORMAL);
}

/// What `#[on_open]` sends is the first to come, before anything that is pushed.
#[tokio::test]
async fn g15_the_handler_that_opens_a_session_may_send() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.send("and then").await.unwrap();
    assert_frame(&mut client, 0x81, b"and then").await;
}
