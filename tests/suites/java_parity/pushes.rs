//! `sendInfo`, the original's push.

use serde_json::{Value, json};
use tokio::task::JoinSet;
use wspring::Initiator;
use wspring::prelude::*;
use wspring_tests::{RawClient, soon};

use crate::endpoint::{Event, start, start_with};

/// Java: one text frame with the map as JSON; an empty string is an empty text frame.
/// Ours: the same.
#[tokio::test]
async fn send_info_to_an_online_user() {
    let (server, mut events) = start().await;
    let mut client = RawClient::upgraded(server.address(), "/webSocket/1").await;
    events.opened().await;
    let message = json!({"step": 1, "type": 2, "msg": "hello"});
    let delivered = server.handle().send_info(Json(&message), 1).await.unwrap();
    assert_eq!(delivered.sessions, 1);
    let frame = client.read_frame().await;
    assert_eq!(frame.first, 0x81);
    assert_eq!(
        serde_json::from_slice::<Value>(&frame.payload).unwrap(),
        message
    );

    server.handle().send_info("", 1).await.unwrap();
    let frame = client.read_frame().await;
    assert_eq!((frame.first, frame.payload), (0x81, vec![]));
}

/// Java: cut into frames of at most 8192 bytes, never inside a character.
/// Ours: one frame, whatever its length.
#[tokio::test]
async fn send_info_of_a_long_text() {
    let (server, mut events) = start().await;
    let mut client = RawClient::upgraded(server.address(), "/webSocket/1").await;
    events.opened().await;
    for text in [
        "x".repeat(8192),
        "x".repeat(8193),
        "x".repeat(20_000),
        "中".repeat(10_000),
        "x".repeat(200_000),
    ] {
        server.handle().send_info(&text, 1).await.unwrap();
        let frame = client.read_frame().await;
        assert_eq!(frame.first, 0x81, "one text frame with FIN");
        assert!(
            frame.payload == text.as_bytes(),
            "{} bytes arrive as they are",
            text.len()
        );
    }
}

/// Java: an error in the log, and an exception: 连接已关闭,请刷新页面后重试.
/// Ours: `SendError::Offline` at once, which holds the key and ends with the same advice.
#[tokio::test]
async fn send_info_to_an_absent_user() {
    let (server, _events) = start().await;
    let error = server
        .handle()
        .send_info("hello", 424_242)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SendError::Offline { key, .. } if key == "424242"),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("连接已关闭,请刷新页面后重试"),
        "{error}"
    );
}

/// Java: the second call fails with an `IllegalStateException`; of 8 × 200 pushes about 1,400 are lost (the third bug).
/// Ours: none fails and none is lost; each task's pushes arrive in its order.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn several_threads_push_to_one_user_at_once() {
    // Room for all of them: whether the client reads fast enough is another matter.
    let builder = Server::builder()
        .outbox_bytes(16 << 20)
        .outbox_messages(1600);
    let (server, mut events) = start_with(builder).await;
    let mut client = server.connect("/webSocket/1").await;
    events.opened().await;
    // A message is delivered when `#[on_open]` has returned, and so are pushes.
    client.send("ready").await;
    assert_eq!(events.next().await, Event::Text("ready".to_owned()));
    let mut pushes = JoinSet::new();
    for task in 0..8 {
        let handle = server.handle().clone();
        pushes.spawn(async move {
            for n in 0..200 {
                let text = format!("{task} {n} {}", "x".repeat(5000));
                handle
                    .send_info(text, 1)
                    .await
                    .expect("a push beside others");
            }
        });
    }
    let mut next = [0; 8];
    for _ in 0..1600 {
        let text = client.text().await;
        let mut words = text.split(' ');
        let mut number = || words.next().unwrap().parse::<usize>().unwrap();
        let (task, n) = (number(), number());
        assert_eq!(n, next[task], "task {task}");
        next[task] += 1;
        assert_eq!(words.next().map(str::len), Some(5000));
    }
    soon("the pushes", pushes.join_all()).await;
}

/// Java: the pushing thread blocks for 20 s, then the message is lost and `sendInfo` returns as if it was not (the
/// fourth bug).
/// Ours: a push never waits; the one that finds the outbox full says so, and the session is closed with 1013.
#[tokio::test]
async fn push_to_a_client_that_does_not_read() {
    let (server, mut events) = start().await;
    let mut client = RawClient::upgraded(server.address(), "/webSocket/1").await;
    events.opened().await;
    let message = "x".repeat(64 * 1024);
    let full = soon("a full outbox", async {
        loop {
            if let Err(error) = server.handle().send_info(&message, 1).await {
                break error;
            }
            // The connection fills the socket's buffers meanwhile.
            tokio::task::yield_now().await;
        }
    });
    let full = full.await;
    assert!(matches!(full, SendError::Full), "{full:?}");
    let next = server.handle().send_info(&message, 1).await;
    assert!(matches!(next, Err(SendError::Offline { .. })), "{next:?}");

    let close = loop {
        let frame = client.read_frame().await;
        if frame.first == 0x88 {
            break frame.payload;
        }
        assert_eq!(frame.payload.len(), message.len(), "what was sent is whole");
    };
    assert_eq!(close.first_chunk(), Some(&1013_u16.to_be_bytes()));
    client.frame(0x88, &1013_u16.to_be_bytes()).await;
    let reason = events.closed().await;
    assert_eq!(
        (reason.code, reason.initiator),
        (CloseCode::TRY_AGAIN_LATER, Initiator::Runtime)
    );
}

/// Java: noticed at once, `@OnClose` runs, and the push says that the connection is closed.
/// Ours: the same.
#[tokio::test]
async fn push_after_an_abrupt_end() {
    let (server, mut events) = start().await;
    let gone = RawClient::upgraded(server.address(), "/webSocket/1").await;
    let reset = RawClient::upgraded(server.address(), "/webSocket/2").await;
    events.opened().await;
    events.opened().await;
    drop(gone);
    assert_eq!(events.closed().await.code, CloseCode::ABNORMAL);
    reset.reset();
    assert_eq!(events.closed().await.code, CloseCode::ABNORMAL);
    for uid in [1, 2] {
        let sent = server.handle().send_info("hello", uid).await;
        assert!(matches!(sent, Err(SendError::Offline { .. })), "{sent:?}");
    }
}
