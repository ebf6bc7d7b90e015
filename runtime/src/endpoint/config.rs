use std::any::type_name;
use std::fmt;

use super::declaration::Place;
use super::site::write_place;
use super::{Declaration, Endpoint, OnDuplicate};

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
    pub(crate) place: Option<Place>,
    pub(crate) key: Option<String>,
    pub(crate) on_duplicate: OnDuplicate,
    pub(crate) heartbeat: Option<Box<str>>,
    pub(crate) max_message_size: Option<usize>,
    pub(crate) compression: Option<bool>,
}

impl EndpointConfig {
    /// An endpoint at `path`, with every other argument at its default. A path that breaks the grammar keeps the server
    /// from starting, or the endpoint from being added.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            name: "",
            path: path.into(),
            place: None,
            key: None,
            on_duplicate: OnDuplicate::Newest,
            heartbeat: None,
            max_message_size: None,
            compression: None,
        }
    }

    /// What stands in `#[server_endpoint(…)]`.
    pub(crate) fn declared(declaration: &Declaration) -> Self {
        Self {
            name: declaration.name,
            path: declaration.path.to_owned(),
            place: Some(declaration.place),
            key: declaration.key.map(str::to_owned),
            on_duplicate: declaration.on_duplicate,
            heartbeat: declaration.heartbeat.map(Into::into),
            max_message_size: declaration.max_message_size,
            compression: declaration.compression,
        }
    }

    /// The variable whose value is the key that [`send_info`](crate::send_info) addresses. Default: the path's only
    /// variable.
    #[must_use]
    pub fn key(mut self, variable: impl Into<String>) -> Self {
        self.key = Some(variable.into());
        self
    }

    /// What a second connection with the same key means. Default: [`OnDuplicate::Newest`].
    #[must_use]
    pub fn on_duplicate(mut self, policy: OnDuplicate) -> Self {
        self.on_duplicate = policy;
        self
    }

    /// A text message that equals `text` is sent straight back and reaches no handler.
    #[must_use]
    pub fn heartbeat(mut self, text: impl Into<String>) -> Self {
        self.heartbeat = Some(text.into().into_boxed_str());
        self
    }

    /// The largest message that a peer may send, in bytes. Default: the server's.
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
        write_place(f, &self.path, self.name, self.place)
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
