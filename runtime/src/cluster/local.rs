use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::broker::{Broker, BrokerError, BrokerFuture, BrokerState, Delivery, Subscription};

/// How many messages wait for one subscriber; more are lost.
const CAPACITY: usize = 8192;

/// The largest message in bytes, that of a NATS server.
const MAX_PAYLOAD: usize = 1024 * 1024;

/// Where answers go: no node subscribes to such a subject.
const REPLY: &str = "reply.";

/// A broker that connects the servers of one process: a cluster for tests, or one of a single node.
///
/// Clones are clients of the same broker. It is always connected, and knows at once when nobody subscribes.
///
/// ```
/// use wspring::Server;
/// use wspring::cluster::LocalBroker;
///
/// let broker = LocalBroker::new();
/// let one = Server::builder().broker(broker.clone());
/// let other = Server::builder().broker(broker);
/// ```
#[derive(Clone, Default)]
pub struct LocalBroker(Arc<Hub>);

#[derive(Default)]
struct Hub {
    subscribers: Mutex<HashMap<String, Vec<Subscriber>>>,
    /// Those who wait for an answer.
    waiting: Mutex<HashMap<u64, oneshot::Sender<Bytes>>>,
    last: AtomicU64,
    lost: AtomicU64,
}

struct Subscriber {
    id: u64,
    queue: mpsc::Sender<Delivery>,
}

/// The receiving end of a [`Subscriber`]; dropping it ends the subscription.
struct Receiver {
    hub: Arc<Hub>,
    subject: String,
    id: u64,
    queue: mpsc::Receiver<Delivery>,
}

/// One who waits for an answer; dropping it ends the wait.
struct Waiting<'h> {
    hub: &'h Hub,
    id: u64,
}

impl LocalBroker {
    /// A broker without clients.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Broker for LocalBroker {
    fn publish<'a>(&'a self, subject: &'a str, payload: Bytes) -> BrokerFuture<'a, ()> {
        Box::pin(async move {
            let size = payload.len();
            if size > MAX_PAYLOAD {
                let limit = MAX_PAYLOAD;
                return Err(BrokerError::TooLarge { size, limit });
            }
            match subject.strip_prefix(REPLY).map(str::parse) {
                Some(Ok(id)) => self.0.answer(id, payload),
                _ => _ = self.0.send(subject, &payload, None),
            }
            Ok(())
        })
    }

    fn subscribe<'a>(&'a self, subject: &'a str) -> BrokerFuture<'a, Box<dyn Subscription>> {
        Box::pin(async move {
            let (sender, queue) = mpsc::channel(CAPACITY);
            let id = self.0.next();
            let mut subscribers = lock(&self.0.subscribers);
            let of_subject = subscribers.entry(subject.to_owned()).or_default();
            of_subject.push(Subscriber { id, queue: sender });
            let receiver = Receiver {
                hub: Arc::clone(&self.0),
                subject: subject.to_owned(),
                id,
                queue,
            };
            Ok(Box::new(receiver) as Box<dyn Subscription>)
        })
    }

    fn request<'a>(
        &'a self,
        subject: &'a str,
        payload: Bytes,
        timeout: Duration,
    ) -> BrokerFuture<'a, Bytes> {
        Box::pin(async move {
            let size = payload.len();
            if size > MAX_PAYLOAD {
                let limit = MAX_PAYLOAD;
                return Err(BrokerError::TooLarge { size, limit });
            }
            let id = self.0.next();
            let (sender, answer) = oneshot::channel();
            lock(&self.0.waiting).insert(id, sender);
            let _waiting = Waiting { hub: &self.0, id };
            if !self
                .0
                .send(subject, &payload, Some(&format!("{REPLY}{id}")))
            {
                return Err(BrokerError::NoResponders);
            }
            match tokio::time::timeout(timeout, answer).await {
                Ok(Ok(answer)) => Ok(answer),
                _ => Err(BrokerError::Timeout { after: timeout }),
            }
        })
    }

    fn state(&self) -> BrokerState {
        BrokerState::Connected { connection: 1 }
    }

    fn max_payload(&self) -> usize {
        MAX_PAYLOAD
    }

    fn is_loopback(&self) -> bool {
        true
    }

    fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }
}

impl Hub {
    /// A number that nothing else has.
    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed)
    }

    /// Puts a message into the queues of all who subscribe; `false` when nobody does.
    fn send(&self, subject: &str, payload: &Bytes, reply: Option<&str>) -> bool {
        let subscribers = lock(&self.subscribers);
        let of_subject = subscribers.get(subject).map_or(&[][..], Vec::as_slice);
        for subscriber in of_subject {
            let delivery = Delivery {
                payload: payload.clone(),
                reply: reply.map(str::to_owned),
            };
            if subscriber.queue.try_send(delivery).is_err() {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
        !of_subject.is_empty()
    }

    fn answer(&self, id: u64, payload: Bytes) {
        if let Some(waiting) = lock(&self.waiting).remove(&id) {
            // Whoever waited may have gone away at this moment.
            let _ = waiting.send(payload);
        }
    }
}

impl Subscription for Receiver {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        self.queue.poll_recv(cx)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut subscribers = lock(&self.hub.subscribers);
        if let Some(of_subject) = subscribers.get_mut(&self.subject) {
            of_subject.retain(|subscriber| subscriber.id != self.id);
            if of_subject.is_empty() {
                subscribers.remove(&self.subject);
            }
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        lock(&self.hub.waiting).remove(&self.id);
    }
}

impl fmt::Debug for LocalBroker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalBroker")
            .field("subjects", &lock(&self.0.subscribers).len())
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that runs under these locks panics half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
