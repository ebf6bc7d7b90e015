//! Nodes that die, are cut off or stop in the middle of all, and a broker that goes away.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::process::Command;
use wspring_tests::{Client, soon};

use crate::{NatsServer, Node, Sent, cluster};

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
    // It is a member again, and what was given up meanwhile does not come after all.
    other.thaw().await;
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

/// What was given up is at the broker, or on its way to it or from it: it must not come later.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_while_a_node_or_the_broker_stood_still_never_comes() {
    let (nats, [one, other]) = cluster::<2>().await;
    let mut client = other.connect("/users/1").await;
    let mut member = other.connect("/rooms?room=late").await;
    one.knows_keys(1).await;
    let mut control = one.control().await;
    control.has_in_room("late", 1).await;
    for round in 0..4 {
        let (is_broker, late) = (round % 2 == 1, format!("late {round}"));
        if is_broker {
            nats.freeze().await;
        } else {
            other.freeze().await;
        }
        assert_eq!(control.push("1", &late).await, Sent::Unanswered);
        assert_eq!(control.send_to_room("late", &late).await, Sent::Partly(0));
        if is_broker {
            nats.thaw().await;
        } else {
            other.thaw().await;
        }
        for node in [&one, &other] {
            node.knows(2).await;
        }
        let text = format!("in time {round}");
        assert_eq!(control.push("1", &text).await, Sent::Delivered(1));
        assert_eq!(client.text().await, text);
        assert_eq!(
            control.send_to_room("late", &text).await,
            Sent::Delivered(1)
        );
        assert_eq!(member.text().await, text);
    }
    other
        .is("what came late", |_, body| {
            body["cluster"]["late"].as_u64() >= Some(8)
        })
        .await;
}

/// It was connected when the broker stopped, and has never heard the node whose client it is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_hears_nothing_calls_nobody_offline() {
    let (nats, [one]) = cluster::<1>().await;
    let mut client = one.connect("/users/1").await;
    one.freeze().await;
    let new = Node::start(&nats).await;
    let mut control = new.control().await;
    nats.freeze().await;
    one.thaw().await;
    let mut said = Vec::new();
    while said.last() != Some(&Sent::BrokerUnavailable) {
        said.push(control.push("1", "anybody?").await);
        assert_ne!(said.last(), Some(&Sent::Offline), "{said:?}");
    }
    nats.thaw().await;
    // The other one is there again with it.
    while !matches!(said.last(), Some(Sent::Delivered(1) | Sent::Partly(1))) {
        said.push(control.push("1", "hello").await);
        assert_ne!(said.last(), Some(&Sent::Offline), "{said:?}");
    }
    assert_eq!(client.text().await, "hello");
}

/// The broker was away, and the first that the new node hears from it is itself. The other one is heard a moment later.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_node_that_hears_only_itself_when_the_broker_is_back_calls_nobody_offline() {
    let (nats, [one]) = cluster::<1>().await;
    let mut client = one.connect("/users/1").await;
    one.freeze().await;
    let new = Node::start(&nats).await;
    let mut control = new.control().await;
    nats.freeze().await;
    // Until its connection is older than the time for which a node listens: by that alone it would know everybody.
    let begun = Instant::now();
    while control.push("1", "anybody?").await != Sent::BrokerUnavailable
        || begun.elapsed() < Duration::from_secs(4)
    {}
    nats.thaw().await;
    let first = async {
        loop {
            match control.push("1", "hello").await {
                Sent::BrokerUnavailable => {}
                sent => return sent,
            }
        }
    };
    let first = soon("the new node to hear itself", first).await;
    assert_eq!(first, Sent::Unanswered);
    one.thaw().await;
    let there = async {
        let is_there = |sent| matches!(sent, Sent::Delivered(1) | Sent::Partly(1));
        while !is_there(control.push("1", "found").await) {}
        while client.text().await != "found" {}
    };
    soon("the other node", there).await;
}

/// Whichever node it was opened at and whatever the time of day is there, the connection that was opened later stays.
#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_clocks_that_are_an_hour_apart_do_not_decide_which_connection_is_later() {
    let mut nats = NatsServer::start().await;
    let library = faketime().await;
    let ahead = [
        ("LD_PRELOAD", &*library),
        ("FAKETIME", "+1h"),
        // The time of day alone: this node's other clocks run as those of the test.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DONT_RESET", "1"),
    ];
    let nodes = [
        Node::start_with(&nats, &[]).await,
        Node::start_with(&nats, &ahead).await,
    ];
    for node in &nodes {
        node.knows(2).await;
    }
    let minutes = async |node: &Node| {
        let now = node.control().await.command(&json!("time")).await;
        now.parse::<u64>().expect("seconds") / 60
    };
    let apart = minutes(&nodes[1]).await - minutes(&nodes[0]).await;
    assert!((59..=61).contains(&apart), "{apart} minutes");
    the_later_connection_stays(&mut nats, &nodes).await;
}

/// The library that gives a program another time of day, as its own program finds it.
async fn faketime() -> String {
    let mut command = Command::new("faketime");
    command.args(["-f", "+1h", "printenv", "LD_PRELOAD"]);
    let output = command.output().await;
    let output = output.expect("`faketime` is installed (Debian: the package `faketime`)");
    let library = String::from_utf8(output.stdout).expect("a path");
    library.trim().to_owned()
}

/// Whichever node it was opened at, the connection that was opened later stays.
#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_the_later_connection_replaces_the_earlier_one() {
    let (mut nats, nodes) = cluster::<2>().await;
    the_later_connection_stays(&mut nats, &nodes).await;
}

/// Both nodes have accepted a connection that the other one would have refused.
#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_a_key_that_is_refused_when_taken_has_its_first_connection() {
    let (mut nats, nodes) = cluster::<2>().await;
    for first in [0, 1] {
        let path = format!("/first/{first}");
        let [mut older, mut newer] = in_an_outage(&mut nats, &nodes, first, &path).await;
        let (code, reason) = newer.closed().await;
        assert_eq!((code, &*reason), (1008, "an older connection has this key"));
        older.send("still here").await;
        assert_eq!(older.text().await, "still here");
    }
}

async fn the_later_connection_stays(nats: &mut NatsServer, nodes: &[Node; 2]) {
    for first in [0, 1] {
        let path = format!("/replacing/{first}");
        let [mut older, mut newer] = in_an_outage(nats, nodes, first, &path).await;
        assert_eq!(older.closed().await.0, 4001);
        newer.send("still here").await;
        assert_eq!(newer.text().await, "still here");
    }
}

/// Connects at the `first` node and then at the other one while the broker is away, and has it back.
async fn in_an_outage(
    nats: &mut NatsServer,
    nodes: &[Node; 2],
    first: usize,
    path: &str,
) -> [Client; 2] {
    nats.stop().await;
    let older = nodes[first].connect(path).await;
    let newer = nodes[1 - first].connect(path).await;
    nats.start_again().await;
    [older, newer]
}
