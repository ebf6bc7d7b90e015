//! `send_info` from every node to every key.

use std::time::{Duration, Instant};

use wspring_tests::Client;

use crate::{ANY_TEXT, Node, Sent, cluster, in_query};

const KEYS: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn every_key_is_reached_from_every_node_exactly_once() {
    let (_nats, nodes) = cluster::<3>().await;
    let mut clients = Vec::new();
    for key in 0..KEYS {
        let node = &nodes[key % nodes.len()];
        clients.push(node.connect(&format!("/users/{key}")).await);
    }
    for (at, node) in nodes.iter().enumerate() {
        node.knows_keys(KEYS).await;
        let mut control = node.control().await;
        for key in 0..KEYS {
            let key = key.to_string();
            let sent = control.push(&key, &format!("from {at} to {key}")).await;
            assert_eq!(sent, Sent::Delivered(1), "{key} from {at}");
        }
    }
    for (key, client) in clients.iter_mut().enumerate() {
        for at in 0..nodes.len() {
            assert_eq!(client.text().await, format!("from {at} to {key}"));
        }
        // Nothing came twice: the next message is the answer to this one.
        client.send("and that was all").await;
        assert_eq!(client.text().await, "and that was all");
    }
}

/// Prints how long it takes to be told that nobody is there, and that somebody is.
#[tokio::test(flavor = "multi_thread")]
async fn offline_is_said_at_once() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let _client = other.connect("/users/here").await;
    one.knows_keys(1).await;
    let mut control = one.control().await;
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..2000 {
        for (times, key) in times.iter_mut().zip(["here", "away"]) {
            let begun = Instant::now();
            let sent = control.push(key, "hello").await;
            times.push(begun.elapsed());
            let expected = if key == "here" {
                Sent::Delivered(1)
            } else {
                Sent::Offline
            };
            assert_eq!(sent, expected, "{round}");
        }
    }
    for (mut times, what) in times
        .into_iter()
        .zip(["delivered on another node", "offline"])
    {
        times.sort();
        let at = |percent: usize| times[times.len() * percent / 100];
        println!("{what}: median {:?}, p99 {:?}", at(50), at(99));
        assert!(
            at(50) < Duration::from_millis(100),
            "it waits for a timeout"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_any_text_and_listens_to_nothing_else() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut clients: Vec<Client> = Vec::new();
    for key in ANY_TEXT {
        let path = format!("/anybody?key={}", in_query(key));
        clients.push(other.connect(&path).await);
    }
    one.knows_keys(ANY_TEXT.len()).await;
    for key in ANY_TEXT {
        assert_eq!(
            one.push(key, &format!("for {key}")).await,
            Sent::Delivered(1)
        );
    }
    for key in ["a", "b", "all", "x.y", "wspring.>"] {
        assert_eq!(one.push(key, "for nobody").await, Sent::Offline, "{key:?}");
    }
    for (key, client) in ANY_TEXT.iter().zip(&mut clients) {
        assert_eq!(client.text().await, format!("for {key}"));
        client.send("and that was all").await;
        assert_eq!(client.text().await, "and that was all");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_too_long_for_other_nodes_works_on_its_own() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let (long, longest) = ("k".repeat(257), "k".repeat(256));
    let mut long_client = other.connect(&format!("/users/{long}")).await;
    let mut longest_client = other.connect(&format!("/users/{longest}")).await;
    one.knows_keys(1).await;
    assert_eq!(one.push(&longest, "hello").await, Sent::Delivered(1));
    assert_eq!(longest_client.text().await, "hello");
    assert_eq!(one.push(&long, "not here").await, Sent::Offline);
    assert_eq!(other.push(&long, "but here").await, Sent::Delivered(1));
    assert_eq!(long_client.text().await, "but here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_the_broker_does_not_take_is_an_error_before_it_is_sent() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut client = other.connect("/users/1").await;
    one.knows_keys(1).await;
    let large = "x".repeat(1024 * 1024);
    assert_eq!(one.push("1", &large).await, Sent::Other("too large".into()));
    assert_eq!(one.push("1", &large[..1_000_000]).await, Sent::Delivered(1));
    assert_eq!(client.text().await.len(), 1_000_000);
}

/// An error means that nobody has it, the sessions of this node neither.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_the_broker_does_not_take_is_sent_to_no_session_of_the_node_either() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut there = other.connect("/everyone/1").await;
    one.knows_keys(1).await;
    let mut here = one.connect("/everyone/1").await;
    let large = "x".repeat(1024 * 1024);
    assert_eq!(one.push("1", &large).await, Sent::Other("too large".into()));
    for client in [&mut here, &mut there] {
        client.send("and that was all").await;
        assert_eq!(client.text().await, "and that was all");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_one_sender_keep_their_order_and_their_kind() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut client = other.connect("/users/1").await;
    one.knows_keys(1).await;
    let mut control = one.control().await;
    for number in 0..500 {
        assert_eq!(
            control.push("1", &number.to_string()).await,
            Sent::Delivered(1)
        );
    }
    for number in 0..500 {
        assert_eq!(client.text().await, number.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_moves_to_another_node_is_found_there() {
    let (_nats, nodes) = cluster::<3>().await;
    for round in 0..20 {
        let here: &Node = &nodes[round % 3];
        let mut client = here.connect("/users/1").await;
        nodes[(round + 1) % 3].knows_keys(1).await;
        let text = format!("round {round}");
        assert_eq!(
            nodes[(round + 1) % 3].push("1", &text).await,
            Sent::Delivered(1)
        );
        assert_eq!(client.text().await, text);
        client.close().await;
        nodes[(round + 1) % 3].knows_keys(0).await;
    }
}
