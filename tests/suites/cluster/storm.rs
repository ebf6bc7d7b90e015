//! More messages than are good for anybody, and members that do not read.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use wspring_tests::{Client, RawClient, open_files, soon};

use crate::secret::Stranger;
use crate::{Sent, cluster};

/// What a client gets until it is told that this is the end.
async fn until_end(mut client: Client) -> HashMap<String, usize> {
    let mut got = HashMap::new();
    loop {
        let text = client.text().await;
        if text == "end" {
            return got;
        }
        *got.entry(text).or_default() += 1;
    }
}

/// Pushes to keys and to a room from both nodes, while others come and go.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_storm_what_is_called_delivered_arrives_once() {
    const SENDERS: usize = 48;
    const SENT: usize = 250;
    let (_nats, nodes) = cluster::<2>().await;
    let mut control = nodes[0].control().await;
    let mut receivers = JoinSet::new();
    let keys = ["ann", "ben"];
    for (node, key) in nodes.iter().zip(keys) {
        let client = node.connect(&format!("/users/{key}")).await;
        receivers.spawn(async move { (key, until_end(client).await) });
        let client = node.connect("/rooms?room=storm").await;
        receivers.spawn(async move { ("storm", until_end(client).await) });
    }
    for node in &nodes {
        node.knows_keys(keys.len()).await;
    }
    control.has_in_room("storm", 2).await;

    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let mut control = nodes[sender % 2].control().await;
        senders.spawn(async move {
            let mut sent = Vec::new();
            for number in 0..SENT {
                let text = format!("{sender} {number}");
                let (to, outcome) = match number % 3 {
                    2 => ("storm", control.send_to_room("storm", &text).await),
                    at => (keys[at], control.push(keys[at], &text).await),
                };
                sent.push((to, text, outcome));
            }
            sent
        });
    }
    let mut coming = JoinSet::new();
    for node in &nodes {
        let address = node.address();
        coming.spawn(async move {
            for number in 0..100 {
                let client = Client::connect(format!("ws://{address}/users/other-{number}")).await;
                client.close().await;
            }
        });
    }
    let sent = soon("the storm", senders.join_all()).await;
    soon("those who come and go", coming.join_all()).await;
    for key in keys {
        assert_eq!(control.push(key, "end").await, Sent::Delivered(1));
    }
    assert_eq!(
        control.send_to_room("storm", "end").await,
        Sent::Delivered(2)
    );

    let mut got: HashMap<_, HashMap<_, usize>> = HashMap::new();
    for (to, texts) in soon("the receivers", receivers.join_all()).await {
        for (text, times) in texts {
            assert_eq!(times, 1, "{text} came to one client of {to} {times} times");
            *got.entry(to).or_default().entry(text).or_default() += 1;
        }
    }
    let mut figures: HashMap<_, usize> = HashMap::new();
    for (to, text, outcome) in sent.into_iter().flatten() {
        let times = got[to].get(&text).copied().unwrap_or_default();
        let is_true = match outcome {
            Sent::Delivered(sessions) => times == sessions && sessions > 0,
            Sent::Partly(sessions) => times >= sessions,
            Sent::Unanswered => times <= 1,
            _ => false,
        };
        assert!(
            is_true,
            "{text} to {to}: {outcome:?}, and it came {times} times"
        );
        *figures.entry(format!("{outcome:?}")).or_default() += 1;
    }
    println!("{} sends: {figures:?}", SENDERS * SENT);
    // The receivers have gone, and those who came.
    for node in &nodes {
        node.knows(2).await;
        node.knows_keys(0).await;
    }
}

/// Thousands of messages wait for a node that does nothing; nobody waits for it, and it comes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_flooded_while_it_stands_still_is_a_member_again() {
    const SENT: usize = 30_000;
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut control = one.control().await;
    let mut speaker = one.connect("/speakers/flood").await;
    let mut here = one.connect("/rooms?room=flood").await;
    let there = other.connect("/rooms?room=flood").await;
    control.has_in_room("flood", 2).await;
    other.freeze().await;
    // The replies of a handler wait for no other node.
    for number in 0..SENT {
        speaker.send(number.to_string()).await;
        assert_eq!(here.text().await, number.to_string());
    }
    other.thaw().await;
    other.knows(2).await;
    one.knows(2).await;
    let (_, health) = other.health().await;
    println!("{SENT} messages: {}", health["cluster"]);
    drop(there);
    let mut client = other.connect("/users/ann").await;
    // The speaker has one, too.
    one.knows_keys(2).await;
    assert_eq!(control.push("ann", "hello").await, Sent::Delivered(1));
    assert_eq!(client.text().await, "hello");
    control.has_in_room("flood", 1).await;
}

/// One of a thousand members over two nodes does not read: the others get everything.
#[tokio::test(flavor = "multi_thread")]
async fn one_who_never_reads_in_a_room_of_a_thousand_delays_nobody() {
    const MEMBERS: usize = 999;
    open_files::raise_limit();
    let (_nats, nodes) = cluster::<2>().await;
    let mut control = nodes[0].control().await;
    let arrived = Arc::new(AtomicUsize::new(0));
    let mut members = JoinSet::new();
    for at in 0..MEMBERS {
        let mut client = nodes[at % 2].connect("/rooms?room=thousand").await;
        let arrived = Arc::clone(&arrived);
        members.spawn(async move {
            for next in 0.. {
                let text = client.text().await;
                let (number, _) = text.split_once(' ').expect("a number and a text");
                arrived.fetch_add(1, Ordering::Relaxed);
                match number {
                    "end" => return,
                    number => assert_eq!(number, next.to_string()),
                }
            }
        });
    }
    let stuck = RawClient::narrow(nodes[1].address(), "/rooms?room=thousand").await;
    control.has_in_room("thousand", MEMBERS + 1).await;
    let filler = "x".repeat(16 * 1024);
    let mut sent = 0;
    let mut send = async |number: &str, expected: &[usize]| {
        let outcome = control
            .send_to_room("thousand", &format!("{number} {filler}"))
            .await;
        let Sent::Delivered(sessions) = outcome else {
            panic!("{number}: {outcome:?}");
        };
        assert!(expected.contains(&sessions), "{number}: {sessions}");
        sent += 1;
        let all = async {
            while arrived.load(Ordering::Relaxed) < sent * MEMBERS {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        soon("a message at all who read", all).await;
        sessions
    };
    let mut number = 0;
    while send(&number.to_string(), &[MEMBERS, MEMBERS + 1]).await > MEMBERS {
        number += 1;
        assert!(number < 1000, "it is never closed");
    }
    println!("the one who does not read was closed after {number} messages");
    send("end", &[MEMBERS]).await;
    soon("the members", members.join_all()).await;
    drop(stuck);
    control.has_in_room("thousand", 0).await;
}

/// However many there are at a node, what is for all of them goes there once, and what is for the newest too.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connections_with_one_key_at_one_node_are_asked_for_with_one_message() {
    const CLIENTS: usize = 1_000;
    open_files::raise_limit();
    let (nats, [one, other]) = cluster::<2>().await;
    let stranger = Stranger::at(&nats).await;
    let mut control = one.control().await;
    for (path, expected) in [("/users/1", 1), ("/everyone/1", CLIENTS)] {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(other.connect(path).await);
        }
        // The last one is the newest, and everybody is known when it gets what is for it.
        let newest = clients.last_mut().expect("there are some");
        let text = format!("for {path}");
        let there = async {
            for number in 0.. {
                let sent = control.push("1", &format!("{number}")).await;
                if sent == Sent::Delivered(expected) {
                    return format!("{number}");
                }
            }
            unreachable!("numbers have no end")
        };
        let last = soon("all connections", there).await;
        while newest.text().await != last {}
        assert_eq!(control.push("1", &text).await, Sent::Delivered(expected));
        for client in clients.iter_mut().rev().take(expected) {
            while client.text().await != text {}
        }
        let heard = async {
            while stranger.has_read(&text) == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        soon("the message at the broker", heard).await;
        assert_eq!(stranger.has_read(&text), 1);
        drop(clients);
        one.knows_keys(0).await;
    }
}
