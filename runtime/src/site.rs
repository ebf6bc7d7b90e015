//! The data of an endpoint at its path: who it is, what a session of it is called, and what applies to its connections.

mod declared_at;
mod endpoint_id;
mod fast_producer;
mod key;
mod on_duplicate;
#[cfg(any(test, fuzzing))]
mod sample;
mod socket_buffers;
mod state;
mod terms;
mod unhandled;
mod unsent_reply;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Weak};

use wspring_path::Template;

use crate::log_limits::LogLimits;

pub(crate) use declared_at::DeclaredAt;
pub(crate) use endpoint_id::EndpointId;
pub use fast_producer::FastProducer;
pub(crate) use fast_producer::RateLimits;
pub(crate) use key::Key;
pub use on_duplicate::OnDuplicate;
#[cfg(any(test, fuzzing))]
pub(crate) use sample::sample;
#[cfg(test)]
pub(crate) use sample::sample_at;
pub(crate) use socket_buffers::SocketBuffers;
pub use state::Requirements;
pub(crate) use state::StateMap;
pub(crate) use terms::Terms;
pub use unhandled::Unhandled;
pub use unsent_reply::UnsentReply;

/// The server that serves an endpoint. Its sessions are in a registry, a layer above this one, which alone can read it.
pub(crate) type ServerOf = Weak<dyn Any + Send + Sync>;

/// An endpoint at its path, as one server serves it, or as one client connects it: what was declared, and what applies to
/// its connections.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) endpoint: EndpointId,
    pub(crate) template: Template,
    /// `None` for an endpoint that was given to the builder.
    pub(crate) declared_at: Option<DeclaredAt>,
    /// Which of the variables has the key.
    pub(crate) key: Option<usize>,
    /// Returns the canonical form of a variable's value, by the variable's name.
    pub(crate) canonical: fn(&str, &str) -> Option<String>,
    /// Whether a session can have a key: from the path, or given by `#[on_handshake]`.
    pub(crate) can_have_key: bool,
    pub(crate) on_duplicate: OnDuplicate,
    pub(crate) state: Arc<StateMap>,
    pub(crate) terms: Arc<Terms>,
    pub(crate) max_connections_per_key: Option<usize>,
    /// A client's endpoint has none.
    pub(crate) server: ServerOf,
    /// The log limits of the server or the client.
    pub(crate) logs: Arc<LogLimits>,
}

impl Site {
    /// Returns where the value of a path variable stands among the values.
    pub(crate) fn variable(&self, name: &str) -> Option<usize> {
        let mut variables = self.template.variables();
        variables.position(|variable| variable == name)
    }

    /// Returns the canonical form of the key: that of the type which a handler gives its variable.
    pub(crate) fn canonical_key(&self, value: &str) -> Option<String> {
        let variable = self.template.variables().nth(self.key?)?;
        (self.canonical)(variable, value)
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            template,
            declared_at,
            ..
        } = self;
        write_found_at(f, template.as_str(), name, *declared_at)
    }
}

/// An endpoint as people find it: its path, its type, and where that was declared.
pub(crate) fn write_found_at(
    f: &mut fmt::Formatter<'_>,
    path: &str,
    name: &str,
    declared_at: Option<DeclaredAt>,
) -> fmt::Result {
    write!(f, "{path}  {name}")?;
    match declared_at {
        Some(declared_at) => write!(f, "  ({declared_at})"),
        None => Ok(()),
    }
}
