//! How long a send waits for a peer that does not read.

use std::io;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use wspring::prelude::*;
use wspring::{ErrorKind, MessageKind};
use wspring_tests::{RawClient, soon};

use crate::{Event, Scene, assert_frame, fill};

const SHORT: Duration = Duration::from_millis(30);

/// Reads what [`fill`] queued, up to the next message of another size.
async fn drain(client: &mut RawClient, queued: usize) {
    for _ in 0..queued {
        assert_eq!(client.read_frame().await.payload.len(), 60_000);
    }
}

/// Tomcat closes the session, because it may have written a piece of the message. Here nothing of it is queued.
#[tokio::test]
async fn g7_a_send_that_is_too_late_fails_and_the_session_stays_open() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_narrow().await;
    let queued = fill(&session).await;
    let late = soon("the timeout", session.send_within(vec![1; 60_000], SHORT)).await;
    assert!(
        matches!(late, Err(SendError::Timeout { after, .. }) if after == SHORT),
        "{late:?}"
    );
    assert!(session.is_open());
    let sending = tokio::spawn(async move {
        let hour = Duration::from_secs(60 * 60);
        session.send_within(vec![2; 60_000], hour).await
    });
    drain(&mut client, queued).await;
    assert_frame(&mut client, 0x82, &[2; 60_000]).await;
    sending.await.unwrap().unwrap();
}

#[tokio::test]
async fn g7_a_session_has_its_own_send_timeout() {
    let mut scene = Scene::start().await;
    let (_client, session) = scene.open_narrow().await;
    assert_eq!(session.send_timeout(), None);
    session.set_send_timeout(Some(SHORT)).unwrap();
    assert_eq!(session.send_timeout(), Some(SHORT));
    fill(&session).await;
    let late = soon("the timeout", session.send(vec![1; 60_000])).await;
    assert!(matches!(late, Err(SendError::Timeout { .. })), "{late:?}");
    let late = soon("the timeout", session.send_and_flush(vec![1; 60_000])).await;
    assert!(matches!(late, Err(SendError::Timeout { .. })), "{late:?}");
    let late = soon("the timeout", session.send_partial(vec![1; 60_000], false)).await;
    assert!(matches!(late, Err(SendError::Timeout { .. })), "{late:?}");
    assert!(session.is_open());

    session.set_send_timeout(None).unwrap();
    let waiting = session.send(vec![1; 60_000]);
    let waited = tokio::time::timeout(2 * SHORT, waiting).await;
    assert!(waited.is_err(), "it waits without an end");
}

#[tokio::test]
async fn g7_a_timeout_that_makes_no_sense_is_refused_with_a_sentence() {
    let mut scene = Scene::start().await;
    let (_client, session) = scene.open().await;
    session.set_send_timeout(Some(SHORT)).unwrap();
    for nonsense in [
        Duration::ZERO,
        Duration::from_micros(999),
        Duration::from_secs(86_401),
        Duration::MAX,
    ] {
        let refused = session.set_send_timeout(Some(nonsense)).unwrap_err();
        let sentence = format!(
            "a timeout of {nonsense:?} cannot be used: it is 1 ms to 24 h, or `None` to wait without an end"
        );
        assert_eq!(refused.to_string(), sentence);
    }
    assert_eq!(session.send_timeout(), Some(SHORT));
    session
        .send_within("there is room", Duration::ZERO)
        .await
        .unwrap();
}

#[tokio::test]
async fn k5_the_send_timeout_of_the_server_is_that_of_its_sessions() {
    let mut scene = Scene::start_with(Server::builder().send_timeout(SHORT)).await;
    let (_client, session) = scene.open_narrow().await;
    assert_eq!(session.send_timeout(), Some(SHORT));
    fill(&session).await;
    let late = soon("the timeout", session.send(vec![1; 60_000])).await;
    assert!(matches!(late, Err(SendError::Timeout { .. })), "{late:?}");
}

/// Java: the blocking send timeout, 20 s in Tomcat.
#[tokio::test]
async fn g13_a_reply_that_is_too_late_is_an_error_of_its_handler() {
    let builder = Server::builder().send_timeout(SHORT).outbox_bytes(100_000);
    let mut scene = Scene::start_with(builder).await;
    let (mut client, session) = scene.open_narrow().await;
    let queued = fill(&session).await;
    client.frame(0x81, &[b'x'; 60_000]).await;
    let Event::Failed(kind, text) = scene.events.next().await else {
        panic!("the reply is the only thing that can fail");
    };
    assert_eq!(kind, ErrorKind::Timeout);
    assert!(
        text.starts_with("the reply of `Echo::echo` was not sent: the outbox had no room for"),
        "{text}"
    );
    assert!(session.is_open());
    drain(&mut client, queued).await;
    client.frame(0x81, b"again").await;
    assert_frame(&mut client, 0x81, b"again").await;
}

#[tokio::test]
async fn g7_a_writer_may_try_again_and_loses_nothing() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_narrow().await;
    session.set_send_timeout(Some(SHORT)).unwrap();
    let mut writer = session.message_writer(MessageKind::Binary);
    let mut written = 0;
    // The timeout comes with a write that takes nothing.
    let error = loop {
        let piece: Vec<u8> = (written..written + 1_000).map(pattern).collect();
        match soon("a write or the timeout", writer.write(&piece)).await {
            Ok(taken) => written += taken,
            Err(error) => break error,
        }
        assert!(written < 100 << 20, "100 MB fit into an outbox");
    };
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert!(matches!(error.downcast(), Ok(SendError::Timeout { .. })));
    assert!(session.is_open());

    session.set_send_timeout(None).unwrap();
    let finishing = tokio::spawn(writer.finish());
    let (_, received, _) = crate::read_message(&mut client).await;
    finishing.await.unwrap().unwrap();
    let expected: Vec<u8> = (0..written).map(pattern).collect();
    assert!(received == expected, "a byte is lost or doubled");
}

fn pattern(at: usize) -> u8 {
    u8::try_from(at % 251).unwrap_or_default()
}

/// A peer that takes nothing at all is cut off, whatever the time of a send is.
#[tokio::test]
async fn r_a_send_waits_without_an_end_by_default_and_ends_with_its_session() {
    let builder = Server::builder().write_timeout(SHORT);
    let mut scene = Scene::start_with(builder).await;
    let (_client, session) = scene.open_narrow().await;
    fill(&session).await;
    let ended = soon("the end of the session", session.send(vec![1; 60_000])).await;
    assert!(matches!(ended, Err(SendError::Closed)), "{ended:?}");
    assert_eq!(scene.closed().await.code, CloseCode::ABNORMAL);
}
