//! Defects 7 to 10: what a push costs and tells the one who sends.

use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use wspring::SlowConsumer;
use wspring::prelude::*;
use wspring_tests::RawClient;

use crate::Scene;

/// `sendMessage` printed the IOException, and `sendInfo` returned as if all were well.
#[tokio::test]
async fn defect_07_a_push_that_failed_looks_like_one_that_worked() {
    let mut scene = Scene::start().await;
    let client = RawClient::upgraded(scene.server.address(), "/webSocket/7").await;
    scene.saw("open /webSocket/7").await;
    client.reset();
    scene.saw("close /webSocket/7, 0 online, 1006").await;
    scene.assert_offline(7).await;
}

/// Two threads at one session: `IllegalStateException` (TEXT_FULL_WRITING) in the second, its message lost. Of these
/// 1,600 pushes Tomcat lost 1,400.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn defect_08_two_senders_to_one_user_disturb_each_other() {
    const SENDERS: usize = 8;
    const EACH: usize = 200;
    let builder = Server::builder()
        .outbox_bytes(16 << 20)
        .outbox_messages(SENDERS * EACH);
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.open("/webSocket/8").await;
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let handle = scene.server.handle().clone();
        senders.spawn(async move {
            for _ in 0..EACH {
                let text = sender.to_string().repeat(5_000);
                let pushed = handle.send_info(text, 8).await;
                assert!(pushed.is_ok(), "{pushed:?}");
            }
        });
    }
    let mut received = [0; SENDERS];
    for _ in 0..SENDERS * EACH {
        let text = client.text().await;
        let sender: usize = text[..1].parse().expect("the digit of a sender");
        assert_eq!(text, text[..1].repeat(5_000), "a message is whole");
        received[sender] += 1;
    }
    assert_eq!(received, [EACH; SENDERS]);
    senders.join_all().await;
}

/// The thread that pushed waited up to 20 seconds for a laptop that slept.
#[tokio::test]
async fn defect_09_a_receiver_that_does_not_read_blocks_the_sender() {
    let builder = Server::builder().slow_consumer(SlowConsumer::Drop);
    let mut scene = Scene::start_with(builder).await;
    let _sleeping = RawClient::narrow(scene.server.address(), "/everyDevice/9").await;
    scene.saw("open /everyDevice/9").await;
    let mut awake = scene.open("/everyDevice/9").await;
    let text = "z".repeat(60_000);
    let mut dropped = 0;
    for _ in 0..400 {
        let pushed = scene.push(&text, 9).now_or_never();
        let sessions = pushed
            .expect("a push does not wait")
            .expect("one of them reads");
        dropped += 2 - sessions;
        assert_eq!(awake.text().await.len(), text.len());
    }
    assert!(dropped > 0, "the outbox of the sleeping one was never full");
}

/// "The connection is closed, refresh the page" was thrown at the sender, who is not the one with the page, and stood
/// for three different things.
#[tokio::test]
async fn defect_10_the_sender_cannot_tell_who_is_offline_from_what_went_wrong() {
    let builder = Server::builder()
        .outbox_bytes(1_000)
        .slow_consumer(SlowConsumer::Drop);
    let mut scene = Scene::start_with(builder).await;
    let offline = scene.push("hello", 10).await.unwrap_err();
    assert!(matches!(&offline, SendError::Offline { key, .. } if key == "10"));
    assert!(
        offline.to_string().contains("连接已关闭,请刷新页面后重试"),
        "{offline}"
    );

    let mut client = scene.open("/webSocket/10").await;
    let too_large = scene.push(&"x".repeat(1_001), 10).await.unwrap_err();
    assert!(matches!(
        too_large,
        SendError::TooLarge {
            size: 1_001,
            limit: 1_000,
            ..
        }
    ));

    // The client reads nothing, until no more fits.
    let mut delivered = 0;
    let full = loop {
        match scene.push(&"y".repeat(900), 10).await {
            Ok(sessions) => delivered += sessions,
            Err(error) => break error,
        }
        assert!(delivered < 100_000, "90 MB fit into an outbox of 1 kB");
    };
    assert!(matches!(full, SendError::Full), "{full:?}");
    assert!(delivered > 0, "an empty outbox has room");
    for _ in 0..delivered {
        assert_eq!(client.text().await, "y".repeat(900));
    }
    assert_eq!(
        scene.push("hello", 10).await.unwrap(),
        1,
        "the session is not harmed"
    );
    assert_eq!(client.text().await, "hello");
}
