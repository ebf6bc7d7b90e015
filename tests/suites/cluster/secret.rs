//! What somebody can do who has an account at the broker, with and without a secret of the cluster.

use std::future::poll_fn;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::task::JoinHandle;
use wspring::Server;
use wspring::cluster::{Broker, BrokerFuture, BrokerState, LocalBroker, Nats, Subscription};
use wspring_tests::{Log, Program, TestServer, soon};

use crate::{NatsServer, Node, Sent};

const SECRET: &str = "the secret of this cluster is long enough";
const OTHER: &str = "another secret, which is long enough too";

/// Somebody at the broker who listens to all, and keeps it.
pub(crate) struct Stranger {
    nats: Nats,
    heard: Arc<Mutex<Vec<Bytes>>>,
    task: JoinHandle<()>,
}

impl Stranger {
    pub(crate) async fn at(nats: &NatsServer) -> Self {
        let nats = Nats::connect(&nats.url()).await.expect("a connection");
        let subscription = nats.subscribe("wspring.>").await;
        let mut subscription = subscription.expect("a subscription");
        let heard = Arc::<Mutex<Vec<Bytes>>>::default();
        let keep = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            while let Some(delivery) = poll_fn(|cx| subscription.poll_next(cx)).await {
                keep.lock()
                    .expect("nobody panics with it")
                    .push(delivery.payload);
            }
        });
        Self { nats, heard, task }
    }

    pub(crate) fn heard(&self) -> Vec<Bytes> {
        self.heard.lock().expect("nobody panics with it").clone()
    }

    /// How many packets said this in the clear.
    pub(crate) fn has_read(&self, text: &str) -> usize {
        let has = |packet: &&Bytes| {
            let mut windows = packet.windows(text.len());
            windows.any(|window| window == text.as_bytes())
        };
        self.heard().iter().filter(has).count()
    }

    /// The nodes that have spoken.
    fn nodes(&self) -> Vec<[u8; 8]> {
        let heard = self.heard();
        let from = heard
            .iter()
            .filter_map(|packet| packet.get(2..10)?.try_into().ok());
        let mut from: Vec<_> = from.collect();
        from.sort_unstable();
        from.dedup();
        from
    }

    async fn say(&self, subject: &str, packet: Bytes) {
        let said = self.nats.publish(subject, packet).await;
        said.expect("the broker is there");
    }

    /// Says it to all, and to each node.
    async fn say_everywhere(&self, packet: &Bytes) {
        self.say("wspring.all", packet.clone()).await;
        for node in self.nodes() {
            let node = u64::from_be_bytes(node);
            self.say(&format!("wspring.node.{node:016x}"), packet.clone())
                .await;
        }
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn nodes<const N: usize>(nats: &NatsServer, settings: &[(&str, &str)]) -> [Node; N] {
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(Node::start_with(nats, settings).await);
    }
    for node in &nodes {
        node.knows(N).await;
    }
    nodes
        .try_into()
        .unwrap_or_else(|_| unreachable!("N were started"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_repeats_or_changes_what_nodes_say_changes_nothing() {
    let nats = NatsServer::start().await;
    for encryption in ["false", "true"] {
        let settings = [
            ("WSPRING_CLUSTER_SECRET", SECRET),
            ("WSPRING_CLUSTER_ENCRYPTION", encryption),
        ];
        let stranger = Stranger::at(&nats).await;
        let [one, other] = nodes::<2>(&nats, &settings).await;
        let mut client = other.connect("/users/1").await;
        let mut member = other.connect("/rooms?room=a").await;
        one.knows_keys(1).await;
        let mut control = one.control().await;
        control.has_in_room("a", 1).await;
        assert_eq!(control.push("1", "once").await, Sent::Delivered(1));
        assert_eq!(client.text().await, "once");
        assert_eq!(control.send_to_room("a", "once").await, Sent::Delivered(1));
        assert_eq!(member.text().await, "once");
        let closing = other.connect("/users/closed").await;
        one.knows_keys(2).await;
        let closed = control
            .sent(&serde_json::json!({"close_key": "closed"}))
            .await;
        assert_eq!(closed, Sent::Delivered(1));
        drop(closing);
        let mut again = other.connect("/users/closed").await;
        for packet in stranger.heard() {
            stranger.say_everywhere(&packet).await;
            let mut changed = packet.to_vec();
            let last = changed.len() - 1;
            changed[last] ^= 1;
            stranger.say_everywhere(&changed.into()).await;
            // Without a signature, or in the name of another node.
            let mut unsigned = packet.to_vec();
            unsigned[1] = 0;
            stranger.say_everywhere(&unsigned.into()).await;
        }
        for node in [&one, &other] {
            let forged =
                |_, body: &serde_json::Value| body["cluster"]["forged"].as_u64() > Some(20);
            node.is("what was forged", forged).await;
        }
        assert_eq!(control.push("1", "after").await, Sent::Delivered(1));
        assert_eq!(client.text().await, "after");
        assert_eq!(control.send_to_room("a", "after").await, Sent::Delivered(1));
        assert_eq!(member.text().await, "after");
        again.send("still here").await;
        assert_eq!(again.text().await, "still here");
        assert_eq!(stranger.has_read("after") > 0, encryption == "false");
        for node in [one, other] {
            node.stop().await;
        }
    }
}

/// Without a secret anybody can say that a node has left. It says at once that it has not.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_somebody_says_has_left_is_there_at_once() {
    let nats = NatsServer::start().await;
    let stranger = Stranger::at(&nats).await;
    let [one, other] = nodes::<2>(&nats, &[]).await;
    let mut client = other.connect("/users/1").await;
    one.knows_keys(1).await;
    let signs = stranger.heard();
    for node in stranger.nodes() {
        let sign = signs
            .iter()
            .rfind(|packet| packet.get(2..10) == Some(&node[..]));
        let mut goodbye = sign.expect("it has spoken")[..34].to_vec();
        goodbye[10..18].copy_from_slice(&1_000_000_u64.to_be_bytes());
        // The third of the packets that there are.
        goodbye.push(2);
        stranger.say("wspring.all", goodbye.into()).await;
    }
    let mut control = one.control().await;
    let there = async {
        for number in 0.. {
            let text = number.to_string();
            if control.push("1", &text).await == Sent::Delivered(1) {
                return text;
            }
        }
        unreachable!("numbers have no end")
    };
    let text = soon("the node that is said to have left", there).await;
    while client.text().await != text {}
    for node in [&one, &other] {
        node.knows(2).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_see_each_other_while_their_secret_is_being_changed_and_not_with_different_ones() {
    let nats = NatsServer::start().await;
    let own = |secret| ("WSPRING_CLUSTER_SECRET", secret);
    let accepted = |secret| ("WSPRING_CLUSTER_SECRET_ACCEPTED", secret);
    let encrypted = ("WSPRING_CLUSTER_ENCRYPTION", "true");
    for [one, other] in [
        [&[own(SECRET)][..], &[own(SECRET), accepted(OTHER)][..]],
        [
            &[own(SECRET), accepted(OTHER)],
            &[own(OTHER), accepted(SECRET)],
        ],
        [&[own(OTHER), accepted(SECRET)], &[own(OTHER)]],
        [&[own(OTHER)], &[own(OTHER), encrypted]],
    ] {
        let one = Node::start_with(&nats, one).await;
        let other = Node::start_with(&nats, other).await;
        let mut client = other.connect("/users/1").await;
        for node in [&one, &other] {
            node.knows(2).await;
        }
        one.knows_keys(1).await;
        assert_eq!(one.push("1", "hello").await, Sent::Delivered(1));
        assert_eq!(client.text().await, "hello");
        one.stop().await;
        other.stop().await;
    }
    let apart = [&[own(SECRET)][..], &[own(OTHER)][..], &[][..]];
    let mut nodes = Vec::new();
    for settings in apart {
        nodes.push(Node::start_with(&nats, settings).await);
    }
    for node in &nodes {
        // Others speak, and it does not listen to them.
        node.is("what was forged", |_, body| {
            body["cluster"]["forged"].as_u64() > Some(3)
        })
        .await;
        node.knows(1).await;
    }
}

#[tokio::test]
async fn a_secret_that_is_too_short_or_a_number_is_refused_and_not_shown() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let number = "1234567890".repeat(4);
    for (secret, reason) in [
        (
            "too short",
            "`cluster_secret` has 9 bytes and needs at least 32",
        ),
        (&*number, "a secret is a text, and no number"),
    ] {
        let variables = [
            ("WSPRING_ADDRESS", "127.0.0.1:0"),
            ("WSPRING_CLUSTER_SECRET", secret),
        ];
        let node = Program::start(env!("CARGO_BIN_EXE_node"), directory, &variables);
        let ended = node.ended().await;
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.errors.contains(reason), "{}", ended.errors);
        assert!(ended.errors.contains("openssl rand"), "{}", ended.errors);
        assert!(!ended.errors.contains(secret), "{}", ended.errors);
    }
}

/// A broker of which it is not known where it is.
struct Remote(LocalBroker);

impl Broker for Remote {
    fn publish<'a>(&'a self, subject: &'a str, payload: Bytes) -> BrokerFuture<'a, ()> {
        self.0.publish(subject, payload)
    }

    fn subscribe<'a>(&'a self, subject: &'a str) -> BrokerFuture<'a, Box<dyn Subscription>> {
        self.0.subscribe(subject)
    }

    fn request<'a>(
        &'a self,
        subject: &'a str,
        payload: Bytes,
        timeout: std::time::Duration,
    ) -> BrokerFuture<'a, Bytes> {
        self.0.request(subject, payload, timeout)
    }

    fn state(&self) -> BrokerState {
        self.0.state()
    }

    fn max_payload(&self) -> usize {
        self.0.max_payload()
    }
}

#[tokio::test]
async fn a_server_without_a_secret_warns_unless_its_broker_is_on_this_machine() {
    let builders: [(fn() -> wspring::Builder, usize); 3] = [
        (|| Server::builder().broker(Remote(LocalBroker::new())), 1),
        (
            || {
                Server::builder()
                    .broker(Remote(LocalBroker::new()))
                    .cluster_secret(SECRET)
            },
            0,
        ),
        (|| Server::builder().broker(LocalBroker::new()), 0),
    ];
    for (builder, warnings) in builders {
        let log = Log::start();
        let _server = TestServer::start_with(builder()).await;
        let warned = log.lines("WARN");
        let told = warned
            .iter()
            .filter(|line| line.contains("this cluster has no secret"));
        assert_eq!(told.count(), warnings, "{warned:?}");
        assert!(!log.all().concat().contains(SECRET));
    }
}
