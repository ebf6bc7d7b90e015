use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use wspring_tests::soon;

use super::faults::{Part, World};
use crate::node::Control;
use crate::{Node, Sent};

/// What a client got, by the text of the message, and how often.
type Got = Arc<Mutex<HashMap<String, usize>>>;

/// The client of each key.
pub(super) struct Readers(Vec<Reader>);

/// A client that takes whatever comes, until its connection ends.
struct Reader {
    got: Got,
    task: JoinHandle<()>,
}

/// The node of a key.
pub(super) fn part_of(key: usize) -> Part {
    Part::NODES[key % 3]
}

impl Readers {
    pub(super) async fn connect(world: &World, keys: usize) -> Self {
        let mut readers = Vec::new();
        for key in 0..keys {
            let node = world.node(part_of(key));
            readers.push(Reader::connect(node, key, Got::default()).await);
        }
        for part in Part::NODES {
            world.node(part).knows_keys(keys).await;
        }
        Self(readers)
    }

    /// Connects those again whose node was killed, if it was, and waits until all nodes know all.
    pub(super) async fn connect_again(&mut self, world: &World, is_killed: bool) {
        let cut_off = |key: &usize| is_killed && part_of(*key) == Part::Victim;
        for key in (0..self.0.len()).filter(cut_off) {
            let got = Arc::clone(&self.0[key].got);
            self.0[key] = Reader::connect(world.node(Part::Victim), key, got).await;
        }
        for part in Part::NODES {
            world.node(part).knows_keys(self.0.len()).await;
        }
    }

    /// Sends the last word to each: what was queued before has arrived when it has.
    pub(super) async fn end(&self, control: &mut Control) {
        for (key, reader) in self.0.iter().enumerate() {
            let sent = control.push(&key.to_string(), "end").await;
            assert_eq!(sent, Sent::Delivered(1), "{key}");
            let arrived = async {
                while reader.times("end") == 0 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            soon("the last message", arrived).await;
        }
    }

    /// How often a text came to the client of a key.
    pub(super) fn times(&self, key: usize, text: &str) -> usize {
        self.0[key].times(text)
    }
}

impl Reader {
    async fn connect(node: &Node, key: usize, got: Got) -> Self {
        let mut client = node.open(&format!("/users/{key}")).await;
        client.send("are you there?").await;
        // Pushes may come before the answer.
        loop {
            let text = client.text().await;
            if text == "are you there?" {
                break;
            }
            take(&got, text);
        }
        let mut stream = client.into_inner();
        let taken = Arc::clone(&got);
        let task = tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                if let Message::Text(text) = message {
                    take(&taken, text.as_str().to_owned());
                }
            }
        });
        Self { got, task }
    }

    fn times(&self, text: &str) -> usize {
        let got = self.got.lock().expect("nobody panics with it");
        got.get(text).copied().unwrap_or_default()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn take(got: &Got, text: String) {
    let mut got = got.lock().expect("nobody panics with it");
    *got.entry(text).or_default() += 1;
}
