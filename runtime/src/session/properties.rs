use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::Extensions;

/// Values that belong to one session, one for each type. Java: `Session.getUserProperties()`.
///
/// They live as long as the last handle of the session. [`Accept::property`](crate::Accept::property) gives it some from the
/// start. Any task may read and write them.
///
/// ```
/// # use wspring::Session;
/// #[derive(Clone)]
/// struct Language(String);
///
/// # fn example(session: &Session) {
/// session.properties().insert(Language("fr".to_owned()));
/// let language: Option<Language> = session.properties().find();
/// # }
/// ```
#[derive(Default)]
pub struct Properties(Mutex<Extensions>);

impl Properties {
    /// Stores `value` and returns the one of its type that was there before.
    pub fn insert<T: Clone + Send + Sync + 'static>(&self, value: T) -> Option<T> {
        self.lock().insert(value)
    }

    /// Takes the value of type `T` out.
    pub fn remove<T: Send + Sync + 'static>(&self) -> Option<T> {
        self.lock().remove()
    }

    /// A clone of the value of type `T`.
    #[must_use]
    pub fn find<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.lock().get().cloned()
    }

    /// Those that a session has from the start.
    pub(crate) fn seeded(values: Extensions) -> Self {
        Self(Mutex::new(values))
    }

    fn lock(&self) -> MutexGuard<'_, Extensions> {
        // A panic in a value's `clone` leaves the map as it was.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Properties({} values)", self.lock().len())
    }
}
