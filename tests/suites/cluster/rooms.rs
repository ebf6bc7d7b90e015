//! Rooms with members on many nodes.

use serde_json::json;
use wspring_tests::Client;

use crate::node::Control;
use crate::{ANY_TEXT, Node, Sent, cluster, in_query};

/// A client in a room.
async fn member(node: &Node, room: &str) -> Client {
    node.connect(&format!("/rooms?room={}", in_query(room)))
        .await
}

async fn controls<const N: usize>(nodes: &[Node; N]) -> Vec<Control> {
    let mut controls = Vec::new();
    for node in nodes {
        controls.push(node.control().await);
    }
    controls
}

/// Nothing else is on its way to this client.
async fn in_step(client: &mut Client) {
    client.send("are you there?").await;
    assert_eq!(client.text().await, "are you there?");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_a_room_reaches_its_members_on_all_nodes_once() {
    let (_nats, nodes) = cluster::<3>().await;
    let mut controls = controls(&nodes).await;
    let mut members = Vec::new();
    for node in &nodes[..2] {
        for _ in 0..3 {
            members.push(member(node, "lobby").await);
        }
    }
    let mut stranger = member(&nodes[1], "another").await;
    for (at, control) in controls.iter_mut().enumerate() {
        control.has_in_room("lobby", 6).await;
        let sent = control.send_to_room("lobby", &format!("from {at}")).await;
        assert_eq!(sent, Sent::Delivered(6));
    }
    for client in &mut members {
        for at in 0..3 {
            assert_eq!(client.text().await, format!("from {at}"));
        }
        in_step(client).await;
    }
    in_step(&mut stranger).await;
    for control in &mut controls {
        assert_eq!(
            control.send_to_room("nobody", "hello").await,
            Sent::Delivered(0)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_or_ends_is_in_no_room_for_any_node() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut control = one.control().await;
    let (mut leaves, ends) = (member(&other, "r").await, member(&other, "r").await);
    let mut stays = member(&one, "r").await;
    control.has_in_room("r", 3).await;
    leaves.send("leave").await;
    control.has_in_room("r", 2).await;
    ends.close().await;
    control.has_in_room("r", 1).await;
    assert_eq!(control.send_to_room("r", "hello").await, Sent::Delivered(1));
    assert_eq!(stays.text().await, "hello");
    in_step(&mut leaves).await;
    // One that it comes back to is another matter for the directory than one that it stays in.
    let mut back = member(&other, "r").await;
    control.has_in_room("r", 2).await;
    assert_eq!(control.send_to_room("r", "again").await, Sent::Delivered(2));
    assert_eq!(back.text().await, "again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_may_have_any_name_and_listens_to_nothing_else() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let longest = "r".repeat(256);
    let names: Vec<&str> = ANY_TEXT.into_iter().chain([&*longest]).collect();
    let mut control = one.control().await;
    let mut members = Vec::new();
    for name in &names {
        members.push(member(&other, name).await);
        control.has_in_room(name, 1).await;
    }
    for name in &names {
        let sent = control.send_to_room(name, &format!("for {name}")).await;
        assert_eq!(sent, Sent::Delivered(1), "{name:?}");
    }
    for name in ["a", "b", "all", "x.y", "wspring.>"] {
        assert_eq!(
            control.send_to_room(name, "for nobody").await,
            Sent::Delivered(0)
        );
    }
    for (name, client) in names.iter().zip(&mut members) {
        assert_eq!(client.text().await, format!("for {name}"));
        in_step(client).await;
    }
    let Sent::Other(refused) = control.send_to_room(&"r".repeat(257), "too long").await else {
        panic!("no room has such a name");
    };
    assert!(refused.contains("at most 256 bytes"), "{refused}");
}

/// As a handler's own sends and as its replies.
#[tokio::test(flavor = "multi_thread")]
async fn messages_of_one_sender_keep_their_order_on_every_node() {
    const SENT: usize = 500;
    let (_nats, nodes) = cluster::<3>().await;
    let mut control = nodes[0].control().await;
    let mut speakers = [
        nodes[1].connect("/speakers/talk").await,
        member(&nodes[2], "talk").await,
    ];
    let mut listeners = Vec::new();
    for node in &nodes {
        listeners.push(member(node, "talk").await);
    }
    for control in &mut controls(&nodes).await {
        control.has_in_room("talk", 4).await;
    }
    for number in 0..SENT {
        for (speaker, client) in speakers.iter_mut().enumerate() {
            client.send(format!("{speaker} {number}")).await;
        }
        let sent = control.send_to_room("talk", &format!("2 {number}")).await;
        assert_eq!(sent, Sent::Delivered(4));
    }
    for client in &mut listeners {
        let mut next = [0; 3];
        for _ in 0..3 * SENT {
            let text = client.text().await;
            let (speaker, number) = text.split_once(' ').expect("two numbers");
            let speaker: usize = speaker.parse().expect("a number");
            assert_eq!(number, next[speaker].to_string(), "of {speaker}");
            next[speaker] += 1;
        }
        in_step(client).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_the_broker_does_not_take_is_an_error_and_was_sent_to_nobody() {
    let (_nats, [one, other]) = cluster::<2>().await;
    let mut control = one.control().await;
    let (mut here, mut there) = (member(&one, "r").await, member(&other, "r").await);
    control.has_in_room("r", 2).await;
    let large = "x".repeat(1024 * 1024);
    let sent = control.send_to_room("r", &large).await;
    assert_eq!(sent, Sent::Other("too large".into()));
    in_step(&mut here).await;
    in_step(&mut there).await;
    let sent = control.send_to_room("r", &large[..1_000_000]).await;
    assert_eq!(sent, Sent::Delivered(2));
    assert_eq!(here.text().await.len(), 1_000_000);
    assert_eq!(there.text().await.len(), 1_000_000);
    // Where nobody else is, the broker has no say.
    there.close().await;
    control.has_in_room("r", 1).await;
    let sent = control.send_to_room("r", &large[..1_040_000]).await;
    assert_eq!(sent, Sent::Delivered(1));
    assert_eq!(here.text().await.len(), 1_040_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_of_a_node_is_partial() {
    let (mut nats, [one, other]) = cluster::<2>().await;
    let mut control = one.control().await;
    let (mut here, mut there) = (member(&one, "r").await, member(&other, "r").await);
    control.has_in_room("r", 2).await;

    // It is there for the broker, and does nothing.
    other.freeze().await;
    let begun = std::time::Instant::now();
    assert_eq!(control.sent(&json!({"count": "r"})).await, Sent::Partly(1));
    assert_eq!(control.send_to_room("r", "frozen").await, Sent::Partly(1));
    println!("two answers were waited for {:?}", begun.elapsed());
    other.thaw().await;
    assert_eq!(here.text().await, "frozen");
    // There it is given up, and what comes next is what is sent when the broker is back.
    one.knows(2).await;
    control.has_in_room("r", 2).await;

    nats.stop().await;
    one.is("a node without a broker", |status, _| status == 503)
        .await;
    assert_eq!(control.sent(&json!({"count": "r"})).await, Sent::Partly(1));
    assert_eq!(control.send_to_room("r", "alone").await, Sent::Partly(1));
    assert_eq!(here.text().await, "alone");
    nats.start_again().await;
    one.knows(2).await;
    other.knows(2).await;
    control.has_in_room("r", 2).await;
    assert_eq!(
        control.send_to_room("r", "together").await,
        Sent::Delivered(2)
    );
    assert_eq!(here.text().await, "together");
    assert_eq!(there.text().await, "together");

    // Who is gone is not asked.
    other.kill().await;
    one.knows(1).await;
    assert_eq!(
        control.sent(&json!({"count": "r"})).await,
        Sent::Delivered(1)
    );
    assert_eq!(control.send_to_room("r", "left").await, Sent::Delivered(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_while_the_broker_is_away_is_a_member_for_all_when_it_is_back() {
    let (mut nats, [one, other]) = cluster::<2>().await;
    let mut control = one.control().await;
    let leaves = member(&other, "left").await;
    control.has_in_room("left", 1).await;
    nats.stop().await;
    leaves.close().await;
    let mut comes = member(&other, "joined").await;
    nats.start_again().await;
    one.knows(2).await;
    control.has_in_room("joined", 1).await;
    control.has_in_room("left", 0).await;
    assert_eq!(
        control.send_to_room("joined", "hello").await,
        Sent::Delivered(1)
    );
    assert_eq!(comes.text().await, "hello");
}
