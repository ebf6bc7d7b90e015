use std::any::type_name;
use std::fmt;
use std::time::Duration;

use super::{Declaration, Endpoint};
use crate::handshake::{InvalidOrigin, Origins};
use crate::site::DeclaredAt;
use crate::site::{FastProducer, OnDuplicate, Unhandled, write_found_at};

/// The path of an endpoint that is given to a server by hand, with what `#[server_endpoint]` has as arguments.
///
/// Where the path is enough, a `&str` or a `String` will do. Java: `ServerEndpointConfig`.
///
/// ```
/// use wspring::prelude::*;
/// use wspring::{EndpointConfig, OnDuplicate};
///
/// struct Echo;
///
/// impl Endpoint for Echo {}
///
/// let chat = EndpointConfig::new("/<room>/<user>").key("user").on_duplicate(OnDuplicate::All);
/// let server = Server::builder()
///     .endpoint("/echo", |_| Echo)
///     .endpoint(chat, |_| Echo);
/// ```
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    pub(crate) name: &'static str,
    pub(crate) path: String,
    pub(crate) declared_at: Option<DeclaredAt>,
    pub(crate) key: Option<String>,
    pub(crate) on_duplicate: OnDuplicate,
    pub(crate) heartbeat: Option<Box<str>>,
    pub(crate) max_message_size: Option<usize>,
    pub(crate) compression: Option<bool>,
    pub(crate) unhandled: Option<Unhandled>,
    /// The inner `None` is a session that may be idle for ever.
    pub(crate) idle_timeout: Option<Option<Duration>>,
    /// The inner `None` is a session that may live for ever.
    pub(crate) max_age: Option<Option<Duration>>,
    pub(crate) messages_per_second: Option<usize>,
    pub(crate) bytes_per_second: Option<usize>,
    pub(crate) fast_producer: Option<FastProducer>,
    pub(crate) origins: Option<Result<Origins, InvalidOrigin>>,
    pub(crate) subprotocols: Vec<String>,
}

impl EndpointConfig {
    /// An endpoint at `path`, with every other argument at its default. A path that breaks the grammar keeps the server
    /// from starting, or the endpoint from being added.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            name: "",
            path: path.into(),
            declared_at: None,
            key: None,
            on_duplicate: OnDuplicate::Newest,
            heartbeat: None,
            max_message_size: None,
            compression: None,
            unhandled: None,
            idle_timeout: None,
            max_age: None,
            messages_per_second: None,
            bytes_per_second: None,
            fast_producer: None,
            origins: None,
            subprotocols: Vec::new(),
        }
    }

    /// What stands in `#[server_endpoint(…)]`.
    pub(crate) fn declared(declaration: &Declaration) -> Self {
        Self {
            name: declaration.name,
            path: declaration.path.to_owned(),
            declared_at: Some(declaration.declared_at),
            key: declaration.key.map(str::to_owned),
            on_duplicate: declaration.on_duplicate,
            heartbeat: declaration.heartbeat.map(Into::into),
            max_message_size: declaration.max_message_size,
            compression: declaration.compression,
            unhandled: declaration.unhandled,
            idle_timeout: declaration.idle_timeout,
            max_age: declaration.max_age,
            messages_per_second: declaration.messages_per_second,
            bytes_per_second: declaration.bytes_per_second,
            fast_producer: declaration.fast_producer,
            origins: declaration.origins.map(Origins::declared),
            subprotocols: declaration
                .subprotocols
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
        }
    }

    /// The variable whose value is the key that [`send_info`](crate::send_info) addresses. Default: the path's only
    /// variable.
    #[must_use]
    pub fn key(mut self, variable: impl Into<String>) -> Self {
        self.key = Some(variable.into());
        self
    }

    /// What a second connection with the same key means. Default: [`OnDuplicate::Newest`]. Where sessions have no key, it has
    /// no effect, and the server logs a warning when it starts.
    #[must_use]
    pub fn on_duplicate(mut self, policy: OnDuplicate) -> Self {
        self.on_duplicate = policy;
        self
    }

    /// A text message that equals `text` is sent straight back and reaches no handler. An empty one keeps the server from
    /// starting.
    #[must_use]
    pub fn heartbeat(mut self, text: impl Into<String>) -> Self {
        self.heartbeat = Some(text.into().into_boxed_str());
        self
    }

    /// The largest message that a peer may send, in bytes. It does not apply to a [`Partial`](crate::Partial) or a
    /// [`MessageReader`](crate::MessageReader). Default: the server's.
    #[must_use]
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.max_message_size = Some(bytes);
        self
    }

    /// Whether messages are compressed where the client offers it. Default: the server's.
    #[must_use]
    pub fn compression(mut self, is_on: bool) -> Self {
        self.compression = Some(is_on);
        self
    }

    /// What happens to a message of a kind that no handler takes. Default: the server's.
    #[must_use]
    pub fn unhandled(mut self, policy: Unhandled) -> Self {
        self.unhandled = Some(policy);
        self
    }

    /// How long a session may be idle before it is closed with 1001, from 1 ms to 24 h; `None` is for ever.
    /// Default: the server's.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.idle_timeout = Some(timeout.into());
        self
    }

    /// Sets the time after which a session is closed with 1012, from 1 ms to 365 days, or `None` for sessions of any age; see
    /// [`Builder::max_age`](crate::Builder::max_age). Default: the server's.
    #[must_use]
    pub fn max_age(mut self, age: impl Into<Option<Duration>>) -> Self {
        self.max_age = Some(age.into());
        self
    }

    /// How many messages a peer may send in a second, at least 1; see
    /// [`Builder::messages_per_second`](crate::Builder::messages_per_second). Default: the server's.
    #[must_use]
    pub fn messages_per_second(mut self, messages: usize) -> Self {
        self.messages_per_second = Some(messages);
        self
    }

    /// How many bytes of messages a peer may send in a second, at least 1; see
    /// [`Builder::bytes_per_second`](crate::Builder::bytes_per_second). Default: the server's.
    #[must_use]
    pub fn bytes_per_second(mut self, bytes: usize) -> Self {
        self.bytes_per_second = Some(bytes);
        self
    }

    /// What happens to a peer that sends more than that. Default: the server's.
    #[must_use]
    pub fn fast_producer(mut self, policy: FastProducer) -> Self {
        self.fast_producer = Some(policy);
        self
    }

    /// Which web pages may connect. Default: the server's. Java: `Configurator.checkOrigin`.
    #[must_use]
    pub fn origins(mut self, origins: Origins) -> Self {
        self.origins = Some(Ok(origins));
        self
    }

    /// The subprotocols that are spoken here: of those that a client offers, the first that is among them is agreed on. A
    /// client that offers none of them, or none at all, is connected without one. A name that is not a token, or
    /// stands there twice, keeps the server from starting. Default: none. Java: `ServerEndpointConfig.getSubprotocols()`.
    #[must_use]
    pub fn subprotocols<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.subprotocols = names.into_iter().map(Into::into).collect();
        self
    }

    /// The path, as it was written.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name of the endpoint's type, without its module; empty until the endpoint is given to a server.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The name of the type that is served here, for messages to people.
    pub(crate) fn of<E: Endpoint>(mut self) -> Self {
        let name = type_name::<E>();
        self.name = name.rsplit("::").next().unwrap_or(name);
        self
    }
}

impl fmt::Display for EndpointConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_found_at(f, &self.path, self.name, self.declared_at)
    }
}

impl From<&str> for EndpointConfig {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

impl From<String> for EndpointConfig {
    fn from(path: String) -> Self {
        Self::new(path)
    }
}
