//! Deadlines that end a session: a peer that takes nothing, and a session in which nothing is said.

use std::time::{Duration, Instant};

use wspring::Initiator;
use wspring::prelude::*;
use wspring_tests::RawClient;

use crate::Scene;

const SHORT: Duration = Duration::from_millis(100);

/// It sends pings all the time, so the pongs that it would owe are no reason.
#[tokio::test]
async fn a_peer_that_takes_nothing_is_cut_off_though_it_is_alive() {
    let mut scene = Scene::start_with(Server::builder().write_timeout(SHORT)).await;
    let address = scene.server.address();
    let mut client = RawClient::narrow(address, "/watched/ann").await;
    let session = scene.opened().await;
    let sending =
        tokio::spawn(async move { while session.send("x".repeat(60_000)).await.is_ok() {} });
    let pinging = tokio::spawn(async move {
        loop {
            client.frame(0x89, b"").await;
        }
    });
    scene
        .assert_closed(1006, "what waits is not read", Initiator::Runtime, false)
        .await;
    pinging.abort();
    sending.await.unwrap();
    scene.assert_over().await;
}

/// How it is closed, whoever is idle.
async fn assert_idle(scene: &mut Scene) {
    let reason = "idle for too long";
    scene
        .assert_closed(1001, reason, Initiator::Runtime, false)
        .await;
}

#[tokio::test]
async fn r_a_session_without_messages_is_closed_though_its_peer_is_alive() {
    let builder = Server::builder()
        .idle_timeout(SHORT * 4)
        .ping_interval(SHORT / 5);
    let mut scene = Scene::start_with(builder).await;
    let (mut client, _) = scene.open_raw("").await;
    client.frame(0x81, b"the last word").await;
    assert_eq!(client.read_frame().await.payload, b"did the last word");
    scene.assert_handled("the last word").await;
    let mut pings = 0;
    let close = loop {
        let frame = client.read_any_frame().await;
        if frame.first != 0x89 {
            break frame;
        }
        client.frame(0x8a, &frame.payload).await;
        pings += 1;
    };
    assert_eq!(close.first, 0x88);
    assert!(pings > 1, "the runtime has asked whether it is there");
    drop(client);
    assert_idle(&mut scene).await;
    scene.assert_over().await;
}

/// What happens again and again on a session, each time well before it has been idle for too long.
#[derive(Clone, Copy, Debug)]
enum Activity {
    Ping,
    Pong,
    OwnPong,
    Message,
    OwnMessage,
}

impl Activity {
    async fn happen(self, client: &mut RawClient, session: &Session) {
        match self {
            Self::Ping => {
                client.frame(0x89, b"?").await;
                assert_eq!(client.read_frame().await.first, 0x8a);
            }
            Self::Pong => client.frame(0x8a, b"").await,
            Self::OwnPong => {
                session.send(Pong("!".into())).await.expect("it is open");
                assert_eq!(client.read_frame().await.first, 0x8a);
            }
            Self::Message => {
                client.frame(0x81, b"hello").await;
                assert_eq!(client.read_frame().await.payload, b"did hello");
            }
            Self::OwnMessage => {
                session.send("hello").await.expect("it is open");
                assert_eq!(client.read_frame().await.payload, b"hello");
            }
        }
    }
}

/// Lets it happen for three times as long as the session may be idle; `false` if this machine was too slow to do so.
async fn keeps_open(activity: Activity, idle: Duration) -> bool {
    let mut scene = Scene::start_with(Server::builder().idle_timeout(idle)).await;
    let (mut client, session) = scene.open_raw("").await;
    let begun = Instant::now();
    let mut last = begun;
    while begun.elapsed() < idle * 3 {
        tokio::time::sleep(idle / 10).await;
        if last.elapsed() > idle / 2 {
            return false;
        }
        activity.happen(&mut client, &session).await;
        last = Instant::now();
    }
    let is_open = session.is_open();
    if last.elapsed() > idle / 2 {
        return false;
    }
    assert!(is_open, "{activity:?}");
    // Without it, the session is closed.
    assert_eq!(client.read_close().await.0, 1001);
    true
}

/// The eight cases of the Jakarta TCK: each side's pings and pongs delay the timeout, and so do messages.
#[tokio::test]
async fn r_pings_and_pongs_of_the_application_delay_the_idle_timeout() {
    for activity in [
        Activity::Ping,
        Activity::Pong,
        Activity::OwnPong,
        Activity::Message,
        Activity::OwnMessage,
    ] {
        let mut idle = SHORT;
        while !keeps_open(activity, idle).await {
            idle *= 2;
        }
    }
}
