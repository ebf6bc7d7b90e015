use std::any::type_name;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::FromHandshake;
use crate::handshake::Reject;
use crate::request::Handshake;
use crate::site::Requirements;

/// What all connections share, given to the server once and taken by handlers as a parameter.
///
/// An endpoint that asks for state which nobody gave keeps the server from starting.
/// Java: injection (`@Inject`, Spring's `@Autowired` through a static setter).
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use wspring::prelude::*;
///
/// #[derive(Default)]
/// struct Visits(AtomicU64);
///
/// #[derive(Default)]
/// struct Counter;
///
/// #[server_endpoint("/counter")]
/// impl Counter {
///     #[on_message]
///     fn count(&self, _message: &str, visits: State<Visits>) -> u64 {
///         visits.0.fetch_add(1, Ordering::Relaxed)
///     }
/// }
///
/// let server = Server::builder().state(Visits::default());
/// ```
pub struct State<T>(Arc<T>);

impl<T> State<T> {
    /// The shared value itself, to be kept beyond the handler.
    #[must_use]
    pub fn into_inner(self) -> Arc<T> {
        self.0
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("State").field(&self.0).finish()
    }
}

impl<'h, T: Send + Sync + 'static> FromHandshake<'h> for State<T> {
    fn from_handshake(handshake: &'h Handshake) -> Result<Self, Reject> {
        handshake.state().find().map(Self).ok_or_else(|| {
            let name = type_name::<T>();
            Reject::internal(format!(
                "no state of type `{name}`: give it with `Server::builder().state(…)`"
            ))
        })
    }

    fn requirements(requirements: &mut Requirements) {
        requirements.state::<T>();
    }
}
