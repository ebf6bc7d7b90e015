//! Who is online, over all nodes.

use wspring::Server;
use wspring::cluster::{LocalBroker, Nats, Presence, PresenceChanges, PresenceEvent};
use wspring_tests::{TestServer, soon};

use crate::{NatsServer, Node};

fn online(key: &str) -> PresenceEvent {
    PresenceEvent::Online { key: key.into() }
}

fn offline(key: &str) -> PresenceEvent {
    PresenceEvent::Offline { key: key.into() }
}

async fn next(changes: &mut PresenceChanges) -> PresenceEvent {
    let event = soon("somebody who comes or goes", changes.next()).await;
    event.expect("the server is there")
}

#[tokio::test]
async fn without_a_cluster_there_is_no_presence() {
    let server = TestServer::start().await;
    assert!(server.handle().presence().is_none());
}

#[tokio::test]
async fn one_server_is_a_cluster_too() {
    let server = TestServer::start_with(Server::builder().broker(LocalBroker::new())).await;
    let presence = server.handle().presence().expect("it is in a cluster");
    let (before, mut changes) = presence.watch();
    assert!(before.is_empty() && presence.is_empty());
    let client = server.connect("/here/ann").await;
    assert_eq!(next(&mut changes).await, online("ann"));
    assert!(presence.is_online("ann") && !presence.is_online("ben"));
    assert_eq!(presence.keys(), ["ann"]);
    client.close().await;
    assert_eq!(next(&mut changes).await, offline("ann"));
    assert_eq!(presence.len(), 0);
    // A server that is gone tells nothing more.
    drop(presence);
    server.stop().await;
    assert_eq!(soon("the end", changes.next()).await, None);
}

struct Here;

#[wspring::server_endpoint("/here/<who>")]
impl Here {
    #[on_open]
    fn open() -> Self {
        Self
    }
}

/// A node that is only in this process, at the same broker as those that are killed.
async fn watching(nats: &NatsServer) -> (TestServer, Presence, PresenceChanges) {
    let broker = Nats::connect(&nats.url()).await.expect("a connection");
    let server = TestServer::start_with(Server::builder().broker(broker)).await;
    let presence = server.handle().presence().expect("it is in a cluster");
    let (_, changes) = presence.watch();
    (server, presence, changes)
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_and_go_with_their_first_and_last_session_on_any_node() {
    let nats = NatsServer::start().await;
    let (_server, presence, mut changes) = watching(&nats).await;
    let (one, other) = (Node::start(&nats).await, Node::start(&nats).await);
    let first = one.connect("/users/ann").await;
    assert_eq!(next(&mut changes).await, online("ann"));
    let second = other.connect("/users/ann").await;
    let _ben = other.connect("/users/ben").await;
    assert_eq!(next(&mut changes).await, online("ben"));
    first.close().await;
    second.close().await;
    assert_eq!(next(&mut changes).await, offline("ann"));
    assert_eq!(presence.keys(), ["ben"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_on_a_node_that_was_killed_has_left() {
    let nats = NatsServer::start().await;
    let (_server, presence, mut changes) = watching(&nats).await;
    let (one, other) = (Node::start(&nats).await, Node::start(&nats).await);
    let _stays = one.connect("/users/stays").await;
    assert_eq!(next(&mut changes).await, online("stays"));
    let _goes = other.connect("/users/goes").await;
    assert_eq!(next(&mut changes).await, online("goes"));
    let killed = std::time::Instant::now();
    other.kill().await;
    assert_eq!(next(&mut changes).await, offline("goes"));
    println!("the event came {:?} after the kill", killed.elapsed());
    assert!(killed.elapsed() < std::time::Duration::from_secs(10));
    assert_eq!(presence.keys(), ["stays"]);
}

#[tokio::test]
async fn one_who_is_too_slow_is_told_that_events_are_lost() {
    let server = TestServer::start_with(Server::builder().broker(LocalBroker::new())).await;
    let presence = server.handle().presence().expect("it is in a cluster");
    let (_, mut slow) = presence.watch();
    let (_, mut quick) = presence.watch();
    // Each is two events, and 1,024 are kept.
    for _ in 0..520 {
        let client = server.connect("/here/ann").await;
        assert_eq!(next(&mut quick).await, online("ann"));
        client.close().await;
        assert_eq!(next(&mut quick).await, offline("ann"));
    }
    let missed = next(&mut slow).await;
    assert_eq!(missed, PresenceEvent::Missed { events: 16 });
}
