//! The end of a server: everyone is told, every handler may finish, and what hangs is cut off.

use std::future::pending;
use std::time::Duration;

use tokio::net::TcpStream;
use wspring::Initiator;
use wspring::prelude::*;

use crate::{Event, Scene, Seen};

const STOPPING: &str = "the server is stopping";
const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn o6_s2_everyone_gets_1001_and_every_on_close_runs() {
    let mut scene = Scene::start().await;
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(scene.open("").await.0);
    }
    let address = scene.server.address();
    let goodbyes = async {
        for client in &mut clients {
            assert_eq!(client.closed().await, (1001, STOPPING.to_owned()));
        }
    };
    tokio::join!(scene.server.stop(), goodbyes);
    for _ in 0..5 {
        let expected = Event::Closed(1001, STOPPING.to_owned(), Initiator::Runtime, true);
        assert_eq!(scene.events.next().await, expected);
    }
    assert_eq!(scene.events.rest(), []);
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn s2_s3_what_was_sent_before_goes_before_the_goodbye() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("").await;
    for number in 0..100 {
        session.send(number).await.unwrap();
    }
    let reading = async {
        for number in 0..100 {
            assert_eq!(client.text().await, number.to_string());
        }
        assert_eq!(client.closed().await.0, 1001);
    };
    tokio::join!(scene.server.stop(), reading);
    assert!(matches!(
        session.send("too late").await,
        Err(SendError::Closed)
    ));
}

#[tokio::test]
async fn s2_the_drain_waits_for_the_handlers() {
    let mut scene = Scene::start().await;
    let (mut client, _) = scene.open_raw("?close=wait").await;
    client.frame(0x81, b"wait").await;
    client.frame(0x81, b"never handled").await;
    client.frame(0x89, b"").await;
    assert_eq!(client.read_frame().await.first, 0x8a, "the handler runs");
    let handle = scene.server.handle().clone();
    let stopping = tokio::spawn(scene.server.stop());
    // The peer is told at once, though a handler runs.
    assert_eq!(client.read_close().await, (1001, STOPPING.to_owned()));
    client.frame(0x88, b"\x03\xe9").await;
    assert_eq!(client.rest().await, b"");
    assert_eq!(scene.events.rest(), []);
    assert!(!stopping.is_finished());
    scene.gate.add_permits(1);
    assert_eq!(scene.events.next().await, Event::Handled("wait".to_owned()));
    let Event::Failed(wspring::ErrorKind::Closed, _) = scene.events.next().await else {
        panic!("the reply comes too late");
    };
    let expected = Event::Closed(1001, STOPPING.to_owned(), Initiator::Runtime, true);
    assert_eq!(scene.events.next().await, expected);
    assert!(!stopping.is_finished(), "its on_close still runs");
    scene.gate.add_permits(1);
    stopping.await.expect("it has drained");
    handle.shutdown().await;
    assert_eq!(
        scene.events.rest(),
        [],
        "a second shutdown has nothing to do"
    );
}

/// Never opens, and tells when that is given up.
struct Unready;

struct GivenUp(Seen);

#[server_endpoint("/unready")]
impl Unready {
    #[on_open]
    async fn open(seen: Seen) -> Self {
        seen.record(Event::Opening);
        let _told = GivenUp(seen);
        pending().await
    }
}

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.record(Event::Handled("given up".to_owned()));
    }
}

#[tokio::test]
async fn s2_an_on_open_that_hangs_is_cut_off_after_the_drain_timeout() {
    let mut scene = Scene::start_with(Server::builder().drain_timeout(SHORT)).await;
    let _client = wspring_tests::RawClient::upgraded(scene.server.address(), "/unready").await;
    assert_eq!(scene.events.next().await, Event::Opening);
    scene.server.stop().await;
    let given_up = Event::Handled("given up".to_owned());
    assert_eq!(scene.events.next().await, given_up);
}

#[tokio::test]
async fn s2_handlers_that_hang_are_cut_off_after_the_drain_timeout() {
    let mut scene = Scene::start_with(Server::builder().drain_timeout(SHORT)).await;
    let (mut in_message, _) = scene.open_raw("").await;
    in_message.frame(0x81, b"wait").await;
    in_message.frame(0x89, b"").await;
    assert_eq!(
        in_message.read_frame().await.first,
        0x8a,
        "the handler runs"
    );
    let (_in_close, session) = scene.open_raw("?close=wait").await;
    let in_open = scene.server.connect("/watched/ann?open=wait").await;
    assert_eq!(scene.events.next().await, Event::Opening);
    let stopped = scene.server.stop();
    let goodbye = async {
        assert_eq!(in_message.read_close().await.0, 1001);
        in_message.frame(0x88, b"\x03\xe9").await;
    };
    tokio::join!(stopped, goodbye);
    drop(in_open);
    assert!(!session.is_open());
    // Each on_close was called, though it was not waited for; what never opened has none.
    let closed = scene.events.rest();
    assert_eq!(closed.len(), 2, "{closed:?}");
    for event in closed {
        // Whether the goodbye was mutual depends on how quick the peer was.
        let Event::Closed(1001, reason, Initiator::Runtime, _) = event else {
            panic!("{event:?}");
        };
        assert_eq!(reason, STOPPING);
    }
}

#[tokio::test]
async fn s2_peers_that_do_not_say_goodbye_are_cut_off_after_the_close_timeout() {
    let mut scene = Scene::start_with(Server::builder().close_timeout(SHORT)).await;
    let (mut client, _) = scene.open_raw("").await;
    scene.server.stop().await;
    assert_eq!(client.read_close().await, (1001, STOPPING.to_owned()));
    let expected = Event::Closed(1001, STOPPING.to_owned(), Initiator::Runtime, false);
    assert_eq!(scene.events.rest(), [expected]);
}

/// A peer that broke the protocol is read until it leaves, but not beyond the end of the drain.
#[tokio::test]
async fn s2_peers_that_linger_are_cut_off_after_the_drain_timeout() {
    let builder = Server::builder()
        .close_timeout(Duration::from_secs(3600))
        .drain_timeout(SHORT);
    let mut scene = Scene::start_with(builder).await;
    let (mut client, _) = scene.open_raw("").await;
    client.write(b"\x81\x02hi").await;
    assert_eq!(client.read_close().await.0, 1002);
    assert!(matches!(scene.events.next().await, Event::Closed(1002, ..)));
    scene.server.stop().await;
    assert_eq!(client.rest().await, b"");
}
