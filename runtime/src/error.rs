//! What can go wrong, for the one who starts a server and for `#[on_error]`.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;

use crate::box_error::BoxError;
use crate::escaped::Escaped;
use crate::message::Message;

/// An error of a server at start-up, or of one connection while it lives.
///
/// [`kind`](Self::kind) says which sort it is, the text says what to do, and
/// [`source`](StdError::source) gives the cause, so that a handler can look at its own error again:
///
/// ```
/// # use wspring::{Error, ErrorKind};
/// fn is_bad_json(error: &Error) -> bool {
///     use std::error::Error as _;
///     error.kind() == ErrorKind::Decode
///         && error.source().is_some_and(|cause| cause.is::<serde_json::Error>())
/// }
/// ```
///
/// An error of a connection may quote its peer, so its text is one line in which control characters appear as `\n` or
/// `\u{1b}`. [`source`](StdError::source) and [`excerpt`](Self::excerpt) have what came.
///
/// Java: the `Throwable` of `@OnError`, `DeploymentException`, `DecodeException`, `EncodeException`.
pub struct Error {
    kind: ErrorKind,
    text: String,
    source: Option<BoxError>,
    excerpt: Excerpt,
}

/// What an error tells of the message that it is about.
enum Excerpt {
    /// It is not about a message.
    None,
    /// It is about the one that is being handled.
    Due,
    Taken(Box<Message>),
}

/// How many bytes of a message are told.
const EXCERPT: usize = 256;

/// The sort of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// `wspring.toml`, a `WSPRING_…` variable or a client has a value that cannot be used, such as a bad URL.
    Config,
    /// The address cannot be listened on.
    Bind,
    /// The endpoints cannot be served together, or one cannot be connected. Java: `DeploymentException`.
    Deployment,
    /// A message, a path parameter or a query parameter is not what its handler takes.
    /// Java: `DecodeException`.
    Decode,
    /// A value that a handler returned cannot become a message, or one that is larger than the whole outbox; see
    /// [`UnsentReply`](crate::UnsentReply) for the latter.
    /// Java: `EncodeException`.
    Encode,
    /// A handler returned an error of its own.
    Handler,
    /// A handler panicked.
    Panic,
    /// A handler's reply could not be queued because the session had ended, or the handler passed on a
    /// [`SendError::Closed`](crate::SendError::Closed), or the error of a [`MessageReader`](crate::MessageReader)
    /// whose message that end cut off.
    Closed,
    /// A handler's reply found no room in the outbox within the `send_timeout`: the session stays open. Or a handler took
    /// longer than the [`handler_timeout`](crate::Builder::handler_timeout): the session is closed with 1011.
    Timeout,
    /// A message was larger than the endpoint takes; the connection ends with 1009.
    TooBig,
    /// A connection to a server could not be opened: it refused the handshake, or did not answer as RFC 6455 §4.1 asks.
    /// Java: the `DeploymentException` of `connectToServer`.
    Handshake,
    /// The peer broke the protocol (RFC 6455 §7.1.7) while a connection to it was opened. On an open session, that is
    /// no error of a handler: `#[on_close]` gets the code, such as 1002.
    Protocol,
    /// The network failed while a connection was opened. On an open session, `#[on_close]` gets 1006. Java: `IOException`.
    Io,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            source: None,
            excerpt: Excerpt::None,
        }
    }

    pub(crate) fn caused(
        kind: ErrorKind,
        text: impl Into<String>,
        source: impl Into<BoxError>,
    ) -> Self {
        Self {
            kind,
            text: text.into(),
            source: Some(source.into()),
            excerpt: Excerpt::None,
        }
    }

    /// The message that is being handled is not what its handler takes.
    pub(crate) fn undecodable(source: BoxError) -> Self {
        Self {
            excerpt: Excerpt::Due,
            ..Self::caused(ErrorKind::Decode, "the message cannot be decoded", source)
        }
    }

    /// Takes an excerpt of the message that is being handled, if the error is about it.
    pub(crate) fn quote(&mut self, message: &Message) {
        if matches!(self.excerpt, Excerpt::Due) && !message.is_empty() {
            self.excerpt = Excerpt::Taken(Box::new(message.beginning(EXCERPT)));
        }
    }

    /// A handler panicked with `payload`.
    pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        Self::new(ErrorKind::Panic, format!("a handler panicked: {text}"))
    }

    /// What a handler that is written by hand makes of its own error ([`ErrorKind::Handler`]).
    pub fn handler(error: impl Into<BoxError>) -> Self {
        Self::caused(ErrorKind::Handler, "a handler returned an error", error)
    }

    /// The sort of this error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The beginning of the message that cannot be decoded, up to 256 bytes of it. `None` for all other errors, and where
    /// a type with its own `FromMessage` took the content out of the message before it failed.
    ///
    /// Java: `DecodeException.getText()`, `DecodeException.getBytes()`.
    #[must_use]
    pub fn excerpt(&self) -> Option<&Message> {
        match &self.excerpt {
            Excerpt::Taken(message) => Some(message),
            Excerpt::None | Excerpt::Due => None,
        }
    }
}

impl ErrorKind {
    /// Whether an error comes from what the program's author wrote, before there is a peer.
    fn is_of_start(self) -> bool {
        matches!(self, Self::Config | Self::Bind | Self::Deployment)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, source, .. } = self;
        match (self.kind.is_of_start(), source) {
            // Several problems are several lines.
            (true, Some(source)) => write!(f, "{text}: {source}"),
            (true, None) => f.write_str(text),
            (false, Some(source)) => write!(f, "{}: {}", Escaped(text), Escaped(source)),
            (false, None) => write!(f, "{}", Escaped(text)),
        }
    }
}

impl fmt::Debug for Error {
    // `fn main() -> Result<(), wspring::Error>` prints errors with Debug, and a sentence must come out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
