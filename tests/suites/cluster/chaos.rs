//! Thousands of pushes while nodes are killed and started again and the broker is away.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use wspring_tests::soon;

use crate::node::Control;
use crate::{Node, Sent, cluster};

const KEYS: usize = 300;
const SENDS: usize = 10_000;

/// How long the broker is away.
const AWAY: Duration = Duration::from_secs(5);

/// What a client got, by the text of the message, and how often.
type Got = Arc<Mutex<HashMap<String, usize>>>;

/// A client that takes whatever comes, until its connection ends.
struct Reader {
    got: Got,
    task: JoinHandle<()>,
}

/// One push, and what became of it.
struct Record {
    key: usize,
    text: String,
    sent: Sent,
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
}

fn take(got: &Got, text: String) {
    let mut got = got.lock().expect("nobody panics with it");
    *got.entry(text).or_default() += 1;
}

/// Pushes to one key after the other until it is told to stop.
async fn push(
    mut control: Control,
    name: usize,
    stop: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
) -> Vec<Record> {
    let mut records = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let key = (number * 7 + name * 31) % KEYS;
        let text = format!("{name}-{number}");
        let sent = control.push(&key.to_string(), &text).await;
        records.push(Record { key, text, sent });
        count.fetch_add(1, Ordering::Relaxed);
        // As fast as it can, the time without a broker would be most of it.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    records
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_called_offline_that_is_not() {
    let (mut nats, nodes) = cluster::<3>().await;
    let [one, mut victim, other] = nodes;
    let mut readers = Vec::new();
    for key in 0..KEYS {
        let node = [&one, &victim, &other][key % 3];
        readers.push(Reader::connect(node, key, Got::default()).await);
    }
    for node in [&one, &victim, &other] {
        node.knows_keys(KEYS).await;
    }
    let (stop, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let mut senders = Vec::new();
    for name in 0..6 {
        let control = [&one, &other][name % 2].control().await;
        senders.push(tokio::spawn(push(
            control,
            name,
            Arc::clone(&stop),
            Arc::clone(&count),
        )));
    }
    let reach = async |sends: usize| {
        let wait = async {
            while count.load(Ordering::Relaxed) < sends {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        soon("pushes", wait).await;
    };
    for round in 1..=2 {
        reach(round * SENDS / 8).await;
        let address = victim.address();
        victim.kill().await;
        reach(round * SENDS / 8 + SENDS / 20).await;
        victim = Node::start_at(&nats, address).await;
        for key in (1..KEYS).step_by(3) {
            let got = Arc::clone(&readers[key].got);
            readers[key] = Reader::connect(&victim, key, got).await;
        }
    }
    reach(SENDS / 2).await;
    nats.stop().await;
    tokio::time::sleep(AWAY).await;
    nats.start_again().await;
    for node in [&one, &victim, &other] {
        node.knows(3).await;
    }
    reach(SENDS.max(count.load(Ordering::Relaxed) + 2_000)).await;
    stop.store(true, Ordering::Relaxed);
    let mut records = Vec::new();
    for sender in senders {
        records.extend(soon("a sender", sender).await.expect("it did not panic"));
    }
    // The last word to each key: what was queued before has arrived when it has.
    let mut control = one.control().await;
    for (key, reader) in readers.iter().enumerate() {
        assert_eq!(
            control.push(&key.to_string(), "end").await,
            Sent::Delivered(1),
            "{key}"
        );
        let arrived = async {
            while !reader
                .got
                .lock()
                .expect("nobody panics with it")
                .contains_key("end")
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        soon("the last message", arrived).await;
    }
    check(&records, &readers);
    for reader in readers {
        reader.task.abort();
    }
}

fn check(records: &[Record], readers: &[Reader]) {
    let mut figures = BTreeMap::new();
    for Record { key, text, sent } in records {
        let got = readers[*key].got.lock().expect("nobody panics with it");
        let times = got.get(text).copied().unwrap_or_default();
        // Those of the other node were cut off when it was killed, and what it had queued went with it.
        let stayed = key % 3 != 1;
        let so_far = figures
            .entry((format!("{sent:?}"), stayed, times))
            .or_insert(0);
        *so_far += 1;
        let what = format!("{text} to {key}: {sent:?}, and it came {times} times");
        match sent {
            Sent::Delivered(1) | Sent::Partly(1) => assert!(times == 1 || !stayed, "{what}"),
            Sent::Offline => assert!(!stayed && times == 0, "{what}"),
            Sent::BrokerUnavailable => assert_eq!(times, 0, "{what}"),
            Sent::Unanswered => assert!(times <= 1, "{what}"),
            _ => panic!("{what}"),
        }
        assert!(times <= 1, "{what}");
    }
    assert!(records.len() >= SENDS);
    println!("{} pushes to {KEYS} keys on 3 nodes:", records.len());
    for ((sent, stayed, times), count) in figures {
        let client = if stayed {
            "connected all the time"
        } else {
            "on the node that was killed"
        };
        println!("  {count:6} {sent}, client {client}, arrived {times} times");
    }
}
