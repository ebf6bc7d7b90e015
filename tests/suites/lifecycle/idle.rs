//! Sessions that are idle for too long, and what counts as activity.

use std::time::{Duration, Instant};

use wspring::prelude::*;
use wspring::{EndpointConfig, Initiator, InvalidTimeout};
use wspring_tests::{RawClient, TestServer};

use crate::{Event, Scene, Seen};

const SHORT: Duration = Duration::from_millis(100);

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
    OwnPing,
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
            Self::OwnPing => {
                session.ping("?").await.expect("it is open");
                client.read_ping().await;
            }
            Self::OwnPong => {
                session.pong("!").await.expect("it is open");
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

/// Lets it happen for twice as long as the session may be idle; `false` if this machine was too slow to do so.
async fn keeps_open(activity: Activity, idle: Duration) -> bool {
    let mut scene = Scene::start_with(Server::builder().idle_timeout(idle)).await;
    let (mut client, session) = scene.open_raw("").await;
    let begun = Instant::now();
    let mut last = begun;
    while begun.elapsed() < idle * 2 {
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
        Activity::OwnPing,
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

/// It sets its own idle timeout where the query says so.
#[derive(Default)]
struct Patient;

#[server_endpoint("/patient", idle_timeout = "off")]
impl Patient {
    #[on_close]
    fn closed(&self, seen: Seen) {
        seen.record(Event::Handled("/patient is closed".to_owned()));
    }
}

/// Its sessions may be idle for a moment.
#[derive(Default)]
struct Restless;

#[server_endpoint("/restless", idle_timeout = "100ms")]
impl Restless {
    #[on_open]
    fn open(
        &self,
        session: &Session,
        #[query_param] idle: Option<u64>,
    ) -> Result<(), InvalidTimeout> {
        match idle {
            Some(0) => session.set_idle_timeout(None),
            Some(milliseconds) => {
                session.set_idle_timeout(Some(Duration::from_millis(milliseconds)))
            }
            None => Ok(()),
        }
    }

    #[on_close]
    fn closed(&self, session: &Session, seen: Seen) {
        let query = session.query().unwrap_or_default();
        seen.record(Event::Handled(format!("/restless?{query} is closed")));
    }
}

fn idle_timeout<E: Endpoint>(server: &TestServer) -> Option<Duration> {
    let sessions = server.handle().sessions::<E>().to_vec();
    sessions[0].idle_timeout()
}

#[tokio::test]
async fn f9_an_endpoint_may_have_its_own_idle_timeout() {
    for builder in [Server::builder(), Server::builder().idle_timeout(SHORT / 2)] {
        let mut scene = Scene::start_with(builder).await;
        let patient = scene.server.connect("/patient").await;
        assert_eq!(idle_timeout::<Patient>(&scene.server), None);
        // What opened later is closed, and the other is still open.
        let mut restless = scene.server.connect("/restless").await;
        assert_eq!(idle_timeout::<Restless>(&scene.server), Some(SHORT));
        assert_eq!(restless.closed().await.0, 1001);
        scene.assert_handled("/restless? is closed").await;
        assert_eq!(scene.server.handle().sessions::<Patient>().len(), 1);
        drop(patient);
    }
}

#[tokio::test]
async fn f9_a_session_sets_its_own_idle_timeout_when_it_opens() {
    let mut scene = Scene::start().await;
    let _for_ever = scene.server.connect("/restless?idle=0").await;
    let _for_a_day = scene.server.connect("/restless?idle=86400000").await;
    let mut longer = scene.server.connect("/restless?idle=200").await;
    let mut usual = scene.server.connect("/restless").await;
    assert_eq!(usual.closed().await.0, 1001);
    assert_eq!(longer.closed().await.0, 1001);
    for query in ["", "idle=200"] {
        scene
            .assert_handled(&format!("/restless?{query} is closed"))
            .await;
    }
    let open = scene.server.handle().sessions::<Restless>().to_vec();
    let mut timeouts: Vec<_> = open.iter().map(Session::idle_timeout).collect();
    timeouts.sort();
    assert_eq!(timeouts, [None, Some(Duration::from_secs(86_400))]);
}

/// The connection waits for its peer, with a timer that rings much later.
#[tokio::test]
async fn f9_the_idle_timeout_is_changed_from_another_task() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    // It has answered, so it has nothing to do but wait.
    client.frame(0x89, b"").await;
    client.read_frame().await;
    assert_eq!(session.idle_timeout(), None);
    session.set_idle_timeout(Some(SHORT)).unwrap();
    assert_eq!(session.idle_timeout(), Some(SHORT));
    assert_eq!(client.read_close().await.0, 1001);
    drop(client);
    assert_idle(&mut scene).await;
    // It is over, and nothing more happens.
    session.set_idle_timeout(Some(SHORT)).unwrap();
    session.set_idle_timeout(None).unwrap();
    assert_eq!(session.idle_timeout(), None);
    scene.assert_over().await;
}

#[tokio::test]
async fn f9_an_idle_timeout_is_taken_back_from_another_task() {
    let mut scene = Scene::start_with(Server::builder().idle_timeout(SHORT * 10)).await;
    let (_client, session) = scene.open_raw("").await;
    session.set_idle_timeout(None).unwrap();
    let (mut other, _) = scene.open_raw("").await;
    assert_eq!(other.read_close().await.0, 1001);
    assert!(session.is_open());
}

#[tokio::test]
async fn f9_nonsense_is_refused_and_changes_nothing() {
    let mut scene = Scene::start_with(Server::builder().idle_timeout(SHORT * 100)).await;
    let (_client, session) = scene.open_raw("").await;
    let day = Duration::from_secs(24 * 60 * 60);
    for wrong in [
        Duration::ZERO,
        Duration::from_micros(999),
        day + SHORT,
        Duration::MAX,
    ] {
        let refused = session.set_idle_timeout(Some(wrong)).unwrap_err();
        let text = refused.to_string();
        let parts = [&*format!("{wrong:?}"), "it is 1 ms to 24 h"];
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    }
    assert_eq!(session.idle_timeout(), Some(SHORT * 100));
    for right in [Duration::from_millis(1), day] {
        session.set_idle_timeout(Some(right)).unwrap();
    }
    let config = EndpointConfig::new("/by-hand").idle_timeout(Some(Duration::ZERO));
    let server = Server::builder()
        .address("127.0.0.1:0")
        .endpoint(config, |_| Patient);
    let refused = server.bind().await.unwrap_err().to_string();
    assert!(
        refused.contains("/by-hand") && refused.contains("1 ms to 24 h"),
        "{refused}"
    );
}
