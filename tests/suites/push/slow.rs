//! A receiver that never reads: what it may hold, how it ends, and that nobody else notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use wspring::prelude::*;
use wspring::{Initiator, SlowConsumer};
use wspring_tests::RawClient;

use crate::{Scene, TOO_MANY, assert_offline};

const MESSAGE: usize = 64 * 1024;

/// A payload that counts how many of its kind are in memory.
struct Payload {
    bytes: Vec<u8>,
    alive: Arc<AtomicUsize>,
}

impl Payload {
    fn shared(alive: &Arc<AtomicUsize>) -> Bytes {
        alive.fetch_add(1, Ordering::SeqCst);
        Bytes::from_owner(Self {
            bytes: vec![7; MESSAGE],
            alive: Arc::clone(alive),
        })
    }
}

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn sixty_four_megabytes_for_one_that_never_reads_cost_one_outbox_and_delay_nobody() {
    const OUTBOX: usize = 1024 * 1024;
    let builder = Server::builder()
        .outbox_bytes(OUTBOX)
        .slow_consumer(SlowConsumer::Drop);
    let mut scene = Scene::start_with(builder).await;
    let _stuck = RawClient::narrow(scene.server.address(), "/everyone/ann").await;
    scene.opened().await;
    let mut reading = scene.open("/everyone/ann").await;
    let alive = Arc::default();
    let mut dropped = 0;
    for _ in 0..1_000 {
        let pushed = scene.push(Payload::shared(&alive), "ann").now_or_never();
        let sessions = pushed
            .expect("a push does not wait")
            .expect("one of them reads");
        dropped += 2 - sessions;
        assert_eq!(
            reading.next().await.len(),
            MESSAGE,
            "the other one is not delayed"
        );
        let held = alive.load(Ordering::SeqCst) * MESSAGE;
        // The message that is half written is held as a whole.
        assert!(held <= OUTBOX + MESSAGE, "{held} bytes are held");
    }
    assert!(dropped > 500, "only {dropped} messages did not fit");
}

#[tokio::test]
async fn one_that_never_reads_is_closed_with_1013_and_cut_off() {
    let builder = Server::builder().close_timeout(Duration::from_millis(50));
    let mut scene = Scene::start_with(builder).await;
    let _stuck = RawClient::narrow(scene.server.address(), "/newest/ann").await;
    let session = scene.opened().await;
    let alive = Arc::default();
    for _ in 0..TOO_MANY {
        if scene.push(Payload::shared(&alive), "ann").await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(!session.is_open());
    assert_offline(&scene.push("hello?", "ann").await);
    let reason = scene.closed().await;
    assert_eq!(reason.code, CloseCode::TRY_AGAIN_LATER);
    assert_eq!(reason.initiator, Initiator::Runtime);
    assert!(!reason.clean, "it never read the Close frame");
    assert_eq!(
        alive.load(Ordering::SeqCst),
        0,
        "a closed session holds nothing"
    );
}

#[tokio::test]
async fn a_session_that_waits_for_room_fails_when_the_session_is_closed() {
    let builder = Server::builder().close_timeout(Duration::from_millis(50));
    let mut scene = Scene::start_with(builder).await;
    let _stuck = RawClient::narrow(scene.server.address(), "/newest/ann").await;
    let session = scene.opened().await;
    let waiting = tokio::spawn({
        let session = session.clone();
        async move {
            for _ in 0..TOO_MANY {
                session.send(vec![7; MESSAGE]).await?;
            }
            Ok(())
        }
    });
    // Until nothing fits any more; the sender has to wait then.
    while session.try_send(vec![7; MESSAGE]).is_ok() && !waiting.is_finished() {
        tokio::task::yield_now().await;
    }
    session.close_with(CloseCode::POLICY, "enough").unwrap();
    assert!(matches!(waiting.await.unwrap(), Err(SendError::Closed)));
    assert_eq!(scene.closed().await.code, CloseCode::POLICY);
}
