//! A client of the broker that reads what nodes are asked, and answers in the name of the broker.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use wspring_tests::soon;

use crate::{NatsServer, Node, Sent};

const SECRET: &str = "the secret of this cluster is long enough";

/// Says to each question of a node to another that nobody listens there. It stops when it is dropped.
struct Forger {
    said: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Forger {
    async fn at(nats: &NatsServer) -> Self {
        let stream = TcpStream::connect(nats.address()).await;
        let mut stream = BufReader::new(stream.expect("a connection"));
        // The client of the crate cannot write the status of a message, which is the broker's own to say.
        let begin =
            b"CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB wspring.node.> 1\r\nPING\r\n";
        stream.write_all(begin).await.expect("the broker is there");
        let mut line = String::new();
        while line.trim_end() != "PONG" {
            line.clear();
            let read = stream.read_line(&mut line).await;
            assert_ne!(read.expect("the broker is there"), 0);
        }
        let said = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&said);
        let task = tokio::spawn(async move {
            while let Some(reply) = next_reply(&mut stream).await {
                let forged = format!("HPUB {reply} 16 16\r\nNATS/1.0 503\r\n\r\n\r\n");
                if stream.write_all(forged.as_bytes()).await.is_err() {
                    return;
                }
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { said, task }
    }

    fn said(&self) -> usize {
        self.said.load(Ordering::SeqCst)
    }
}

impl Drop for Forger {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The inbox in which the next question's answer is waited for; `None` at the end of the connection.
async fn next_reply(stream: &mut BufReader<TcpStream>) -> Option<String> {
    loop {
        let mut line = String::new();
        stream
            .read_line(&mut line)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        let words: Vec<_> = line.split_whitespace().collect();
        let Some(size) = (words.first() == Some(&"MSG"))
            .then(|| words.last())
            .flatten()
        else {
            if words == ["PING"] {
                stream.write_all(b"PONG\r\n").await.ok()?;
            }
            continue;
        };
        let size: usize = size.parse().expect("a size");
        let mut payload = vec![0; size + "\r\n".len()];
        stream.read_exact(&mut payload).await.ok()?;
        if let [_, _, _, reply, _] = words[..] {
            return Some(reply.to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_answer_of_the_broker_calls_no_node_of_a_cluster_with_a_secret_offline() {
    let nats = NatsServer::start().await;
    let secret = [("WSPRING_CLUSTER_SECRET", SECRET)];
    let one = Node::start_with(&nats, &secret).await;
    let other = Node::start_with(&nats, &secret).await;
    for node in [&one, &other] {
        node.knows(2).await;
    }
    let mut client = other.connect("/users/1").await;
    one.knows_keys(1).await;
    let mut control = one.control().await;
    let forger = Forger::at(&nats).await;
    // It stands still, so that the forged answer is the only one.
    other.freeze().await;
    assert_eq!(control.push("1", "forged").await, Sent::Unanswered);
    assert_eq!(control.push("nobody", "hello").await, Sent::Unanswered);
    assert!(forger.said() > 0);
    other.thaw().await;
    // Now the two answers race, and none of the pushes may be said not to have arrived.
    let before = forger.said();
    while forger.said() < before + 20 {
        let sent = control.push("1", "racing").await;
        let is_true = matches!(
            sent,
            Sent::Unanswered | Sent::Delivered(1) | Sent::Partly(1)
        );
        assert!(is_true, "{sent:?}");
    }
    drop(forger);
    let there = async {
        while control.push("1", "after").await != Sent::Delivered(1) {}
        while client.text().await != "after" {}
    };
    soon("the node without the forger", there).await;
    // A node that is dead is missed all the same.
    other.kill().await;
    let gone = async {
        loop {
            match control.push("1", "still there?").await {
                Sent::Offline => return,
                sent => assert_eq!(sent, Sent::Unanswered),
            }
        }
    };
    soon("the dead node to be missed", gone).await;
}
