//! One server as a member of a cluster: what it says, and when.
//!
//! ```text
//! Registered::begin, accept, release_key ─▶ Announce ─▶ Directory ─▶ {name}.all: Changes, Alive, Goodbye ─▶ all nodes
//! rooms: first member, last member ─▶ Announce ─▶ the same
//! send_info ─▶ send.rs: who has the key? ─▶ {name}.node.{id}: Push ─▶ Registry::targets there ─▶ Answer
//! Broadcast, count, close_key ─▶ others.rs: who has members? ─▶ {name}.node.{id}: Broadcast, Count, Close ─▶ Answer
//! ```
//!
//! A server with a broker is a node, and its registry tells it of sessions as an `Announce`.
//! Without one, a push and a registration look at an empty `OnceLock` and do no more. A node is one
//! task with three subscriptions, however many sessions there are: for all nodes, for this one, and
//! (in `nats/inbox.rs`) for answers. Keys are in payloads only (`wire.rs`: postcard, strict
//! bounds), so subjects need no encoding.

mod announcing;
mod hearing;
mod probing;
mod sealing;
mod serving;

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Terms;
use super::broker::{Broker, BrokerError, Subscription};
use super::directory::{Directory, Effect, Event, Found};
use super::links::{LONGEST, Links, Stream};
use super::place::endpoint_number;
use super::probe::Probe;
use super::questions::Questions;
use super::seal::Seal;
use super::wire::{NodeId, Packet};
use crate::log_limits::LogLimits;
use crate::registry::Registry;
use crate::site::{EndpointId, Key};

pub(super) use self::sealing::Sealed;

/// How long an answer of another node is waited for.
pub(super) const ANSWER: Duration = Duration::from_millis(500);

/// How often it is looked what time brings.
const TICK: Duration = Duration::from_millis(100);

/// How long a server waits for its broker when it starts.
const START: Duration = Duration::from_secs(5);

/// How many events a slow listener may be behind.
const EVENTS: usize = 1024;

/// A server's place in a cluster.
pub(crate) struct Node {
    id: NodeId,
    broker: Arc<dyn Broker>,
    /// What the subjects of the cluster begin with.
    name: String,
    seal: Seal,
    links: Links,
    directory: Mutex<Directory>,
    registry: Weak<Registry>,
    /// There is something to say.
    spoken: Notify,
    /// The number of the last changes that the broker's client has taken.
    said: watch::Sender<u64>,
    pub(super) questions: Questions,
    pub(super) last_probe: Probe,
    events: broadcast::Sender<Event>,
    pub(super) refused: Refusals,
    logs: Arc<LogLimits>,
    stop: CancellationToken,
}

/// How many packets did not count, by the reason.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// They are none of this version.
    pub(super) malformed: AtomicU64,
    /// They were not written with a secret of the cluster, or came before.
    pub(super) forged: AtomicU64,
    /// Their senders had given them up.
    pub(super) late: AtomicU64,
}

impl Node {
    pub(super) fn new(
        broker: Arc<dyn Broker>,
        terms: &Terms<'_>,
        registry: &Arc<Registry>,
    ) -> Self {
        let id = NodeId::random();
        let begun = Instant::now();
        let seal = Seal::new(terms.secrets);
        let most = broker.max_payload().saturating_sub(seal.overhead());
        Self {
            id,
            name: terms.name.to_owned(),
            links: Links::new(id, begun),
            directory: Mutex::new(Directory::new(id, most, begun)),
            seal,
            broker,
            registry: Arc::downgrade(registry),
            spoken: Notify::new(),
            said: watch::Sender::new(0),
            questions: Questions::default(),
            last_probe: Probe::default(),
            events: broadcast::channel(EVENTS).0,
            refused: Refusals::default(),
            logs: Arc::clone(terms.logs),
            stop: CancellationToken::new(),
        }
    }

    /// Hears and speaks until it is told to stop.
    pub(super) async fn run(self: Arc<Self>) {
        let stop = self.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.live() => {
                tracing::error!("the broker's client is closed: this node has left its cluster");
            }
        }
    }

    /// Says goodbye, and stops.
    pub(crate) async fn leave_cluster(&self) {
        if self.stop.is_cancelled() {
            return;
        }
        self.directory().leave_cluster();
        self.say(&Packet::Goodbye).await;
        // The answer comes behind it: a process may end now without taking it along.
        let _ = self.probe().await;
        self.stop.cancel();
    }

    pub(super) fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    pub(super) fn id(&self) -> NodeId {
        self.id
    }

    pub(super) fn broker(&self) -> &dyn Broker {
        &*self.broker
    }

    /// Listens to keys that come and go, and says which there are.
    pub(super) fn watch(&self) -> (Vec<String>, broadcast::Receiver<Event>) {
        let mut directory = self.directory();
        directory.watch(true);
        let keys = directory.keys().map(ToString::to_string).collect();
        (keys, self.events.subscribe())
    }

    /// The sessions of a key, the newest first.
    pub(super) fn find(&self, key: &Key) -> Vec<Found> {
        self.directory().find(key)
    }

    /// The newest session of a key of each node at each place.
    pub(super) fn find_newest(&self, endpoint: Option<EndpointId>, key: &Key) -> Vec<Found> {
        let mut found = self.directory().find_newest(key);
        if let Some(endpoint) = endpoint {
            let endpoint = endpoint_number(endpoint);
            found.retain(|found| found.place.endpoint == endpoint);
        }
        found
    }

    /// Whether a key that is not found is nowhere.
    pub(super) fn is_synced(&self) -> bool {
        let connection = self.broker.state().connection();
        self.directory().is_synced(connection, Instant::now())
    }

    /// Asks all nodes to give a sign of life.
    pub(super) fn ask_who_is_there(&self) {
        self.directory().ask_who_is_there();
        self.spoken.notify_one();
    }

    /// Whether nothing comes through to this node at this moment, so that it sends nothing either.
    pub(super) fn is_deaf(&self) -> bool {
        self.directory().is_deaf(Instant::now())
    }

    /// The subject that all nodes subscribe to.
    pub(super) fn all(&self) -> String {
        format!("{}.all", self.name)
    }

    /// The subject that only this node subscribes to.
    pub(super) fn subject(&self, node: NodeId) -> String {
        format!("{}.node.{node}", self.name)
    }

    /// Says something to all.
    pub(super) async fn say(&self, packet: &Packet) {
        let sealed = self.sealed_for_all(packet);
        self.publish(&self.all(), sealed).await;
    }

    /// Says something to a node that was heard.
    pub(super) async fn tell(&self, node: NodeId, packet: &Packet) {
        if let Some(sealed) = self.sealed(node, packet, &[], LONGEST) {
            self.publish(&sealed.subject, sealed.packet).await;
        }
    }

    /// Publishes, or gives up: what is lost is repaired with the next sign of life.
    pub(super) async fn publish(&self, subject: &str, packet: Bytes) {
        let published = timeout(ANSWER, self.broker.publish(subject, packet)).await;
        match published {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(subject, %error, "not published"),
            Err(_) => tracing::debug!(subject, "not published in time"),
        }
    }

    pub(super) fn directory(&self) -> MutexGuard<'_, Directory> {
        // Nothing that runs under this lock panics half-way through a change.
        self.directory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn live(self: &Arc<Self>) {
        let (all, own) = self.subscribe().await;
        tokio::join!(
            self.hear(all, Stream::All),
            self.hear(own, Stream::Own),
            self.speak()
        );
    }

    async fn subscribe(&self) -> (Box<dyn Subscription>, Box<dyn Subscription>) {
        let (all, own) = (self.all(), self.subject(self.id));
        loop {
            // In this order: when the second one is alive, the first one is.
            let both = async {
                let all = self.broker.subscribe(&all).await?;
                Ok::<_, BrokerError>((all, self.broker.subscribe(&own).await?))
            };
            match both.await {
                Ok(both) => return both,
                Err(error) => {
                    tracing::debug!(%error, "not subscribed");
                    sleep(TICK).await;
                }
            }
        }
    }

    /// Says everything that is for all, in one place, so that it goes out in its order.
    async fn speak(self: &Arc<Self>) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {
                    let connection = self.broker.state().connection();
                    let effects = self.directory().tick(connection, Instant::now());
                    self.perform(effects).await;
                }
                () = self.spoken.notified() => {}
            }
            while let Some(packet) = self.next() {
                self.say(&packet).await;
                self.said.send_replace(self.directory().last_said());
            }
            self.tell_events();
        }
    }

    /// The lock must be free again before what it gave is published.
    fn next(&self) -> Option<Packet> {
        self.directory().next(Instant::now())
    }

    fn tell_events(&self) {
        let events = {
            let mut directory = self.directory();
            directory.watch(self.events.receiver_count() > 0);
            directory.take_events()
        };
        for event in events {
            // The last listener may have gone away at this moment.
            let _ = self.events.send(event);
        }
    }

    async fn perform(self: &Arc<Self>, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Tell(node, packet) => self.tell(node, &packet).await,
                Effect::Probe(node) => {
                    let this = Arc::clone(self);
                    tokio::spawn(async move { this.find_out(node).await });
                }
                Effect::Close { key, session } => self.close_rival(&key, session),
            }
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Node").field(&self.id).finish()
    }
}
