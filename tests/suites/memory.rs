//! What a node remembers of the sessions of others, counted by an allocator. Nothing else runs in this program.

use dhat::{HeapStats, Profiler};
use wspring::cluster::{LocalBroker, Presence};
use wspring::prelude::*;
use wspring_tests::{RawClient, TestServer, open_files, soon};

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

/// More than the table of keys can have before it grows to 4,096 places, so that it has just grown: nobody needs more for
/// one of them.
const SESSIONS: usize = 1800;

#[derive(Default)]
struct User;

#[server_endpoint("/users/<key>")]
impl User {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

/// A node of this broker's cluster, as soon as it knows so many keys.
async fn node(broker: &LocalBroker, keys: usize) -> (TestServer, Presence) {
    let server = TestServer::start_with(Server::builder().broker(broker.clone())).await;
    let presence = server.handle().presence().expect("it is in a cluster");
    let knows = async {
        while !presence.is_complete() || presence.len() != keys {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    soon("all keys", knows).await;
    (server, presence)
}

fn in_use() -> usize {
    HeapStats::get().curr_bytes
}

#[tokio::test]
async fn a_session_of_another_node_takes_at_most_200_bytes() {
    open_files::raise_limit();
    let (crowded, empty) = (LocalBroker::new(), LocalBroker::new());
    let (full, _) = node(&crowded, 0).await;
    let mut clients = Vec::new();
    for number in 0..SESSIONS {
        let path = format!("/users/user-with-a-name-{number:06}");
        clients.push(RawClient::upgraded(full.address(), &path).await);
    }
    // What is made once is made before.
    drop(node(&empty, 0).await);
    drop(node(&crowded, SESSIONS).await);

    let _profiler = Profiler::builder().testing().build();
    let before = in_use();
    let nobody = node(&empty, 0).await;
    let itself = in_use() - before;
    let before = in_use();
    let everybody = node(&crowded, SESSIONS).await;
    let with_all = in_use() - before;
    let each = with_all.saturating_sub(itself) / SESSIONS;
    println!("{each} bytes for each session; a node itself has {itself} bytes");
    assert!((50..=200).contains(&each), "{each} bytes");
    drop((nobody, everybody, clients));
}
