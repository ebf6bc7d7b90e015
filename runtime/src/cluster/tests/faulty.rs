//! A broker that loses, doubles and delays messages and cuts clients off, by a seed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::time::{Instant, sleep, sleep_until};

use crate::cluster::{
    Broker, BrokerError, BrokerFuture, BrokerState, Delivery, LocalBroker, Subscription,
};

#[derive(Clone)]
pub(super) struct Network(Arc<Shared>);

struct Shared {
    broker: LocalBroker,
    random: Mutex<StdRng>,
    is_faulty: AtomicBool,
}

/// One node's connection.
#[derive(Clone)]
pub(super) struct Client {
    network: Network,
    link: Arc<Link>,
}

struct Link {
    /// It knows that there is no connection.
    is_up: AtomicBool,
    connection: AtomicU64,
    /// It thinks that all is well, and nothing comes through.
    is_cut: AtomicBool,
}

struct Lossy {
    messages: Box<dyn Subscription>,
    link: Arc<Link>,
}

/// What happens to a message.
struct Fate {
    copies: usize,
    delays: [Duration; 2],
}

impl Network {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Shared {
            broker: LocalBroker::new(),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            is_faulty: AtomicBool::new(false),
        }))
    }

    pub(super) fn set_faulty(&self, is_faulty: bool) {
        self.0.is_faulty.store(is_faulty, Ordering::SeqCst);
    }

    pub(super) fn client(&self) -> Client {
        Client {
            network: self.clone(),
            link: Arc::new(Link {
                is_up: AtomicBool::new(true),
                connection: AtomicU64::new(1),
                is_cut: AtomicBool::new(false),
            }),
        }
    }

    fn fate(&self) -> Fate {
        let mut random = self.0.random.lock().unwrap();
        let is_faulty = self.0.is_faulty.load(Ordering::SeqCst);
        let copies = match random.random_range(0..20) {
            _ if !is_faulty => 1,
            0 => 0,
            1 => 2,
            _ => 1,
        };
        let mut delay = || match random.random_range(0..10) {
            0 if is_faulty => random.random_range(0..200),
            _ => 0,
        };
        let delays = [delay(), delay()].map(Duration::from_millis);
        Fate { copies, delays }
    }
}

impl Client {
    pub(super) fn set_up(&self, is_up: bool) {
        if is_up && !self.link.is_up.load(Ordering::SeqCst) {
            self.link.connection.fetch_add(1, Ordering::SeqCst);
        }
        self.link.is_up.store(is_up, Ordering::SeqCst);
    }

    pub(super) fn is_dead(&self) -> bool {
        self.link.is_dead()
    }

    pub(super) fn set_cut(&self, is_cut: bool) {
        self.link.is_cut.store(is_cut, Ordering::SeqCst);
    }
}

impl Link {
    fn is_dead(&self) -> bool {
        self.is_cut.load(Ordering::SeqCst) || !self.is_up.load(Ordering::SeqCst)
    }
}

impl Broker for Client {
    fn publish<'a>(&'a self, subject: &'a str, payload: Bytes) -> BrokerFuture<'a, ()> {
        Box::pin(async move {
            if self.state() == BrokerState::Disconnected {
                return Err(BrokerError::Disconnected);
            }
            let fate = self.network.fate();
            let copies = if self.link.is_dead() { 0 } else { fate.copies };
            for delay in &fate.delays[..copies] {
                let broker = self.network.0.broker.clone();
                let (subject, payload, delay) = (subject.to_owned(), payload.clone(), *delay);
                if delay.is_zero() {
                    broker.publish(&subject, payload).await?;
                } else {
                    tokio::spawn(async move {
                        sleep(delay).await;
                        broker.publish(&subject, payload).await
                    });
                }
            }
            Ok(())
        })
    }

    fn subscribe<'a>(&'a self, subject: &'a str) -> BrokerFuture<'a, Box<dyn Subscription>> {
        Box::pin(async move {
            let lossy = Lossy {
                messages: self.network.0.broker.subscribe(subject).await?,
                link: Arc::clone(&self.link),
            };
            Ok(Box::new(lossy) as Box<dyn Subscription>)
        })
    }

    /// A request arrives at most once, and so does its answer.
    fn request<'a>(
        &'a self,
        subject: &'a str,
        payload: Bytes,
        timeout: Duration,
    ) -> BrokerFuture<'a, Bytes> {
        Box::pin(async move {
            if self.state() == BrokerState::Disconnected {
                return Err(BrokerError::Disconnected);
            }
            let end = Instant::now() + timeout;
            let nothing = async {
                sleep_until(end).await;
                Err(BrokerError::Timeout { after: timeout })
            };
            let fate = self.network.fate();
            if fate.copies == 0 || self.link.is_dead() {
                return nothing.await;
            }
            sleep(fate.delays[0]).await;
            let answer = self
                .network
                .0
                .broker
                .request(subject, payload, timeout)
                .await;
            if self.network.fate().copies == 0 || self.link.is_dead() {
                return nothing.await;
            }
            answer
        })
    }

    fn state(&self) -> BrokerState {
        if self.link.is_up.load(Ordering::SeqCst) {
            let connection = self.link.connection.load(Ordering::SeqCst);
            BrokerState::Connected { connection }
        } else {
            BrokerState::Disconnected
        }
    }

    fn max_payload(&self) -> usize {
        self.network.0.broker.max_payload()
    }
}

impl Subscription for Lossy {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        loop {
            match self.messages.poll_next(cx) {
                Poll::Ready(Some(_)) if self.link.is_dead() => {}
                other => return other,
            }
        }
    }
}
