//! Broadcasts to all sessions of an endpoint, wherever they are.

use serde_json::json;

use crate::{Sent, cluster};

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_reaches_all_of_the_endpoint_on_all_nodes_once() {
    let (_nats, nodes) = cluster::<3>().await;
    let mut clients = Vec::new();
    for node in nodes.iter().chain(&nodes) {
        clients.push(node.connect("/everybody").await);
    }
    let mut stranger = nodes[0].connect("/users/1").await;
    for (at, node) in nodes.iter().enumerate() {
        let mut control = node.control().await;
        let broadcast = json!({"broadcast": format!("from {at}")});
        assert_eq!(control.sent(&broadcast).await, Sent::Delivered(6));
        assert_eq!(
            control.sent(&json!("count_everybody")).await,
            Sent::Delivered(6)
        );
    }
    for client in &mut clients {
        for at in 0..3 {
            assert_eq!(client.text().await, format!("from {at}"));
        }
    }
    // What a handler replies to all goes the same way.
    clients[0].send("for all").await;
    for client in &mut clients {
        assert_eq!(client.text().await, "for all");
        client.send("are you there?").await;
        assert_eq!(client.text().await, "are you there?");
    }
    stranger.send("and that was all").await;
    assert_eq!(stranger.text().await, "and that was all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_and_a_count_say_when_somebody_did_not_answer() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut here = one.connect("/everybody").await;
    let mut there = other.connect("/everybody").await;
    let mut control = one.control().await;
    other.freeze().await;
    assert_eq!(
        control.sent(&json!({"broadcast": "hello"})).await,
        Sent::Partly(1)
    );
    assert_eq!(
        control.sent(&json!("count_everybody")).await,
        Sent::Partly(1)
    );
    other.thaw().await;
    assert_eq!(here.text().await, "hello");
    // What was given up does not come after all.
    for node in [&one, &other] {
        node.knows(2).await;
    }
    let sent = control.sent(&json!({"broadcast": "again"})).await;
    assert_eq!(sent, Sent::Delivered(2));
    assert_eq!(here.text().await, "again");
    assert_eq!(there.text().await, "again");
}
