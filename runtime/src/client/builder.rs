use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Response};
#[cfg(feature = "tls")]
use tokio_rustls::rustls::ClientConfig;

use crate::bounds;
use crate::handshake::{self, Compression, HeadLimits};
use crate::session::{OutboxLimits, SendTimeout};
use crate::site::{StateMap, Terms, Unhandled};

/// What connects to servers, with everything that can be set about that.
///
/// ```
/// use std::time::Duration;
/// use wspring::{Client, Compression};
///
/// let client = Client::new()
///     .header("authorization", "Bearer 123")
///     .subprotocols(["chat.v2", "chat.v1"])
///     .compression(Compression::on())
///     .connect_timeout(Duration::from_secs(3));
/// ```
///
/// It is cheap to clone, and opens any number of connections. Sizes are at least 1; times are at least a millisecond and
/// at most a day. What is out of bounds is an error of [`connect`](Self::connect).
///
/// Java: `WebSocketContainer` and `ClientEndpointConfig`.
#[derive(Clone, Default)]
pub struct Client {
    pub(super) headers: HeaderMap,
    pub(super) subprotocols: Vec<String>,
    pub(super) compression: Compression,
    pub(super) terms: Terms,
    pub(super) outbox: OutboxLimits,
    send_timeout: Option<Duration>,
    pub(super) connect_timeout: ConnectTimeout,
    pub(super) head_limits: HeadLimits,
    pub(super) state: StateMap,
    pub(super) properties: Extensions,
    pub(super) before_request: Option<BeforeRequest>,
    pub(super) after_response: Option<AfterResponse>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Arc<ClientConfig>>,
    /// What cannot be used, a sentence each.
    wrong: Vec<String>,
}

/// How long it may take until the server has answered.
#[derive(Clone, Copy)]
pub(super) struct ConnectTimeout(pub(super) Duration);

type BeforeRequest = Arc<dyn Fn(&mut HeaderMap) + Send + Sync>;
type AfterResponse = Arc<dyn Fn(&Response<Bytes>) + Send + Sync>;

impl Client {
    /// A client with the default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header to the request. Those of the handshake itself (RFC 6455 §4.1) are the client's own to write, but for
    /// `Host` and `Origin`; subprotocols are offered with [`subprotocols`](Self::subprotocols).
    #[must_use]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(_)) if handshake::is_reserved(&name) => self.wrong.push(format!(
                "the header `{name}` belongs to the protocol: leave it out"
            )),
            (Ok(name), Ok(value)) => {
                if let Err(error) = self.headers.try_append(name, value) {
                    self.wrong.push(error.to_string());
                }
            }
            // The value may be a secret.
            (Ok(name), Err(_)) => self.wrong.push(format!(
                "the value of the header `{name}` has characters that no header can have"
            )),
            (Err(_), _) => {
                let text = "the name of a header has characters that none can have";
                self.wrong.push(text.to_owned());
            }
        }
        self
    }

    /// The subprotocols to offer, the best one first; those of `#[client_endpoint(subprotocols = […])]` take precedence.
    /// Where the server chooses none of them, the session is opened all the same. Java:
    /// `ClientEndpointConfig.getPreferredSubprotocols()`.
    #[must_use]
    pub fn subprotocols<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.subprotocols = names.into_iter().map(Into::into).collect();
        self
    }

    /// Whether compression is offered, and how. Default: off. The server may decline it.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Gives the value that handlers take as [`State<T>`](crate::State); one value for each type.
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(mut self, state: T) -> Self {
        self.state.insert(state);
        self
    }

    /// A value that the [`Properties`](crate::Properties) of each session have from the start, one for each type. Java:
    /// `ClientEndpointConfig.getUserProperties()`.
    #[must_use]
    pub fn property<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.properties.insert(value);
        self
    }

    /// Is called with the headers of each request before it is sent, and may change them: a token that has to be fresh
    /// when a connection is opened again. Java: `Configurator.beforeRequest`.
    #[must_use]
    pub fn before_request(mut self, hook: impl Fn(&mut HeaderMap) + Send + Sync + 'static) -> Self {
        self.before_request = Some(Arc::new(hook));
        self
    }

    /// Is called with each HTTP answer, a 101 or a refusal, before anything else looks at it. Where no answer comes it is
    /// not called. Java: `Configurator.afterResponse`.
    #[must_use]
    pub fn after_response(
        mut self,
        hook: impl Fn(&Response<Bytes>) + Send + Sync + 'static,
    ) -> Self {
        self.after_response = Some(Arc::new(hook));
        self
    }

    /// How long it may take to find the server, to connect, and to get its answer. Default: 10 seconds.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = ConnectTimeout(timeout);
        self
    }

    /// The most bytes that the head of the server's answer may have, from 1,024 to 1,048,576. Default: 32,768.
    #[must_use]
    pub fn max_head_bytes(mut self, bytes: usize) -> Self {
        self.head_limits.bytes = bytes;
        self
    }

    /// The most header fields that the server's answer may have, from 16 to 4,096. Default: 128.
    #[must_use]
    pub fn max_head_fields(mut self, fields: usize) -> Self {
        self.head_limits.fields = fields;
        self
    }

    /// How `wss://` is spoken: which certificates are trusted, a certificate of the client's own, and whatever else
    /// [rustls](crate::rustls) can do. Default: TLS 1.2 and 1.3, with the certificates that the system trusts. With the
    /// feature `tls`. Of ALPN, `http/1.1` is offered. Java: `ClientEndpointConfig.getSSLContext()`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, config: impl Into<Arc<ClientConfig>>) -> Self {
        self.tls = Some(super::tls::with_http_1(config.into()));
        self
    }

    /// The largest message that the server may send, in bytes; a larger one ends the session with 1009. It does not apply to
    /// a [`Partial`](crate::Partial) or a [`MessageReader`](crate::MessageReader). Default: 64 KiB.
    /// Java: `setDefaultMaxTextMessageBufferSize`, `setDefaultMaxBinaryMessageBufferSize`.
    #[must_use]
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.terms.limits.max_text_size = bytes;
        self.terms.limits.max_binary_size = bytes;
        self
    }

    /// The most fragments that one message may come in; beyond it the session ends with 1008. Default: one for each 64 bytes
    /// that the message may have, and at least 1,024.
    #[must_use]
    pub fn max_fragments(mut self, fragments: usize) -> Self {
        self.wrong.extend(bounds::size("max_fragments", fragments));
        self.terms.limits.max_fragments = NonZeroU32::new(fragments.try_into().unwrap_or(u32::MAX));
        self
    }

    /// How many bytes a session may have queued. Default: 1 MiB.
    #[must_use]
    pub fn outbox_bytes(mut self, bytes: usize) -> Self {
        self.outbox.bytes = bytes;
        self
    }

    /// How many messages a session may have queued. Default: 1024.
    #[must_use]
    pub fn outbox_messages(mut self, messages: usize) -> Self {
        self.outbox.messages = messages;
        self
    }

    /// How long a send may wait for room in the outbox, as a time or `None`. Default: `None`, for ever. Java:
    /// `setAsyncSendTimeout`.
    #[must_use]
    pub fn send_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        let timeout = timeout.into();
        self.send_timeout = timeout;
        self.outbox.send_timeout = SendTimeout::new(timeout);
        self
    }

    /// How often the server is pinged. Default: 25 seconds.
    #[must_use]
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.terms.ping_interval = interval;
        self
    }

    /// How long the server may be silent after a ping; then it counts as gone (1006). Default: 20 seconds.
    #[must_use]
    pub fn pong_timeout(mut self, timeout: Duration) -> Self {
        self.terms.pong_timeout = timeout;
        self
    }

    /// How long one message may take from its first to its last byte; above it the session ends with 1008. Default: 60
    /// seconds.
    #[must_use]
    pub fn message_timeout(mut self, timeout: Duration) -> Self {
        self.terms.message_timeout = timeout;
        self
    }

    /// Sets how long the server may take nothing of what waits for it; then the session is cut off (1006). What counts as
    /// taken is the same as on a [server](crate::Builder::write_timeout). Default: 60 seconds.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.terms.write_timeout = timeout;
        self
    }

    /// Sets how many bytes per second the server must take while something waits for it, or `None` for any number; a
    /// slower one is cut off (1006). See [`Builder::min_throughput`](crate::Builder::min_throughput). Default: 2,048.
    #[must_use]
    pub fn min_throughput(mut self, bytes_per_second: impl Into<Option<usize>>) -> Self {
        self.terms.min_throughput = bytes_per_second.into();
        self
    }

    /// How long a session may be idle, as a time or `None`; then it is closed with 1001. What counts is the same as on a
    /// [server](crate::Builder::idle_timeout). Default: `None`, for ever. Java: `setDefaultMaxSessionIdleTimeout`.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.terms.idle_timeout = timeout.into();
        self
    }

    /// What happens to a message of a kind that no handler takes. Default: [`Unhandled::Close`].
    #[must_use]
    pub fn unhandled(mut self, policy: Unhandled) -> Self {
        self.terms.unhandled = policy;
        self
    }

    /// How long the server may take to answer a Close frame, and then to close the TCP connection. Default: 5 seconds.
    #[must_use]
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.terms.close_timeout = timeout;
        self
    }

    /// What is wrong with these settings, a sentence each.
    pub(super) fn problems(&self) -> impl Iterator<Item = String> {
        let terms = &self.terms;
        let sizes = [
            ("max_message_size", terms.limits.max_text_size),
            ("outbox_bytes", self.outbox.bytes),
            ("outbox_messages", self.outbox.messages),
            ("min_throughput", terms.min_throughput.unwrap_or(1)),
        ];
        let times = [
            ("connect_timeout", self.connect_timeout.0),
            ("send_timeout", self.send_timeout.unwrap_or(bounds::LONGEST)),
            ("ping_interval", terms.ping_interval),
            ("pong_timeout", terms.pong_timeout),
            ("message_timeout", terms.message_timeout),
            ("write_timeout", terms.write_timeout),
            (
                "idle_timeout",
                terms.idle_timeout.unwrap_or(bounds::LONGEST),
            ),
            ("close_timeout", terms.close_timeout),
        ];
        let sizes = sizes.map(|(name, size)| bounds::size(name, size));
        let times = times.map(|(name, time)| bounds::time(name, time));
        let found = sizes.into_iter().chain(times).flatten();
        let wrong = self.wrong.iter().cloned();
        wrong
            .chain(found)
            .chain(self.head_limits.problems())
            .chain(self.compression.problems())
    }
}

impl Default for ConnectTimeout {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the values of the headers: there are secrets in them.
        f.debug_struct("Client")
            .field("subprotocols", &self.subprotocols)
            .field("compression", &self.compression)
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}
