//! Nodes with their registries and no sockets, at a broker that is as bad as a seed makes it. The clock is paused.

mod faulty;
mod rooms;

use std::collections::HashMap;
use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::time::{Instant, sleep};

use self::faulty::{Client, Network};
use super::*;
use crate::registry::{Delivered, Registered};
use crate::request::{Handshake, Peer};
use crate::session::{
    Batch, Frame, Granted, Outbox, OutboxLimits, Properties, Segments, SendError, SendTimeout,
    Session, SlowConsumer,
};
use crate::site::{Key, OnDuplicate, Site, sample, sample_at};

/// After so long without a fault nothing is excused any more.
const SETTLED: Duration = Duration::from_secs(10);

struct Server {
    registry: Arc<Registry>,
    client: Client,
    /// Whether its connection to the broker is bad, and since when it is so.
    fault: Option<(bool, Instant)>,
    sessions: Vec<Connected>,
}

struct Connected {
    key: String,
    since: Instant,
    /// Dropping it ends the session.
    _place: Registered,
}

fn site(policy: OnDuplicate) -> Arc<Site> {
    let path = format!("/{policy:?}/<id>");
    sample(&path, policy)
}

fn session(site: &Arc<Site>) -> Session {
    let (request, ()) = http::Request::get("/1").body(()).unwrap().into_parts();
    let limits = OutboxLimits {
        bytes: 1 << 20,
        messages: 1 << 16,
        send_timeout: SendTimeout::new(None),
        budget: None,
        shared_room: None,
        slow_consumer: SlowConsumer::Close,
    };
    let values = ["1".into()].into();
    Session::new(
        Handshake::new(&request, Peer::default(), Arc::clone(site), values),
        Outbox::new(limits.into(), None),
        Granted::default(),
        Properties::default(),
    )
}

impl Server {
    fn start(network: &Network) -> Self {
        let client = network.client();
        let registry = Arc::new(Registry::new());
        let terms = Terms {
            name: "test",
            secrets: &Secrets::default(),
            logs: &Arc::new(LogLimits::new()),
        };
        let membership = begin(Arc::new(client.clone()), &terms, &registry);
        registry.join_cluster(membership);
        Self {
            registry,
            client,
            fault: None,
            sessions: Vec::new(),
        }
    }

    fn open(&mut self, site: &Arc<Site>, key: &str) -> Session {
        let session = session(site);
        let place = self.registry.register(session.clone(), Some(Key::new(key)));
        let place = place.unwrap();
        session.outbox().accept();
        place.accept();
        self.sessions.push(Connected {
            key: key.to_owned(),
            since: Instant::now(),
            _place: place,
        });
        session
    }

    async fn send(&self, text: &str, key: &str) -> Result<Delivered, SendError> {
        let registries = vec![Arc::clone(&self.registry)];
        send(registries, None, &Frame::new(text)?, &Key::new(key)).await
    }

    fn cut_or_mend(&mut self, random: &mut StdRng) {
        self.client.set_cut(random.random_bool(0.4));
        self.fault = Some((self.client.is_dead(), Instant::now()));
    }

    fn take_down_or_up(&mut self, random: &mut StdRng) {
        self.client.set_up(random.random_bool(0.6));
        self.fault = Some((self.client.is_dead(), Instant::now()));
    }

    /// Whether all have been able to reach it for a time.
    fn is_sound(&self) -> bool {
        let is_over = |(is_bad, since): (bool, Instant)| !is_bad && since.elapsed() > SETTLED;
        self.fault.is_none_or(is_over)
    }

    fn node(&self) -> Arc<Node> {
        Node::of(&self.registry).unwrap()
    }
}

/// The messages of eight bytes each that were queued on a session since the last time.
fn queued(session: &Session) -> Vec<String> {
    let mut batch = Batch::default();
    session.outbox().turn(&mut batch);
    let mut bytes = Vec::new();
    while !batch.is_empty() {
        let mut slices = [IoSlice::new(&[]); Segments::SLICES];
        let used = batch.slices(&mut slices);
        let before = bytes.len();
        bytes.extend(slices[..used].iter().flat_map(|slice| slice.iter()));
        batch.advance(bytes.len() - before);
    }
    session.outbox().settle(&mut batch);
    let frames = bytes
        .chunks(10)
        .map(|frame| String::from_utf8_lossy(&frame[2..]));
    frames.map(|text| text.into_owned()).collect()
}

async fn servers(network: &Network) -> [Server; 3] {
    let servers = [(); 3].map(|()| Server::start(network));
    sleep(Duration::from_secs(5)).await;
    for server in &servers {
        assert!(server.node().is_synced());
    }
    servers
}

/// Nothing is bad any more, and after a time nothing is excused.
async fn mend(network: &Network, servers: &[Server]) {
    network.set_faulty(false);
    for server in servers {
        server.client.set_cut(false);
        server.client.set_up(true);
    }
    sleep(SETTLED).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_arrives_once_or_the_error_is_true_whatever_the_network_does() {
    for seed in 0..24 {
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let network = Network::new(seed);
    let newest = site(OnDuplicate::Newest);
    let mut servers = servers(&network).await;
    network.set_faulty(true);
    let mut ever: HashMap<String, Vec<Session>> = HashMap::new();
    for step in 0..200 {
        let at = random.random_range(0..3);
        let key = random.random_range(0..10_u8).to_string();
        match random.random_range(0..20) {
            0..4 => {
                let session = servers[at].open(&newest, &key);
                ever.entry(key).or_default().push(session);
            }
            4..6 if !servers[at].sessions.is_empty() => {
                let which = random.random_range(0..servers[at].sessions.len());
                servers[at].sessions.remove(which);
            }
            6 => servers[at].cut_or_mend(&mut random),
            7 => servers[at].take_down_or_up(&mut random),
            8..12 => sleep(Duration::from_millis(random.random_range(0..3000))).await,
            _ => {
                let text = format!("{step:08}");
                // Who has the key all the time, on a node that all can reach.
                let is_there = (0..3).any(|other| {
                    let sessions = &servers[other].sessions;
                    let has = |of: &Connected| of.key == key && of.since.elapsed() > SETTLED;
                    (other == at || servers[at].is_sound() && servers[other].is_sound())
                        && sessions.iter().any(has)
                });
                let sent = servers[at].send(&text, &key).await;
                let sessions = ever.get(&key).map_or(&[][..], Vec::as_slice);
                let got: Vec<_> = sessions.iter().flat_map(queued).collect();
                let times = got.iter().filter(|got| **got == text).count();
                let what = format!("seed {seed}, {text} to {key}: {sent:?}, {times} times");
                assert_eq!(got.len(), times, "{what}, and others: {got:?}");
                match sent {
                    Ok(delivered) => assert_eq!((delivered.sessions, times), (1, 1), "{what}"),
                    Err(SendError::Offline { .. }) => assert!(times == 0 && !is_there, "{what}"),
                    Err(SendError::BrokerUnavailable { .. }) => assert_eq!(times, 0, "{what}"),
                    Err(SendError::Unanswered { .. }) => assert!(times <= 1, "{what}"),
                    Err(_) => panic!("{what}"),
                }
            }
        }
    }
    mend(&network, &servers).await;
    // They agree on everything, and so on who is the newest.
    let find = |server: &Server, key: &str| server.node().find(&Key::new(key));
    for key in 0..10 {
        let key = key.to_string();
        let found = find(&servers[0], &key);
        let there = servers.iter().flat_map(|server| &server.sessions);
        let there = there.filter(|connected| connected.key == key);
        assert_eq!(found.len(), there.count(), "seed {seed}");
        for server in &servers {
            assert!(server.node().is_synced(), "seed {seed}");
            assert_eq!(find(server, &key), found, "seed {seed}");
            let sent = server.send("12345678", &key).await;
            match (&found[..], sent) {
                ([], Err(SendError::Offline { .. })) => {}
                (
                    [newest, ..],
                    Ok(Delivered {
                        sessions: 1,
                        is_partial: false,
                    }),
                ) => {
                    let sessions = &ever[&key];
                    let got = sessions.iter().find(|session| !queued(session).is_empty());
                    assert_eq!(got.map(Session::id), Some(newest.session), "seed {seed}");
                }
                (found, sent) => panic!("seed {seed}: {sent:?} for {found:?}"),
            }
        }
    }
}

/// Cut off from each other, both sides take a connection with the key: when they meet, the older one is closed.
#[tokio::test(start_paused = true)]
async fn after_a_cut_the_older_session_is_closed_on_whichever_side_it_is() {
    for seed in 0..8 {
        let network = Network::new(seed);
        let replacing = site(OnDuplicate::CloseOlder);
        let mut servers = servers(&network).await;
        servers[0].client.set_cut(true);
        sleep(Duration::from_secs(8)).await;
        let sessions = [0, 1].map(|at| servers[at].open(&replacing, "1"));
        assert!(sessions.iter().all(Session::is_open));
        network.set_faulty(true);
        servers[0].client.set_cut(false);
        sleep(SETTLED).await;
        let newest = servers[2].node().find(&Key::new("1"))[0].session;
        for session in &sessions {
            assert_eq!(session.is_open(), session.id() == newest, "seed {seed}");
        }
    }
}

/// What comes while a node does not know all others yet is asked of all, and is no reason to call anybody offline.
#[tokio::test(start_paused = true)]
async fn a_node_that_has_just_started_finds_what_it_does_not_know() {
    let network = Network::new(1);
    let newest = site(OnDuplicate::Newest);
    let mut servers = servers(&network).await;
    servers[0].open(&newest, "1");
    let new = Server::start(&network);
    // It is there, and has heard of nobody.
    while new.node().probe().await.is_err() {
        sleep(Duration::from_millis(1)).await;
    }
    servers[0].client.set_up(false);
    let begun = Instant::now();
    let sent = new.send("12345678", "nobody").await;
    assert!(
        matches!(sent, Err(SendError::Unanswered { .. })),
        "{sent:?}"
    );
    assert_eq!(begun.elapsed(), Duration::from_millis(500));
    servers[0].client.set_up(true);
    let begun = Instant::now();
    let sent = new.send("12345678", "1").await;
    assert!(
        matches!(sent, Ok(Delivered { sessions: 1, .. })),
        "{sent:?}"
    );
    assert!(begun.elapsed() < Duration::from_millis(100));
}

/// The bound on what may be asked at a time holds, and nothing is left of questions that are over.
#[tokio::test(start_paused = true)]
async fn questions_leave_nothing_behind() {
    let network = Network::new(1);
    let server = Server::start(&network);
    let questions = &server.node().questions;
    let open: Vec<_> = std::iter::from_fn(|| questions.ask()).collect();
    assert_eq!(open.len(), 4096);
    drop(open);
    assert!(questions.ask().is_some());
}
