//! NATS as the broker: <https://nats.io>.

mod inbox;

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use async_nats::client::{PublishError, PublishErrorKind};
use async_nats::connection::State;
use async_nats::{Client, ConnectErrorKind, ConnectOptions, ServerAddr, Subscriber};
use bytes::Bytes;
use futures_util::Stream;
use tokio::runtime::Handle;

use self::inbox::Inbox;
use super::broker::{Broker, BrokerError, BrokerFuture, BrokerState, Delivery, Subscription};
use crate::error::{Error, ErrorKind};

/// How often the connection is tried, so that one that is dead is noticed after twice this time.
const PING: Duration = Duration::from_secs(5);

/// How many messages wait for one subscription; more are lost.
const CAPACITY: usize = 8192;

/// A connection to NATS, with the feature `nats`. Clones share it.
///
/// A server of version 2.2 or newer will do, without JetStream. When the connection breaks it is tried again until it is
/// there, for ever. Subjects begin with the name of the cluster ([`Builder::cluster`](crate::Builder::cluster)): a user
/// of NATS needs permission for `wspring.>` and `_INBOX.>`. Set a [secret](crate::Builder::cluster_secret), so that
/// nobody else who may publish there can push to the sessions of the cluster.
///
/// # Examples
///
/// ```no_run
/// use wspring::Server;
/// use wspring::cluster::Nats;
///
/// # async fn example() -> Result<(), wspring::Error> {
/// let nats = Nats::connect("nats://one.example:4222,nats://two.example:4222").await?;
/// Server::builder().broker(nats).run().await
/// # }
/// ```
#[derive(Clone)]
pub struct Nats(Arc<Inner>);

struct Inner {
    client: Client,
    inbox: Inbox,
    is_loopback: bool,
    lost: Arc<AtomicU64>,
}

impl Nats {
    /// Connects to one of the servers in a list with commas. User and password, or a token, may stand in the URLs; `tls://`
    /// asks for TLS.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for what is no URL, [`ErrorKind::Io`] when no server lets this client in within 5 s.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives the attempt up.
    pub async fn connect(servers: &str) -> Result<Self, Error> {
        Self::connect_with(ConnectOptions::new(), servers).await
    }

    /// Connects with other options of the crate `async-nats`, such as credentials or certificates. Its intervals,
    /// capacities and callbacks for events and delays are set here and not by the options, and `no_echo` must not be.
    ///
    /// `async-nats` is 0.50, with the features `ring` and no other; add it to your program with those that you need.
    ///
    /// # Errors
    ///
    /// Those of [`connect`](Self::connect).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives the attempt up.
    pub async fn connect_with(options: ConnectOptions, servers: &str) -> Result<Self, Error> {
        let addresses = addresses(servers)?;
        let is_loopback = addresses.iter().all(is_loopback);
        let lost = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&lost);
        let client = options
            .name("wspring")
            .ping_interval(PING)
            .subscription_capacity(CAPACITY)
            .connection_timeout(Duration::from_secs(5))
            .reconnect_delay_callback(delay)
            .event_callback(move |event| {
                if matches!(event, async_nats::Event::SlowConsumer(_)) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                async {}
            })
            .connect(addresses)
            .await
            .map_err(|error| match error.kind() {
                ConnectErrorKind::ServerParse => bad_url(servers, error),
                _ => cannot_connect(error),
            })?;
        let inbox = Inbox::open(&client).await.map_err(cannot_connect)?;
        Ok(Self(Arc::new(Inner {
            client,
            inbox,
            is_loopback,
            lost,
        })))
    }

    /// What is sent while there is no connection waits in the client, and would be sent at some later time.
    fn check(&self) -> Result<(), BrokerError> {
        match self.0.client.connection_state() {
            State::Connected => Ok(()),
            State::Pending | State::Disconnected => Err(BrokerError::Disconnected),
        }
    }
}

impl Broker for Nats {
    fn publish<'a>(&'a self, subject: &'a str, payload: Bytes) -> BrokerFuture<'a, ()> {
        Box::pin(async move {
            self.check()?;
            let size = payload.len();
            let published = self.0.client.publish(subject.to_owned(), payload).await;
            published.map_err(|error| self.failed(error, size))
        })
    }

    fn subscribe<'a>(&'a self, subject: &'a str) -> BrokerFuture<'a, Box<dyn Subscription>> {
        Box::pin(async move {
            self.check()?;
            let subscriber = self.0.client.subscribe(subject.to_owned()).await;
            let subscriber = subscriber.map_err(|error| BrokerError::Other(error.into()))?;
            Ok(Box::new(Messages::new(subscriber)) as Box<dyn Subscription>)
        })
    }

    fn request<'a>(
        &'a self,
        subject: &'a str,
        payload: Bytes,
        timeout: Duration,
    ) -> BrokerFuture<'a, Bytes> {
        Box::pin(async move {
            self.check()?;
            let size = payload.len();
            // Not the request of the client: it keeps those that time out for ever.
            let expected = self.0.inbox.expect().ok_or_else(|| {
                BrokerError::Other("too many requests wait for their answers".into())
            })?;
            let asked = async {
                let reply = expected.subject();
                let client = &self.0.client;
                client
                    .publish_with_reply(subject.to_owned(), reply, payload)
                    .await
                    .map_err(|error| self.failed(error, size))?;
                expected.answer().await
            };
            let answer = tokio::time::timeout(timeout, asked).await;
            answer.unwrap_or(Err(BrokerError::Timeout { after: timeout }))
        })
    }

    fn state(&self) -> BrokerState {
        let Inner { client, .. } = &*self.0;
        match client.connection_state() {
            State::Connected => BrokerState::Connected {
                connection: client.statistics().connects.load(Ordering::Relaxed),
            },
            State::Pending | State::Disconnected => BrokerState::Disconnected,
        }
    }

    fn max_payload(&self) -> usize {
        self.0.client.max_payload()
    }

    fn is_loopback(&self) -> bool {
        self.0.is_loopback
    }

    fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }
}

impl Nats {
    fn failed(&self, error: PublishError, size: usize) -> BrokerError {
        match error.kind() {
            PublishErrorKind::MaxPayloadExceeded => BrokerError::TooLarge {
                size,
                limit: self.max_payload(),
            },
            _ => BrokerError::Other(error.into()),
        }
    }
}

/// The messages of a subject, or of several.
struct Messages {
    /// There until it is dropped.
    subscriber: Option<Subscriber>,
    runtime: Handle,
}

impl Messages {
    fn new(subscriber: Subscriber) -> Self {
        Self {
            subscriber: Some(subscriber),
            runtime: Handle::current(),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<async_nats::Message>> {
        match &mut self.subscriber {
            Some(subscriber) => Pin::new(subscriber).poll_next(cx),
            None => Poll::Ready(None),
        }
    }
}

impl Subscription for Messages {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        self.poll(cx).map(|message| {
            let async_nats::Message { payload, reply, .. } = message?;
            let reply = reply.map(|reply| reply.to_string());
            Some(Delivery { payload, reply })
        })
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        // A subscriber that is dropped starts a task, and panics outside a runtime.
        let _runtime = self.runtime.enter();
        self.subscriber = None;
    }
}

/// How long after so many failed attempts the next one is made: soon, because nothing reaches other nodes meanwhile, and
/// not by all nodes at once.
fn delay(attempts: usize) -> Duration {
    let most = (50 * attempts).clamp(50, 1000);
    Duration::from_millis(rand::random_range(most as u64 / 2..=most as u64))
}

fn addresses(servers: &str) -> Result<Vec<ServerAddr>, Error> {
    let all = servers.split(',').map(|server| server.trim().parse());
    all.collect::<Result<_, _>>()
        .map_err(|error| bad_url(servers, error))
}

/// Whether a server of NATS is on this machine for certain.
fn is_loopback(address: &ServerAddr) -> bool {
    let host = address.host().trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

fn bad_url(servers: &str, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let text = format!(
        "`{}` is no address of NATS: write it like `nats://127.0.0.1:4222`, several with commas",
        without_password(servers)
    );
    Error::caused(ErrorKind::Config, text, error)
}

fn cannot_connect(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let text =
        "cannot connect to NATS: start it, or see that the address and the credentials are right";
    Error::caused(ErrorKind::Io, text, error)
}

/// What may stand in a log.
fn without_password(servers: &str) -> &str {
    if servers.contains('@') {
        "(with credentials)"
    } else {
        servers
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats")
            .field("state", &self.state())
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_a_list_with_commas() {
        let two = addresses("nats://one.example:4222, tls://two.example").unwrap();
        assert_eq!((two[0].host(), two[0].port()), ("one.example", 4222));
        assert_eq!((two[1].host(), two[1].port()), ("two.example", 4222));
        assert!(two[1].tls_required());
    }

    #[test]
    fn a_server_on_this_machine_is_known_by_its_address() {
        for (servers, expected) in [
            ("nats://127.0.0.1:4222", true),
            ("nats://LOCALHOST,tls://[::1]:4222", true),
            ("nats://localhost,nats://one.example", false),
            ("nats://10.0.0.1", false),
            ("nats://127.0.0.1.example", false),
        ] {
            let all = addresses(servers).unwrap();
            assert_eq!(all.iter().all(is_loopback), expected, "{servers}");
        }
    }

    #[test]
    fn a_mistake_in_an_address_is_told_without_its_password() {
        for (bad, told) in [
            ("nats://one.example:x", "`nats://one.example:x`"),
            ("nats://me:secret@one.example:x", "`(with credentials)`"),
        ] {
            let error = addresses(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(told), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn attempts_are_never_far_apart() {
        for attempts in [0, 1, 5, 1000, usize::MAX / 50] {
            assert!((25..=1000).contains(&delay(attempts).as_millis()));
        }
    }
}
