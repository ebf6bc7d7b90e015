//! What a second connection with the same key means, when it is to another node.

use wspring::prelude::*;
use wspring_tests::{Client, TestServer, soon};

use crate::local::{nodes, presence, until};

macro_rules! endpoint {
    ($name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_message]
            fn echo(&self, text: String) -> String {
                text
            }
        }
    };
}

endpoint!(Newest at "/newest/<key>");
endpoint!(All at "/all/<key>", on_duplicate = "all");
endpoint!(Reject at "/reject/<key>", on_duplicate = "reject");
endpoint!(CloseOlder at "/close_older/<key>", on_duplicate = "close_older");

/// A client that can be reached from all nodes.
async fn connect(nodes: &[TestServer], at: usize, path: &str) -> Client {
    let mut client = nodes[at].connect(path).await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
    // A key of its own tells that all before it has arrived.
    let mark = format!("mark-{:x}", rand::random::<u64>());
    let _mark = nodes[at].connect(&format!("/all/{mark}")).await;
    for node in nodes {
        until("a session is known", || presence(node).is_online(&mark)).await;
    }
    client
}

async fn push(node: &TestServer, text: &str, key: &str) -> usize {
    let sent = node.handle().send_info(text, key).await;
    sent.unwrap_or_else(|error| panic!("{text}: {error}"))
        .sessions
}

#[tokio::test]
async fn the_newest_on_any_node_gets_the_message_and_then_the_one_before() {
    let nodes = nodes::<3>().await;
    let mut clients = Vec::new();
    for at in [0, 1, 2, 0] {
        clients.push(connect(&nodes, at, "/newest/1").await);
    }
    while let Some(mut newest) = clients.pop() {
        for node in &nodes {
            let text = format!("for {}", clients.len());
            assert_eq!(push(node, &text, "1").await, 1);
            assert_eq!(newest.text().await, text);
        }
        newest.close().await;
    }
}

#[tokio::test]
async fn all_get_the_message_on_all_nodes() {
    let nodes = nodes::<3>().await;
    let mut clients = Vec::new();
    for at in [0, 1, 2, 0] {
        clients.push(connect(&nodes, at, "/all/1").await);
    }
    for (at, node) in nodes.iter().enumerate() {
        assert_eq!(push(node, &format!("from {at}"), "1").await, 4);
    }
    for client in &mut clients {
        for at in 0..3 {
            assert_eq!(client.text().await, format!("from {at}"));
        }
    }
}

#[tokio::test]
async fn an_older_session_on_another_node_is_closed() {
    let nodes = nodes::<2>().await;
    let mut older = connect(&nodes, 0, "/close_older/1").await;
    let mut other_key = connect(&nodes, 0, "/close_older/2").await;
    let mut newer = connect(&nodes, 1, "/close_older/1").await;
    assert_eq!(older.closed().await.0, 4001);
    for (node, text) in nodes.iter().zip(["from one", "from the other"]) {
        assert_eq!(push(node, text, "1").await, 1);
        assert_eq!(newer.text().await, text);
        assert_eq!(push(node, text, "2").await, 1);
        assert_eq!(other_key.text().await, text);
    }
}

#[tokio::test]
async fn a_key_that_is_taken_on_another_node_is_rejected_until_it_is_free() {
    let nodes = nodes::<2>().await;
    let first = connect(&nodes, 0, "/reject/1").await;
    let (status, _) = Client::refused(nodes[1].url("/reject/1")).await;
    assert_eq!(status, 409);
    // Another endpoint is another matter.
    let _newest = connect(&nodes, 1, "/newest/1").await;
    first.close().await;
    let key_is_free = async {
        loop {
            let connected = tokio_tungstenite::connect_async(nodes[1].url("/reject/1")).await;
            match connected {
                Ok(_) => break,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        }
    };
    soon("the key is free", key_is_free).await;
}

#[tokio::test]
async fn a_key_means_the_sessions_of_every_endpoint_wherever_they_are_and_of_one_when_it_is_asked()
{
    let nodes = nodes::<2>().await;
    let key = "policies-endpoints";
    let mut newest = connect(&nodes, 0, &format!("/newest/{key}")).await;
    let mut all = connect(&nodes, 1, &format!("/all/{key}")).await;
    for (at, node) in nodes.iter().enumerate() {
        let text = format!("both from {at}");
        assert_eq!(push(node, &text, key).await, 2);
        assert_eq!(newest.text().await, text);
        assert_eq!(all.text().await, text);
    }
    // The servers of one process are all here: nothing is sent twice.
    assert_eq!(send_info("everybody", key).await.unwrap().sessions, 2);
    assert_eq!(All::send_info("one", key).await.unwrap().sessions, 1);
    assert_eq!(newest.text().await, "everybody");
    assert_eq!(all.text().await, "everybody");
    assert_eq!(all.text().await, "one");
}
