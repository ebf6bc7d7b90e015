//! `Session`: what it knows of its handshake, and what can be done with it from anywhere.

use futures_util::FutureExt as _;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use wspring::prelude::*;
use wspring::{Initiator, InvalidClose};
use wspring_tests::{Client, RawClient};

use crate::{Event, Scene};

#[tokio::test]
async fn d6_f22_a_session_knows_its_handshake_and_keeps_it_after_its_end() {
    let mut scene = Scene::start().await;
    let mut request = scene
        .server
        .url("/watched/J%C3%BCrgen?a=1&a=2&b=x%20y+z&c")
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("x-tenant", "blue".parse().unwrap());
    let client = Client::connect(request).await;
    let session = scene.opened().await;
    let local = session
        .remote_addr()
        .expect("the server accepted it itself");
    client.close().await;
    scene.assert_closed(1000, "", Initiator::Peer, true).await;

    assert!(!session.is_open());
    assert!(local.ip().is_loopback());
    assert_eq!(session.path_param("user"), Some("Jürgen"));
    assert_eq!(
        session.path_param("a"),
        None,
        "query parameters are no path variables"
    );
    assert_eq!(session.query(), Some("a=1&a=2&b=x%20y+z&c"));
    assert_eq!(session.query_param("a"), Some("1"));
    assert_eq!(session.query_param("b"), Some("x y z"));
    assert_eq!(session.query_param("c"), Some(""));
    assert_eq!(session.query_param("user"), None);
    assert_eq!(session.uri().path(), "/watched/J%C3%BCrgen");
    assert_eq!(session.headers().get("x-tenant").unwrap(), "blue");
    assert_eq!(session.handshake().remote_addr(), Some(local));
    assert!(matches!(
        session.send("too late").await,
        Err(SendError::Closed)
    ));
}

#[tokio::test]
async fn f12_every_session_has_its_own_id() {
    let mut scene = Scene::start().await;
    let (_one, first) = scene.open("").await;
    let (_other, second) = scene.open("").await;
    assert_ne!(first.id(), second.id());
    assert_ne!(first, second);
    assert_eq!(first, first.clone());
    let id = first.id().to_string();
    assert_eq!(id.len(), 32);
    assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
}

#[tokio::test]
async fn f19_properties_belong_to_one_session_and_live_as_long_as_its_handles() {
    #[derive(Clone, Debug, PartialEq)]
    struct Language(&'static str);

    let mut scene = Scene::start().await;
    let (client, session) = scene.open("").await;
    let (_other_client, other) = scene.open("").await;
    assert_eq!(session.properties().insert(Language("fr")), None);
    assert_eq!(
        session.properties().insert(Language("de")),
        Some(Language("fr"))
    );
    assert_eq!(
        session.properties().insert(7_u8),
        None,
        "one value for each type"
    );
    assert_eq!(other.properties().find::<Language>(), None);
    client.close().await;
    scene.assert_closed(1000, "", Initiator::Peer, true).await;
    assert_eq!(session.properties().find(), Some(Language("de")));
    assert_eq!(session.properties().remove(), Some(Language("de")));
    assert_eq!(session.properties().find::<Language>(), None);
    assert_eq!(session.properties().find(), Some(7_u8));
}

#[tokio::test]
async fn a_close_that_must_not_be_sent_is_refused_and_leaves_the_session_open() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("").await;
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, u16::MAX] {
        let code = CloseCode::new(code);
        assert_eq!(
            session.close_with(code, "no"),
            Err(InvalidClose::Code(code))
        );
    }
    let long = "€".repeat(41) + "x";
    let refused = session.close_with(CloseCode::NORMAL, &long);
    assert_eq!(refused, Err(InvalidClose::ReasonTooLong(124)));
    assert!(session.is_open());
    client.send("hello").await;
    assert_eq!(client.text().await, "did hello");

    let whole = "€".repeat(41);
    session.close_with(CloseCode::new(4999), &whole).unwrap();
    assert!(!session.is_open());
    assert_eq!(client.closed().await, (4999, whole));
}

/// Sends 60 KB and again 60 KB, until the outbox of a session that nobody reads is full; returns how often.
async fn fill(session: &Session) -> usize {
    for queued in 0..1_000 {
        if session.try_send(vec![7; 60_000]).is_err() {
            return queued;
        }
        tokio::task::yield_now().await;
    }
    panic!("the outbox has no bound");
}

#[tokio::test]
async fn flush_waits_until_what_was_queued_is_written() {
    let mut scene = Scene::start().await;
    let client = RawClient::narrow(scene.server.address(), "/watched/ann").await;
    let session = scene.opened().await;
    assert!(session.flush().await.is_ok(), "nothing is queued");
    let queued = fill(&session).await;
    let mut flush = Box::pin(session.flush());
    assert!(
        (&mut flush).now_or_never().is_none(),
        "the peer has not read it"
    );
    let reading = tokio::spawn(async move {
        let mut client = client;
        for _ in 0..queued {
            assert_eq!(client.read_frame().await.payload.len(), 60_000);
        }
        client
    });
    wspring_tests::soon("the flush", flush).await.unwrap();
    reading.await.expect("all of it arrived");
}

#[tokio::test]
async fn flush_fails_when_the_session_ends_before() {
    let mut scene = Scene::start().await;
    let client = RawClient::narrow(scene.server.address(), "/watched/ann").await;
    let session = scene.opened().await;
    fill(&session).await;
    let flush = tokio::spawn({
        let session = session.clone();
        async move { session.flush().await }
    });
    tokio::task::yield_now().await;
    client.reset();
    assert!(matches!(flush.await.unwrap(), Err(SendError::Closed)));
    assert!(matches!(session.flush().await, Err(SendError::Closed)));
}

#[tokio::test]
async fn f11_try_send_never_waits_and_send_waits_for_room() {
    let mut scene = Scene::start_with(Server::builder().outbox_messages(2)).await;
    let (mut client, session) = scene.open("").await;
    session.try_send("one").unwrap();
    session.try_send("two").unwrap();
    assert!(matches!(session.try_send("three"), Err(SendError::Full)));
    let mut send = Box::pin(session.send("four"));
    assert!((&mut send).now_or_never().is_none(), "there is no room");
    // What is dropped before it is ready has queued nothing.
    drop(send);
    session.send("five").await.unwrap();
    for text in ["one", "two", "five"] {
        assert_eq!(client.text().await, text);
    }
}

#[tokio::test]
async fn f23_a_session_does_not_keep_the_connection_open() {
    let mut scene = Scene::start().await;
    let (client, session) = scene.open("").await;
    let task = tokio::spawn(async move {
        while session.is_open() {
            tokio::task::yield_now().await;
        }
    });
    client.close().await;
    task.await.unwrap();
    assert!(matches!(scene.events.next().await, Event::Closed(1000, ..)));
    scene.assert_over().await;
}
