//! Nodes of one process: they share what belongs to a process, and are members of a cluster each.

use wspring::cluster::{LocalBroker, Presence};
use wspring::prelude::*;
use wspring::{close_key, room};
use wspring_tests::{Client, TestServer, soon};

/// Nodes of one process.
pub(crate) async fn nodes<const N: usize>() -> [TestServer; N] {
    let broker = LocalBroker::new();
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(TestServer::start_with(Server::builder().broker(broker.clone())).await);
    }
    let nodes: [TestServer; N] = nodes.try_into().unwrap_or_else(|_| unreachable!());
    for node in &nodes {
        until("all nodes are known", || presence(node).is_complete()).await;
    }
    nodes
}

pub(crate) fn presence(node: &TestServer) -> Presence {
    node.handle().presence().expect("it is in a cluster")
}

pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let wait = async {
        while !so() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    soon(what, wait).await;
}

/// In the room that its path says. For one test only: broadcasts reach all of this process, and so those of other tests.
#[derive(Default)]
struct Guest;

#[server_endpoint(
    "/local/rooms/<room>",
    on_duplicate = "all",
    heartbeat = "are you there?"
)]
impl Guest {
    #[on_open]
    fn join(&self, session: &Session, #[path_param] room: &str) -> Result<(), wspring::JoinError> {
        session.join(room)?;
        Ok(())
    }

    #[on_message(room = "<room>")]
    fn say(text: String) -> String {
        text
    }
}

async fn in_step(client: &mut Client) {
    client.send("are you there?").await;
    assert_eq!(client.text().await, "are you there?");
}

/// What this process sends is for all its servers, and goes through no broker to them.
#[tokio::test]
async fn the_nodes_of_one_process_are_reached_once_and_so_is_a_server_without_a_broker() {
    let [one, other] = nodes::<2>().await;
    let alone = TestServer::start().await;
    let mut clients = Vec::new();
    for server in [&one, &other, &alone] {
        let mut client = server.connect("/local/rooms/local-lobby").await;
        in_step(&mut client).await;
        clients.push(client);
    }
    let lobby = room("local-lobby");
    let delivered = lobby.send("from the process").await.expect("it is sent");
    assert_eq!(delivered.sessions, 3);
    let delivered = Guest::broadcast("for all").await.expect("it is sent");
    assert_eq!(delivered.sessions, 3);
    clients[0].send("from one of them").await;
    for client in &mut clients {
        for text in ["from the process", "for all", "from one of them"] {
            assert_eq!(client.text().await, text);
        }
        in_step(client).await;
    }
    for count in [lobby.count().await, Guest::count().await] {
        assert_eq!(count.sessions, 3);
    }
    let closed = close_key("local-lobby", CloseCode::POLICY, "out").await;
    let closed = closed.expect("it may be sent");
    assert_eq!(closed.sessions, 3);
    for client in &mut clients {
        assert_eq!(client.closed().await.0, 1008);
    }
}

#[tokio::test]
async fn the_sessions_of_a_key_are_told_wherever_they_are() {
    let [one, other] = nodes::<2>().await;
    let mut client = one.connect("/all/local-key").await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
    for (node, is_here) in [(&one, true), (&other, false)] {
        until("a session is known", || {
            presence(node).is_online("local-key")
        })
        .await;
        let sessions = presence(node).sessions_of("local-key");
        let [session] = sessions[..] else {
            panic!("{sessions:?}");
        };
        assert_eq!(session.is_here, is_here);
        assert_eq!(
            Some(session.id),
            wspring::sessions_of("local-key").first().map(Session::id)
        );
    }
    assert_eq!(presence(&one).sessions_of("nobody"), []);
}
