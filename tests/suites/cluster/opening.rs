//! A session whose `#[on_open]` has not returned, as the other nodes see it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring_tests::{Client, TestServer};

use crate::local::{nodes, presence, until};

/// By key: lets one `#[on_open]` return for each permit.
static GATES: Mutex<BTreeMap<String, Arc<Semaphore>>> = Mutex::new(BTreeMap::new());

fn gate(key: &str) -> Arc<Semaphore> {
    let mut gates = GATES.lock().unwrap();
    let gate = gates.entry(key.to_owned());
    Arc::clone(gate.or_insert_with(|| Arc::new(Semaphore::new(0))))
}

macro_rules! gated {
    ($name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        /// Its `#[on_open]` returns when the test lets it.
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_open]
            async fn on_open(
                &self,
                session: &Session,
                #[path_param] key: &str,
                #[query_param] open: &str,
            ) -> Result<(), wspring::BoxError> {
                if open != "now" {
                    gate(key).acquire().await?.forget();
                }
                if open == "fail" {
                    return Err("not today".into());
                }
                Ok(session.send("welcome").await?)
            }
        }
    };
}

gated!(Newest at "/opening/newest/<key>");
gated!(Replacing at "/opening/replacing/<key>", on_duplicate = "close_older");
gated!(First at "/opening/first/<key>", on_duplicate = "reject");

/// Connects, and waits until both nodes know so many sessions of the key.
async fn connect(nodes: &[TestServer; 2], at: usize, path: &str, sessions: usize) -> Client {
    let client = nodes[at].connect(path).await;
    let key = path
        .rsplit('/')
        .next()
        .and_then(|last| last.split('?').next());
    let key = key.unwrap_or_default();
    for node in nodes {
        let known = || presence(node).sessions_of(key).len() == sessions;
        until("the session is known", known).await;
    }
    client
}

async fn push(node: &TestServer, text: &str, key: &str) -> usize {
    let sent = node.handle().send_info(text, key).await;
    sent.unwrap_or_else(|error| panic!("{text}: {error}"))
        .sessions
}

#[tokio::test]
async fn a_session_is_reached_from_another_node_while_it_opens() {
    let nodes = nodes::<2>().await;
    let mut client = connect(&nodes, 0, "/opening/newest/opening-a?open=later", 1).await;
    for (node, text) in nodes.iter().zip(["from its own node", "from the other"]) {
        assert_eq!(push(node, text, "opening-a").await, 1);
    }
    gate("opening-a").add_permits(1);
    for text in ["welcome", "from its own node", "from the other"] {
        assert_eq!(client.text().await, text);
    }
}

#[tokio::test]
async fn an_older_session_on_another_node_keeps_the_key_until_on_open_has_returned() {
    let nodes = nodes::<2>().await;
    for (path, key) in [
        ("/opening/newest/opening-b", "opening-b"),
        ("/opening/replacing/opening-c", "opening-c"),
    ] {
        let mut older = connect(&nodes, 0, &format!("{path}?open=now"), 1).await;
        assert_eq!(older.text().await, "welcome");
        let mut refused = connect(&nodes, 1, &format!("{path}?open=fail"), 2).await;
        for (node, text) in nodes.iter().zip(["from one", "from the other"]) {
            assert_eq!(push(node, text, key).await, 1);
            assert_eq!(older.text().await, text);
        }
        gate(key).add_permits(1);
        assert_eq!(refused.closed().await.0, 1011);
        let gone = || presence(&nodes[0]).sessions_of(key).len() == 1;
        until("the one that was refused is gone", gone).await;
        assert_eq!(push(&nodes[1], "still you", key).await, 1);
        assert_eq!(older.text().await, "still you");

        let mut newer = connect(&nodes, 1, &format!("{path}?open=later"), 2).await;
        gate(key).add_permits(1);
        assert_eq!(newer.text().await, "welcome");
        if path == "/opening/replacing/opening-c" {
            assert_eq!(older.closed().await.0, 4001);
        }
        let newest = || {
            let sessions = presence(&nodes[0]).sessions_of(key);
            sessions.first().is_some_and(|session| !session.is_here)
        };
        until("the newer one has the key", newest).await;
        for (node, text) in nodes.iter().zip(["from one", "from the other"]) {
            assert_eq!(push(node, text, key).await, 1);
            assert_eq!(newer.text().await, text);
        }
    }
}

#[tokio::test]
async fn a_key_is_taken_on_all_nodes_while_its_session_opens() {
    let nodes = nodes::<2>().await;
    let mut first = connect(&nodes, 0, "/opening/first/opening-d?open=later", 1).await;
    let (status, _) = Client::refused(nodes[1].url("/opening/first/opening-d?open=now")).await;
    assert_eq!(status, 409);
    gate("opening-d").add_permits(1);
    assert_eq!(first.text().await, "welcome");
}
