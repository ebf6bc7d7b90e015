//! Nodes that die, are cut off or stop in the middle of all, and a broker that goes away.

use std::time::{Duration, Instant};

use crate::{Node, Sent, cluster};

/// Prints how long after the kill the first push says `Offline`.
#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_a_node_that_was_killed_are_offline() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let _client = other.connect("/users/1").await;
    let _another = other.connect("/users/2").await;
    one.knows_keys(2).await;
    let mut control = one.control().await;
    assert_eq!(control.push("1", "hello").await, Sent::Delivered(1));
    other.kill().await;
    let killed = Instant::now();
    let mut before = Vec::new();
    loop {
        match control.push("1", "still there?").await {
            Sent::Offline => break,
            sent => before.push(sent),
        }
    }
    let offline = killed.elapsed();
    println!("offline {offline:?} after the kill, before that {before:?}");
    // What was asked when it died is not known; nothing is told that is not true.
    assert!(
        before.iter().all(|sent| *sent == Sent::Unanswered),
        "{before:?}"
    );
    assert!(offline < Duration::from_secs(10), "{offline:?}");
    // The other keys went with it, and nothing has to be waited for.
    assert_eq!(control.push("2", "hello").await, Sent::Offline);
    one.knows(1).await;
}

/// Nobody pushes to it: the node is missed all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_killed_is_missed_within_ten_seconds() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let _client = other.connect("/users/1").await;
    one.knows_keys(1).await;
    other.kill().await;
    let killed = Instant::now();
    one.knows_keys(0).await;
    println!("its keys were gone {:?} after the kill", killed.elapsed());
    assert!(killed.elapsed() < Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_says_goodbye() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut client = other.connect("/users/1").await;
    one.knows_keys(1).await;
    let (ended, closed) = tokio::join!(other.stop(), client.closed());
    let ((), (code, _)) = (ended, closed);
    assert_eq!(code, 1001);
    // It ended after its goodbye, so nothing has to be noticed.
    assert_eq!(one.push("1", "hello").await, Sent::Offline);
    let (_, health) = one.health().await;
    assert_eq!(health["cluster"]["nodes"], 1);
}

/// It is there for the broker, and does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_is_not_called_offline_until_it_counts_as_dead() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut client = other.connect("/users/1").await;
    one.knows_keys(1).await;
    let mut control = one.control().await;
    other.freeze().await;
    assert_eq!(control.push("1", "are you there?").await, Sent::Unanswered);
    // It gets what was sent meanwhile, once, and is a member again.
    other.thaw().await;
    assert_eq!(client.text().await, "are you there?");
    one.knows(2).await;
    assert_eq!(control.push("1", "welcome back").await, Sent::Delivered(1));
    assert_eq!(client.text().await, "welcome back");

    other.freeze().await;
    one.knows_keys(0).await;
    assert_eq!(control.push("1", "anybody?").await, Sent::Offline);
    other.thaw().await;
    one.knows_keys(1).await;
    assert_eq!(control.push("1", "after all").await, Sent::Delivered(1));
    assert_eq!(client.text().await, "after all");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_broker_is_away_a_node_serves_its_own() {
    let (mut nats, [one, other]) = cluster::<2>().await;
    let mut here = one.connect("/users/here").await;
    let mut there = other.connect("/users/there").await;
    one.knows_keys(2).await;
    let mut control = one.control().await;
    nats.stop().await;
    one.is("a node without a broker", |status, body| {
        status == 503 && body["status"] == "degraded"
    })
    .await;
    assert_eq!(control.push("here", "local").await, Sent::Partly(1));
    assert_eq!(here.text().await, "local");
    let begun = Instant::now();
    for key in ["there", "nobody"] {
        for _ in 0..20 {
            assert_eq!(control.push(key, "remote").await, Sent::BrokerUnavailable);
        }
    }
    let each = begun.elapsed() / 40;
    println!("that the broker is away is said after {each:?}");
    assert!(each < Duration::from_millis(100), "it waits for a timeout");
    nats.start_again().await;
    for node in [&one, &other] {
        node.knows(2).await;
    }
    assert_eq!(control.push("there", "back").await, Sent::Delivered(1));
    assert_eq!(there.text().await, "back");
    assert_eq!(control.push("here", "and here").await, Sent::Delivered(1));
    assert_eq!(here.text().await, "and here");
    assert_eq!(control.push("nobody", "hello").await, Sent::Offline);
}

/// Who comes and goes while the broker is away is known when it is back.
#[tokio::test(flavor = "multi_thread")]
async fn what_changes_while_the_broker_is_away_is_made_up_for() {
    let (mut nats, [one, other]) = cluster::<2>().await;
    let leaves = other.connect("/users/leaves").await;
    let mut stays = other.connect("/users/stays").await;
    one.knows_keys(2).await;
    nats.stop().await;
    leaves.close().await;
    let mut comes = other.connect("/users/comes").await;
    nats.start_again().await;
    one.knows(2).await;
    let mut control = one.control().await;
    assert_eq!(control.push("leaves", "hello").await, Sent::Offline);
    for (key, client) in [("stays", &mut stays), ("comes", &mut comes)] {
        assert_eq!(control.push(key, "hello").await, Sent::Delivered(1));
        assert_eq!(client.text().await, "hello");
    }
}

/// A node that has just started asks the others, and calls nobody offline whom it does not know yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_node_calls_nobody_offline_before_it_has_listened() {
    let (nats, [one]) = cluster::<1>().await;
    let mut client = one.connect("/users/1").await;
    for round in 0..5 {
        let new = Node::start(&nats).await;
        let text = format!("from new node {round}");
        let sent = new.push("1", &text).await;
        let is_queued = matches!(sent, Sent::Partly(1) | Sent::Delivered(1));
        assert!(is_queued, "{sent:?}");
        assert_eq!(client.text().await, text);
        new.stop().await;
    }
}
