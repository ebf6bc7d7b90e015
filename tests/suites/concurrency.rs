//! A thousand connections come and go at random while eight tasks push to them: at the end nobody is registered, and
//! every message that counts as delivered was seen.
//!
//! What can be promised, and is checked exactly: a message that was queued on `n` sessions is read by `n` clients, if
//! they close as RFC 6455 §7 says, because what was queued goes before the server's Close frame, and they read up to
//! that. Whether they close first, or the handler closes, panics, or the session is replaced, makes no difference. A
//! client that just goes away may miss what was on its way; the keys of such clients are checked for what is not
//! promised either: that nothing is seen twice, or by the wrong one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use wspring::prelude::*;
use wspring::{Delivered, ServerHandle};
use wspring_tests::{Events, Recorder, TestServer, events, soon};

const CLIENTS: usize = 50;
const CONNECTIONS_EACH: usize = 20;
const SENDERS: usize = 8;
/// A sender stops when the clients are done, and after so many pushes in any case.
const MAX_PUSHES_EACH: usize = 100_000;
const ENDPOINTS: [&str; 4] = ["newest", "everyone", "replacing", "first"];
/// Clients whose key is even close properly.
const KEYS: usize = 10;

type Seen = State<Recorder<()>>;

macro_rules! endpoint {
    ($name:ident at $path:literal, $policy:literal) => {
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path, on_duplicate = $policy)]
        impl $name {
            #[on_message]
            async fn on_message(&self, text: String, session: &Session) -> Option<String> {
                match text.as_str() {
                    "close" => session.close(),
                    "panic" => panic!("as it was told"),
                    _ => return Some(text),
                }
                None
            }

            #[on_close]
            async fn on_close(&self, seen: Seen) {
                tokio::task::yield_now().await;
                seen.record(());
            }

            #[on_error]
            async fn on_error(&self, _error: &wspring::Error) {}
        }
    };
}

endpoint!(Newest at "/newest/<key>", "newest");
endpoint!(Everyone at "/everyone/<key>", "all");
endpoint!(Replacing at "/replacing/<key>", "close_older");
endpoint!(First at "/first/<key>", "reject");

/// A message of a sender, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Push {
    sender: usize,
    number: usize,
    key: usize,
}

/// What one sender did: each push, and on how many sessions it was queued.
type Sent = Vec<(Push, usize)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_delivered_is_seen_and_nobody_stays_registered() {
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let (recorder, mut closed) = events::<()>();
    let server = TestServer::start_with(Server::builder().state(recorder)).await;
    let done = Arc::new(AtomicBool::new(false));
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let random = StdRng::seed_from_u64(seed ^ (1 << 32) ^ sender as u64);
        senders.spawn(push(
            server.handle().clone(),
            sender,
            random,
            Arc::clone(&done),
        ));
    }
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let random = StdRng::seed_from_u64(seed ^ client as u64);
        clients.spawn(come_and_go(server.url(""), random));
    }
    let all = tokio::time::timeout(Duration::from_secs(120), clients.join_all()).await;
    done.store(true, Ordering::SeqCst);
    let received: Vec<Vec<Push>> = all
        .expect("the clients come to an end")
        .into_iter()
        .flatten()
        .collect();
    let sent: Vec<Sent> = soon("the senders", senders.join_all()).await;

    assert_eq!(received.len(), CLIENTS * CONNECTIONS_EACH);
    check_order(&received);
    check_delivered(&sent, &received);
    check_empty(&server, &mut closed).await;
}

/// Pushes to random keys until the clients are done.
async fn push(
    handle: ServerHandle,
    sender: usize,
    mut random: StdRng,
    done: Arc<AtomicBool>,
) -> Sent {
    let mut sent = Vec::new();
    for number in 0..MAX_PUSHES_EACH {
        if done.load(Ordering::SeqCst) {
            break;
        }
        let key = random.random_range(0..KEYS);
        let push = Push {
            sender,
            number,
            key,
        };
        let delivered = match handle.send_info(push.to_text(), key).await {
            Ok(Delivered { sessions, .. }) => sessions,
            Err(SendError::Offline { .. } | SendError::Full) => 0,
            Err(error) => panic!("{push:?}: {error}"),
        };
        sent.push((push, delivered));
        tokio::task::yield_now().await;
    }
    sent
}

/// Connects again and again, and returns what each connection received.
async fn come_and_go(url: String, mut random: StdRng) -> Vec<Vec<Push>> {
    let mut received = Vec::new();
    while received.len() < CONNECTIONS_EACH {
        let endpoint = ENDPOINTS[random.random_range(0..ENDPOINTS.len())];
        let key = random.random_range(0..KEYS);
        let connected = soon(
            "a handshake",
            connect_async(format!("{url}/{endpoint}/{key}")),
        )
        .await;
        let stream = match connected {
            Ok((stream, _)) => stream,
            // The key is taken.
            Err(Error::Http(response)) if endpoint == "first" && response.status() == 409 => {
                continue;
            }
            Err(error) => panic!("{endpoint}/{key}: {error}"),
        };
        let mut connection = Connection {
            stream,
            key,
            received: Vec::new(),
        };
        let stays = connection.talk(random.random_range(0..6)).await;
        let how = random.random_range(0..5);
        if stays && (how > 1 || key % 2 == 0) {
            connection.end(how).await;
        }
        received.push(connection.received);
    }
    received
}

/// One connection of a client.
struct Connection {
    stream: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    key: usize,
    received: Vec<Push>,
}

impl Connection {
    /// Sends a few messages and reads until each has come back; `false` when the server closed instead.
    async fn talk(&mut self, messages: usize) -> bool {
        for _ in 0..messages {
            // A server that has closed by now does not take it, and the Close frame is yet to be read.
            let _ = self.stream.send("echo".into()).await;
            if !self.read_until("echo").await {
                return false;
            }
        }
        true
    }

    /// Ends the connection properly, in one of several ways, and reads up to the server's Close frame.
    async fn end(&mut self, how: usize) {
        let _ = match how {
            2 => self.stream.send("close".into()).await,
            3 => self.stream.send("panic".into()).await,
            _ => self.stream.close(None).await,
        };
        while self.read_until("nothing else").await {}
    }

    /// Reads pushes until this text comes, or the Close frame: then it is `false`.
    async fn read_until(&mut self, wanted: &str) -> bool {
        let mut ended = false;
        loop {
            match soon("a message or the end", self.stream.next()).await {
                Some(Ok(Message::Text(text))) if text.as_str() == wanted => return true,
                Some(Ok(Message::Text(text))) => {
                    assert!(!ended, "nothing follows a Close frame");
                    let push = Push::of_text(&text);
                    assert_eq!(push.key, self.key, "a message for somebody else");
                    self.received.push(push);
                }
                Some(Ok(Message::Close(_))) => ended = true,
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("no Close frame: {error}"),
                None => {
                    assert!(ended, "no Close frame");
                    return false;
                }
            }
        }
    }
}

impl Push {
    fn to_text(self) -> String {
        format!("{} {} {}", self.sender, self.number, self.key)
    }

    fn of_text(text: &str) -> Self {
        let numbers: Vec<usize> = text
            .split(' ')
            .map(|number| number.parse().expect("a number"))
            .collect();
        let [sender, number, key] = numbers[..] else {
            panic!("not a push: {text}");
        };
        Self {
            sender,
            number,
            key,
        }
    }
}

/// Each connection got what each sender sent in its order, and nothing twice.
fn check_order(received: &[Vec<Push>]) {
    for connection in received {
        let mut last = BTreeMap::new();
        for push in connection {
            let before = last.insert(push.sender, push.number);
            assert!(before < Some(push.number), "{push:?} came after {before:?}");
        }
    }
}

fn check_delivered(sent: &[Sent], received: &[Vec<Push>]) {
    let mut seen: HashMap<Push, usize> = HashMap::new();
    for push in received.iter().flatten() {
        *seen.entry(*push).or_default() += 1;
    }
    let mut delivered_at_all = 0;
    for (push, delivered) in sent.iter().flatten() {
        let seen = seen.remove(push).unwrap_or_default();
        if push.key % 2 == 0 {
            assert_eq!(seen, *delivered, "{push:?}");
        } else {
            assert!(
                seen <= *delivered,
                "{push:?}: delivered to {delivered}, seen by {seen}"
            );
        }
        delivered_at_all += delivered;
    }
    assert!(seen.is_empty(), "nobody sent these: {seen:?}");
    assert!(
        delivered_at_all > 0,
        "nothing was delivered, so nothing was tested"
    );
}

/// Every connection has had its `#[on_close]`, once; then nobody is there.
async fn check_empty(server: &TestServer, closed: &mut Events<()>) {
    for _ in 0..CLIENTS * CONNECTIONS_EACH {
        closed.next().await;
    }
    let handle = server.handle();
    assert_eq!(handle.sessions::<Newest>().len(), 0);
    assert_eq!(handle.sessions::<Everyone>().len(), 0);
    assert_eq!(handle.sessions::<Replacing>().len(), 0);
    assert_eq!(handle.sessions::<First>().len(), 0);
    for key in 0..KEYS {
        let pushed = handle.send_info("is anybody there?", key).await;
        assert!(
            matches!(pushed, Err(SendError::Offline { .. })),
            "{key}: {pushed:?}"
        );
    }
    assert_eq!(closed.rest(), []);
}
