//! Every way in which a push or a send fails, and what it leaves unharmed.

use std::collections::BTreeMap;
use std::error::Error as _;

use wspring::prelude::*;
use wspring::{BoxError, SlowConsumer};
use wspring_tests::RawClient;

use crate::{Scene, TOO_MANY, assert_offline};

/// A value that refuses to be written.
struct Unwritable;

impl IntoMessage for Unwritable {
    fn into_message(self) -> Result<Message, BoxError> {
        Err("it has no words".into())
    }
}

#[tokio::test]
async fn offline_names_the_key_and_gives_the_advice_of_the_java_original() {
    let scene = Scene::start().await;
    let Err(error) = send_info("hello", "nobody-anywhere").await else {
        panic!("nobody has this key");
    };
    assert!(matches!(&error, SendError::Offline { key, .. } if key == "nobody-anywhere"));
    let text = error.to_string();
    assert!(text.contains("nobody-anywhere"), "{text}");
    assert!(text.contains("连接已关闭,请刷新页面后重试"), "{text}");
    assert_offline(&scene.push("hello", "nobody-anywhere").await);
}

#[tokio::test]
async fn offline_is_said_before_on_open_and_from_the_close_on() {
    let mut scene = Scene::start().await;
    assert_offline(&scene.push("too early", "ann").await);
    let mut client = scene.server.connect("/newest/ann").await;
    let session = scene.opened().await;
    assert_eq!(scene.push("in time", "ann").await.unwrap(), 1);
    session.close();
    assert_offline(&scene.push("too late", "ann").await);
    assert_eq!(client.text().await, "in time");
    assert_eq!(client.closed().await.0, 1000);
    scene.closed().await;
    assert_offline(&scene.push("too late", "ann").await);
}

#[tokio::test]
async fn full_closes_the_session_with_1013_behind_what_was_delivered() {
    let builder = Server::builder().outbox_messages(4);
    let mut scene = Scene::start_with(builder).await;
    let mut client = RawClient::narrow(scene.server.address(), "/newest/ann").await;
    scene.opened().await;
    let text = "z".repeat(60_000);
    let mut delivered = 0;
    while delivered < TOO_MANY {
        match scene.push(text.as_str(), "ann").await {
            Ok(sessions) => delivered += sessions,
            Err(SendError::Full) => break,
            Err(error) => panic!("{error}"),
        }
        // The connection writes what it can between two pushes.
        tokio::task::yield_now().await;
    }
    assert_offline(&scene.push("hello?", "ann").await);
    let mut read = 0;
    let close = loop {
        let frame = client.read_frame().await;
        if frame.first == 0x88 {
            break frame.payload;
        }
        assert_eq!(frame.payload, text.as_bytes());
        read += 1;
    };
    assert_eq!(close[..2], 1013_u16.to_be_bytes());
    assert_eq!(
        &close[2..],
        b"the outbox is full: messages are read too slowly"
    );
    assert_eq!(
        read, delivered,
        "what was delivered goes before the Close frame"
    );
    client.frame(0x88, &close).await;
    let reason = scene.closed().await;
    assert_eq!(reason.code, CloseCode::TRY_AGAIN_LATER);
    assert!(reason.clean);
}

#[tokio::test]
async fn full_leaves_the_session_open_when_messages_are_to_be_dropped() {
    let builder = Server::builder()
        .outbox_messages(4)
        .slow_consumer(SlowConsumer::Drop);
    let mut scene = Scene::start_with(builder).await;
    let mut client = RawClient::narrow(scene.server.address(), "/newest/ann").await;
    let session = scene.opened().await;
    let mut sent = Vec::new();
    let mut number = 0;
    let mut dropped = 0;
    while dropped < 3 && number < TOO_MANY {
        number += 1;
        match scene
            .push(format!("{number:06}").repeat(10_000), "ann")
            .await
        {
            Ok(sessions) => {
                assert_eq!(sessions, 1);
                sent.push(number);
            }
            Err(SendError::Full) => dropped += 1,
            Err(error) => panic!("{error}"),
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(dropped, 3);
    assert!(session.is_open());
    // What was delivered is read in order, and nothing that was dropped.
    for number in sent {
        let frame = client.read_frame().await;
        assert_eq!(frame.first, 0x81);
        assert_eq!(
            frame.payload,
            format!("{number:06}").repeat(10_000).as_bytes()
        );
    }
    session.flush().await.unwrap();
    assert_eq!(scene.push("there is room again", "ann").await.unwrap(), 1);
    assert_eq!(client.read_frame().await.payload, b"there is room again");
}

#[tokio::test]
async fn a_full_outbox_is_no_error_while_another_session_gets_the_message() {
    let builder = Server::builder().outbox_messages(1);
    let mut scene = Scene::start_with(builder).await;
    let _stuck = RawClient::narrow(scene.server.address(), "/everyone/ann").await;
    let stuck = scene.opened().await;
    let mut reading = scene.open("/everyone/ann").await;
    let text = "z".repeat(60_000);
    while stuck.is_open() {
        assert!(scene.push(text.as_str(), "ann").await.unwrap() >= 1);
        assert_eq!(reading.text().await.len(), text.len());
    }
    assert_eq!(scene.push("only you", "ann").await.unwrap(), 1);
    assert_eq!(reading.text().await, "only you");
}

#[tokio::test]
async fn too_large_names_both_sizes_and_harms_nobody() {
    let builder = Server::builder().outbox_bytes(100);
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.server.connect("/newest/ann").await;
    let session = scene.opened().await;
    let pushed = scene.push("x".repeat(101), "ann").await;
    assert!(
        matches!(
            pushed,
            Err(SendError::TooLarge {
                size: 101,
                limit: 100,
                ..
            })
        ),
        "{pushed:?}"
    );
    let tried = session.try_send("x".repeat(101));
    assert!(
        matches!(
            tried,
            Err(SendError::TooLarge {
                size: 101,
                limit: 100,
                ..
            })
        ),
        "{tried:?}"
    );
    // Waiting for room would be waiting for ever.
    let sent = session.send("x".repeat(101)).await;
    let text = sent.unwrap_err().to_string();
    assert!(
        text.contains("101") && text.contains("100") && text.contains("outbox_bytes"),
        "{text}"
    );

    assert_eq!(scene.push("x".repeat(100), "ann").await.unwrap(), 1);
    assert_eq!(client.text().await.len(), 100);
}

#[tokio::test]
async fn what_cannot_be_encoded_is_sent_to_nobody() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/newest/ann").await;
    let session = scene.opened().await;
    let pushed = scene.push(Unwritable, "ann").await.unwrap_err();
    assert!(matches!(&pushed, SendError::Encode(_)));
    assert!(pushed.to_string().contains("it has no words"), "{pushed}");

    let no_json = BTreeMap::from([(vec![1], "a list is no key in JSON")]);
    let pushed = scene.push(Json(&no_json), "ann").await.unwrap_err();
    assert!(
        pushed
            .source()
            .is_some_and(|cause| cause.is::<serde_json::Error>()),
        "{pushed}"
    );

    let long_pong = Pong(vec![0; 126].into());
    let pushed = scene.push(long_pong.clone(), "ann").await;
    assert!(
        matches!(pushed, Err(SendError::ControlTooLong { size: 126, .. })),
        "{pushed:?}"
    );
    assert!(matches!(
        session.try_send(long_pong),
        Err(SendError::ControlTooLong { size: 126, .. })
    ));

    // The message is looked at before the key.
    let pushed = scene.push(Unwritable, "nobody").await;
    assert!(matches!(pushed, Err(SendError::Encode(_))), "{pushed:?}");

    assert_eq!(scene.push("this is fine", "ann").await.unwrap(), 1);
    assert_eq!(client.text().await, "this is fine");
}

#[tokio::test]
async fn closed_is_what_a_session_says_from_its_close_on() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/newest/ann").await;
    let session = scene.opened().await;
    session.send("before").await.unwrap();
    session.close();
    assert!(matches!(
        session.send("after").await,
        Err(SendError::Closed)
    ));
    assert!(matches!(session.try_send("after"), Err(SendError::Closed)));
    assert_eq!(client.text().await, "before");
    assert_eq!(client.closed().await.0, 1000);
    scene.closed().await;
    assert!(matches!(
        session.send("long after").await,
        Err(SendError::Closed)
    ));
}
