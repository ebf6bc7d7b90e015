//! Defects 1 to 6, 13, 16 and 17: who is connected, and who is meant by a key.

use wspring::prelude::*;
use wspring_tests::Client;

use crate::{NewDevice, Scene, WebSocketServer};

/// `map.remove(uId)` of the first connection took the entry of the second one away.
#[tokio::test]
async fn defect_01_the_close_of_the_old_connection_evicts_the_new_one() {
    let mut scene = Scene::start().await;
    let old = scene.open("/webSocket/1").await;
    let mut new = scene.open("/webSocket/1").await;
    old.close().await;
    scene.saw("close /webSocket/1").await;
    assert_eq!(scene.push("still there?", 1).await.unwrap(), 1);
    assert_eq!(new.text().await, "still there?");
}

/// The second connection was never in the set, and the first never left it.
#[tokio::test]
async fn defect_02_a_replaced_connection_is_missed_or_kept_for_ever() {
    let mut scene = Scene::start().await;
    let mut old = scene.open("/webSocket/1").await;
    let new = scene.open("/webSocket/1").await;
    assert_eq!(scene.server.handle().sessions::<WebSocketServer>().len(), 2);
    new.close().await;
    scene.saw("close /webSocket/1").await;
    assert_eq!(
        scene.push("back to you", 1).await.unwrap(),
        1,
        "the old one is still open"
    );
    assert_eq!(old.text().await, "back to you");
    old.close().await;
    scene.saw("close /webSocket/1").await;
    assert!(
        scene
            .server
            .handle()
            .sessions::<WebSocketServer>()
            .is_empty()
    );
    scene.assert_offline(1).await;
}

/// On opening the size of the map was logged, on closing that of the set.
#[tokio::test]
async fn defect_03_the_two_numbers_in_the_log_count_different_things() {
    let mut scene = Scene::start().await;
    let path = "/webSocket/1";
    let first = scene.server.connect(path).await;
    assert_eq!(scene.saw("open /webSocket/1, ").await, "1 online");
    let second = scene.server.connect(path).await;
    assert_eq!(scene.saw("open /webSocket/1, ").await, "2 online");
    let other = scene.server.connect("/webSocket/2").await;
    assert_eq!(scene.saw("open /webSocket/2, ").await, "3 online");
    for (client, left) in [(first, 2), (second, 1), (other, 0)] {
        client.close().await;
        let event = scene.saw("close /webSocket/").await;
        assert!(event.contains(&format!(", {left} online,")), "{event}");
    }
}

/// The first tab stayed connected and heard nothing any more.
#[tokio::test]
async fn defect_04_a_replaced_connection_is_not_told() {
    let mut scene = Scene::start().await;
    let mut old = scene.open("/newDevice/1").await;
    let mut new = scene.open("/newDevice/1").await;
    assert_eq!(
        old.closed().await,
        (4001, "replaced by a newer connection".to_owned())
    );
    scene
        .saw("close /newDevice/1, 1 online, 4001 by the runtime")
        .await;
    assert_eq!(scene.push("for the new one", 1).await.unwrap(), 1);
    assert_eq!(new.text().await, "for the new one");
    assert_eq!(scene.server.handle().sessions::<NewDevice>().len(), 1);
}

/// `containsKey` and then `get` met a `remove` between them: a NullPointerException in the sender.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn defect_05_a_push_that_meets_a_close_breaks_the_sender() {
    const CONNECTIONS: usize = 200;
    // Room enough for a sender that is faster than the reader by far.
    let builder = Server::builder()
        .outbox_bytes(1 << 30)
        .outbox_messages(1 << 30);
    let scene = Scene::start_with(builder).await;
    let url = scene.server.url("/webSocket/5");
    let coming_and_going = tokio::spawn(async move {
        for _ in 0..CONNECTIONS {
            let mut client = Client::connect(&url).await;
            assert_eq!(client.text().await, "now");
            client.close().await;
        }
    });
    let (mut delivered, mut offline) = (0, 0);
    loop {
        let was_the_last = coming_and_going.is_finished();
        match scene.push("now", 5).await {
            Ok(sessions) => delivered += sessions,
            Err(SendError::Offline { .. }) => offline += 1,
            Err(error) => panic!("neither delivered nor offline: {error}"),
        }
        if was_the_last {
            break;
        }
        tokio::task::yield_now().await;
    }
    coming_and_going.await.expect("each of them was pushed to");
    assert!(delivered >= CONNECTIONS, "{delivered} delivered");
    assert!(offline > 0, "nobody was ever offline");
    scene.server.stop().await;
}

/// The map held one connection for a user, so a second device took the pushes of the first.
#[tokio::test]
async fn defect_06_a_second_device_steals_the_pushes_of_the_first() {
    let mut scene = Scene::start().await;
    let mut phone = scene.open("/everyDevice/1").await;
    let mut laptop = scene.open("/everyDevice/1").await;
    assert_eq!(scene.push("for both", 1).await.unwrap(), 2);
    assert_eq!(phone.text().await, "for both");
    assert_eq!(laptop.text().await, "for both");
}

/// `map.put` before `this.session = session` let a push find a connection without a session.
#[tokio::test]
async fn defect_13_a_push_finds_a_connection_that_is_not_ready() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/early/13131313").await;
    scene.saw("pushed").await;
    assert_eq!(client.text().await, "welcome", "on_open itself can send");
    assert_eq!(client.text().await, "to itself", "after on_open");
    client.send("it has opened").await;
    assert_eq!(client.text().await, "it has opened");
    assert_eq!(scene.push("now", 13_131_313).await.unwrap(), 1);
    assert_eq!(client.text().await, "now");
}

/// The collections were static: one for every application in the class loader, and never emptied.
#[tokio::test]
async fn defect_16_servers_share_their_connections_and_leave_them_behind() {
    let mut one = Scene::start().await;
    let mut other = Scene::start().await;
    let mut client = one.open("/webSocket/16").await;
    let _other_client = other.open("/webSocket/17").await;
    one.assert_offline(17).await;
    other.assert_offline(16).await;
    assert_eq!(one.server.handle().sessions::<WebSocketServer>().len(), 1);
    let handle = one.server.handle().clone();
    let gone = async {
        client.closed().await;
    };
    tokio::join!(one.server.stop(), gone);
    assert!(handle.sessions::<WebSocketServer>().is_empty());
    let pushed = send_info("to a server that is gone", 16).await;
    assert!(
        matches!(pushed, Err(SendError::Offline { .. })),
        "{pushed:?}"
    );
    assert_eq!(other.push("to the one that runs", 17).await.unwrap(), 1);
}

/// A `CopyOnWriteArraySet` copied all connections for each that came or went. What ours costs is a matter for a
/// benchmark; here all users of a server come back at once, and each is found again.
#[tokio::test]
async fn defect_17_a_storm_of_reconnections() {
    const USERS: i64 = 200;
    let mut scene = Scene::start().await;
    let mut clients = Vec::new();
    for _ in 0..2 {
        clients.clear();
        for user in 0..USERS {
            clients.push(scene.server.connect(&format!("/webSocket/{user}")).await);
        }
    }
    // The old connections end when they end; the new ones have opened by then.
    let (mut opened, mut closed) = (0, 0);
    while opened < 2 * USERS || closed < USERS {
        match scene.events.next().await {
            event if event.starts_with("open") => opened += 1,
            _ => closed += 1,
        }
    }
    let sessions = scene.server.handle().sessions::<WebSocketServer>().len();
    assert_eq!(i64::try_from(sessions), Ok(USERS));
    for (user, client) in (0..USERS).zip(&mut clients) {
        assert_eq!(scene.push("here again", user).await.unwrap(), 1);
        assert_eq!(client.text().await, "here again");
    }
}
