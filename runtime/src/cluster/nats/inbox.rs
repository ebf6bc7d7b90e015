//! Where the answers to this client's requests arrive.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_nats::client::SubscribeError;
use async_nats::{Client, StatusCode};
use bytes::Bytes;
use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Messages;
use crate::cluster::broker::BrokerError;

/// How many requests may wait for their answers at a time.
const MAX_WAITING: usize = 65_536;

/// One subscription for all answers. It closes when it is dropped.
pub(super) struct Inbox {
    subject: String,
    waiting: Arc<Waiting>,
    last: AtomicU64,
    _closes: DropGuard,
}

/// Who waits, by the number of the request.
#[derive(Default)]
struct Waiting(Mutex<HashMap<u64, oneshot::Sender<Result<Bytes, BrokerError>>>>);

/// An answer that is waited for; nothing is kept for it when this is dropped.
pub(super) struct Expected<'i> {
    inbox: &'i Inbox,
    number: u64,
    answer: oneshot::Receiver<Result<Bytes, BrokerError>>,
}

impl Inbox {
    pub(super) async fn open(client: &Client) -> Result<Self, SubscribeError> {
        let subject = client.new_inbox();
        let mut answers = Messages::new(client.subscribe(format!("{subject}.*")).await?);
        let waiting = Arc::new(Waiting::default());
        let closed = CancellationToken::new();
        let inbox = Self {
            subject,
            waiting: Arc::clone(&waiting),
            last: AtomicU64::new(0),
            _closes: closed.clone().drop_guard(),
        };
        tokio::spawn(async move {
            let take = async {
                while let Some(message) = poll_fn(|cx| answers.poll(cx)).await {
                    waiting.take(&message);
                }
            };
            tokio::select! {
                () = closed.cancelled() => {}
                () = take => {}
            }
        });
        Ok(inbox)
    }

    /// Makes room for an answer, unless too many are waited for.
    pub(super) fn expect(&self) -> Option<Expected<'_>> {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        let mut waiting = self.waiting.lock();
        if waiting.len() >= MAX_WAITING {
            return None;
        }
        waiting.insert(number, sender);
        Some(Expected {
            inbox: self,
            number,
            answer,
        })
    }
}

impl Expected<'_> {
    /// Where the answer is to be sent.
    pub(super) fn subject(&self) -> String {
        format!("{}.{}", self.inbox.subject, self.number)
    }

    /// The answer, or that nobody listens to the request.
    pub(super) async fn answer(mut self) -> Result<Bytes, BrokerError> {
        // The inbox is open for as long as somebody expects something.
        let closed = |_| Err(BrokerError::Disconnected);
        (&mut self.answer).await.unwrap_or_else(closed)
    }
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        self.inbox.waiting.lock().remove(&self.number);
    }
}

impl Waiting {
    fn take(&self, message: &async_nats::Message) {
        let number = message.subject.rsplit('.').next();
        let Some(number) = number.and_then(|number| number.parse().ok()) else {
            return;
        };
        let waiting = self.lock().remove(&number);
        if let Some(waiting) = waiting {
            let answer = if message.status == Some(StatusCode::NO_RESPONDERS) {
                Err(BrokerError::NoResponders)
            } else {
                Ok(message.payload.clone())
            };
            // Whoever waited may have gone away at this moment.
            let _ = waiting.send(answer);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Result<Bytes, BrokerError>>>> {
        // Nothing that runs under this lock panics half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
