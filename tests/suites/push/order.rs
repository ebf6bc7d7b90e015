//! Many senders, one receiver: whole messages, each sender's own order, nothing lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;
use wspring::prelude::*;
use wspring::{BoxError, SlowConsumer};
use wspring_tests::{Client, RawClient};

use crate::{Scene, TOO_MANY};

const SENDERS: usize = 32;
const EACH: usize = 1_000;

/// Reads all that the senders send, each as `sender number sender number …` of some length.
async fn read_all(client: &mut Client) {
    let mut next = [0; SENDERS];
    for _ in 0..SENDERS * EACH {
        let text = client.text().await;
        let mut words = text
            .split(' ')
            .map(|word| word.parse::<usize>().expect("a number"));
        let (sender, number) = (words.next().unwrap(), words.next().unwrap());
        assert_eq!(number, next[sender], "the order of sender {sender}");
        assert_eq!(text, message(sender, number), "a message is whole");
        next[sender] += 1;
    }
    assert_eq!(next, [EACH; SENDERS]);
}

/// Of a length that differs from message to message.
fn message(sender: usize, number: usize) -> String {
    let pair = format!("{sender} {number}");
    vec![pair; 1 + number % 7].join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f23_thirty_two_tasks_push_a_thousand_messages_each() {
    let builder = Server::builder()
        .outbox_bytes(64 << 20)
        .outbox_messages(SENDERS * EACH);
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.open("/newest/ann").await;
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let handle = scene.server.handle().clone();
        senders.spawn(async move {
            for number in 0..EACH {
                let pushed = handle.send_info(message(sender, number), "ann").await;
                assert_eq!(pushed.expect("there is room for all").sessions, 1);
            }
        });
    }
    read_all(&mut client).await;
    senders.join_all().await;
}

/// `Session::send` waits for room, so that nothing is lost however small the outbox is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f23_thirty_two_tasks_send_a_thousand_messages_each_through_a_small_outbox() {
    let builder = Server::builder().outbox_bytes(500).outbox_messages(8);
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.server.connect("/newest/ann").await;
    let session = scene.opened().await;
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let session = session.clone();
        senders.spawn(async move {
            for number in 0..EACH {
                session
                    .send(message(sender, number))
                    .await
                    .expect("the session is open");
            }
        });
    }
    read_all(&mut client).await;
    senders.join_all().await;
}

#[tokio::test]
async fn what_is_sent_in_different_ways_keeps_its_order() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/newest/ann").await;
    let session = scene.opened().await;
    for round in 0..50 {
        session.send(format!("send {round}")).await.unwrap();
        session.try_send(format!("try {round}")).unwrap();
        scene.push(format!("push {round}"), "ann").await.unwrap();
        scene.push("x".repeat(5_000 + round), "ann").await.unwrap();
    }
    session.close();
    for round in 0..50 {
        assert_eq!(client.text().await, format!("send {round}"));
        assert_eq!(client.text().await, format!("try {round}"));
        assert_eq!(client.text().await, format!("push {round}"));
        assert_eq!(client.text().await.len(), 5_000 + round);
    }
    assert_eq!(client.closed().await.0, 1000, "the Close frame comes last");
}

/// Counts how often it is encoded, and how many copies of its payload there are.
struct Counted {
    encoded: Arc<AtomicUsize>,
    payload: Payload,
}

struct Payload {
    bytes: Vec<u8>,
    alive: Arc<AtomicUsize>,
}

impl Counted {
    fn new(encoded: &Arc<AtomicUsize>, alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Self {
            encoded: Arc::clone(encoded),
            payload: Payload {
                bytes: vec![7; 100_000],
                alive: Arc::clone(alive),
            },
        }
    }
}

impl IntoMessage for Counted {
    fn into_message(self) -> Result<Message, BoxError> {
        self.encoded.fetch_add(1, Ordering::SeqCst);
        Ok(Message::Binary(bytes::Bytes::from_owner(self.payload)))
    }
}

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_message_to_many_is_encoded_once_and_shared() {
    const RECEIVERS: usize = 10;
    let builder = Server::builder().slow_consumer(SlowConsumer::Drop);
    let mut scene = Scene::start_with(builder).await;
    let mut clients = Vec::new();
    for _ in 0..RECEIVERS {
        clients.push(RawClient::narrow(scene.server.address(), "/everyone/ann").await);
        scene.opened().await;
    }
    let (encoded, alive) = (Arc::default(), Arc::default());
    // Until all outboxes are full, so that the last ones are surely not written yet.
    let mut pushes = 1;
    while scene
        .push(Counted::new(&encoded, &alive), "ann")
        .await
        .is_ok()
        && pushes < TOO_MANY
    {
        pushes += 1;
        tokio::task::yield_now().await;
    }
    assert_eq!(
        encoded.load(Ordering::SeqCst),
        pushes,
        "each push is encoded once"
    );
    let queued = alive.load(Ordering::SeqCst);
    assert!(
        queued > 0,
        "what is queued is what was given, and no copy of it"
    );
    drop(clients);
    for _ in 0..RECEIVERS {
        scene.closed().await;
    }
    assert_eq!(
        alive.load(Ordering::SeqCst),
        0,
        "closed sessions hold nothing"
    );
}
