use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;

use crate::box_error::BoxError;

/// What carries messages between the nodes of a cluster.
///
/// Use `Nats` (feature `nats`), or [`LocalBroker`](super::LocalBroker) for servers of one process. Your own broker has to
/// keep these rules:
///
/// * A message that is published goes to every subscription of its subject, also to those of the same client.
/// * Subjects are compared byte by byte. They hold letters, digits, `.`, `-` and `_` only: keys never stand in them.
/// * The messages of one client to one subject arrive in order, if they arrive. What is published may be lost, come
///   twice, or be late: nodes notice it, and repair what they know of each other. A request must not come twice.
/// * Everything is bounded, and nothing waits without an end: what finds no room is lost and [counted](Self::lost).
///
/// # Examples
///
/// A broker that forwards to another one:
///
/// ```
/// use std::time::Duration;
/// use bytes::Bytes;
/// use wspring::cluster::{Broker, BrokerFuture, BrokerState, LocalBroker, Subscription};
///
/// struct Logged(LocalBroker);
///
/// impl Broker for Logged {
///     fn publish<'a>(&'a self, subject: &'a str, payload: Bytes) -> BrokerFuture<'a, ()> {
///         println!("{} bytes to {subject}", payload.len());
///         self.0.publish(subject, payload)
///     }
///
///     fn subscribe<'a>(&'a self, subject: &'a str) -> BrokerFuture<'a, Box<dyn Subscription>> {
///         self.0.subscribe(subject)
///     }
///
///     fn request<'a>(&'a self, subject: &'a str, payload: Bytes, timeout: Duration) -> BrokerFuture<'a, Bytes> {
///         self.0.request(subject, payload, timeout)
///     }
///
///     fn state(&self) -> BrokerState { self.0.state() }
///     fn max_payload(&self) -> usize { self.0.max_payload() }
/// }
///
/// let server = wspring::Server::builder().broker(Logged(LocalBroker::new()));
/// ```
pub trait Broker: Send + Sync + 'static {
    /// Sends a message to whoever subscribes to `subject`; nobody may.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Disconnected`] at once while there is no connection, [`BrokerError::TooLarge`] above
    /// [`max_payload`](Self::max_payload).
    ///
    /// # Cancel safety
    ///
    /// The message may or may not have been sent when the future is dropped.
    fn publish<'a>(&'a self, subject: &'a str, payload: Bytes) -> BrokerFuture<'a, ()>;

    /// Takes part in what is published to `subject`, until the subscription is dropped. It outlives a connection that
    /// breaks and comes back.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Disconnected`] while there is no connection.
    fn subscribe<'a>(&'a self, subject: &'a str) -> BrokerFuture<'a, Box<dyn Subscription>>;

    /// Sends a message with [a place for the answer](Delivery::reply), and waits for the first answer.
    ///
    /// # Errors
    ///
    /// [`BrokerError::NoResponders`] as soon as it is known that nobody subscribes to the subject;
    /// [`BrokerError::Disconnected`] at once while there is no connection, and then nothing was sent;
    /// [`BrokerError::Timeout`] when no answer came in time: the message may have arrived.
    ///
    /// # Cancel safety
    ///
    /// The message may or may not have been sent when the future is dropped; nothing is kept for its answer.
    fn request<'a>(
        &'a self,
        subject: &'a str,
        payload: Bytes,
        timeout: Duration,
    ) -> BrokerFuture<'a, Bytes>;

    /// Whether there is a connection at this moment. It is asked before each message, so it must be cheap.
    fn state(&self) -> BrokerState;

    /// The largest message in bytes.
    fn max_payload(&self) -> usize;

    /// Whether all that it carries stays on this machine. If not, a server warns when it starts without a
    /// [secret](crate::Builder::cluster_secret). Default: `false`.
    fn is_loopback(&self) -> bool {
        false
    }

    /// How many messages for subscriptions of this client were dropped because they came faster than they were taken.
    fn lost(&self) -> u64 {
        0
    }
}

/// What the methods of a [`Broker`] return: a trait object can have no `async fn`.
pub type BrokerFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BrokerError>> + Send + 'a>>;

/// The messages of one subject, in the order in which they came.
pub trait Subscription: Send {
    /// The next message; `None` when the broker's client is closed for good.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>>;
}

/// A message that a [`Subscription`] got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What was published.
    pub payload: Bytes,
    /// The subject to which an answer is published, if one is waited for.
    pub reply: Option<String>,
}

/// Whether a [`Broker`] has a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BrokerState {
    /// It has.
    Connected {
        /// Which connection it is: a number that no earlier one had. When it changes, messages may have been missed.
        connection: u64,
    },
    /// It has none, and tries to get one again.
    Disconnected,
}

/// Why a [`Broker`] did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// There is no connection, and nothing was sent.
    #[error("there is no connection to the broker: it is tried again, see that the broker runs")]
    Disconnected,
    /// Nobody subscribes to the subject of a request.
    #[error("nobody subscribes to the subject")]
    NoResponders,
    /// No answer came in time. The message may have arrived.
    #[error("no answer came within {after:?}")]
    Timeout {
        /// How long it was waited for.
        after: Duration,
    },
    /// The message is larger than the broker takes. Nothing was sent.
    #[error(
        "a message of {size} bytes is larger than the {limit} bytes that the broker takes: send less, or raise its limit"
    )]
    TooLarge {
        /// The message's length in bytes.
        size: usize,
        /// The broker's bound in bytes.
        limit: usize,
    },
    /// Something else went wrong.
    #[error("the broker failed: {0}")]
    Other(#[source] BoxError),
}

impl BrokerState {
    pub(super) fn connection(self) -> Option<u64> {
        match self {
            Self::Connected { connection } => Some(connection),
            Self::Disconnected => None,
        }
    }
}
