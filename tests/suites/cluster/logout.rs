//! Keys that are online on other nodes, and the end of all their sessions.

use serde_json::json;
use wspring_tests::Client;

use crate::{Node, Sent, cluster};

async fn login(node: &Node, key: &str, user: &str) -> Client {
    node.connect(&format!("/anybody?key={key}&user={user}"))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_online_anywhere_is_known_everywhere() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let client = one.connect("/users/ann").await;
    let _ben = other.connect("/users/ben").await;
    for node in [&one, &other] {
        node.knows_keys(2).await;
        let mut control = node.control().await;
        assert_eq!(control.command(&json!("keys")).await, "ann ben");
        for (key, is_online) in [("ann", "true"), ("ben", "true"), ("cleo", "false")] {
            let said = control.command(&json!({"is_online": key})).await;
            assert_eq!(said, is_online, "{key}");
        }
    }
    client.close().await;
    other.knows_keys(1).await;
    let mut control = other.control().await;
    assert_eq!(control.command(&json!("keys")).await, "ben");
    assert_eq!(control.command(&json!({"is_online": "ann"})).await, "false");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_of_a_key_or_a_user_are_closed_on_all_nodes() {
    let (_nats, nodes) = cluster::<3>().await;
    let (mut anns, mut bens) = (Vec::new(), Vec::new());
    for node in &nodes {
        anns.push(node.connect("/users/ann").await);
        anns.push(node.connect("/everyone/ann").await);
        bens.push(login(node, "ben", "Ben").await);
        bens.push(login(node, "ben-too", "Ben").await);
    }
    let mut stays = login(&nodes[1], "cleo", "Cleo").await;
    let mut control = nodes[0].control().await;
    let closed = control.sent(&json!({"close_key": "ann"})).await;
    assert_eq!(closed, Sent::Delivered(6));
    let closed = control.sent(&json!({"close_user": "Ben"})).await;
    assert_eq!(closed, Sent::Delivered(6));
    for client in anns.iter_mut().chain(&mut bens) {
        let reason = "you have logged out".to_owned();
        assert_eq!(client.closed().await, (1008, reason));
    }
    for command in [json!({"close_key": "ann"}), json!({"close_user": "Ben"})] {
        let closed = control.sent(&command).await;
        // The last of them may be about to end.
        assert!(matches!(closed, Sent::Delivered(_)), "{closed:?}");
    }
    stays.send("still here").await;
    assert_eq!(stays.text().await, "still here");
    nodes[2].knows_keys(1).await;
}

/// A key that is too long to be told to other nodes is closed on all of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_logout_does_not_depend_on_what_is_known() {
    let (nats, [one]) = cluster::<1>().await;
    let long = "k".repeat(300);
    let mut client = one.connect(&format!("/users/{long}")).await;
    let new = Node::start(&nats).await;
    // It has not heard of the other one, or only just.
    let mut control = new.control().await;
    let closed = control.sent(&json!({"close_key": long})).await;
    assert!(
        matches!(closed, Sent::Delivered(1) | Sent::Partly(0 | 1)),
        "{closed:?}"
    );
    assert_eq!(client.closed().await.0, 1008);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_that_may_have_missed_somebody_says_so() {
    let (mut nats, [one, other]) = cluster::<2>().await;
    let mut here = one.connect("/everyone/ann").await;
    let mut there = other.connect("/everyone/ann").await;
    one.knows_keys(1).await;
    let mut control = one.control().await;
    nats.stop().await;
    one.is("a node without a broker", |status, _| status == 503)
        .await;
    let closed = control.sent(&json!({"close_key": "ann"})).await;
    assert_eq!(closed, Sent::Partly(1));
    assert_eq!(here.closed().await.0, 1008);
    nats.start_again().await;
    one.knows(2).await;
    let closed = control.sent(&json!({"close_key": "ann"})).await;
    assert_eq!(closed, Sent::Delivered(1));
    assert_eq!(there.closed().await.0, 1008);
}
