use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::session::Session;

/// A function that makes the values of an endpoint, whose type its caller knows.
#[derive(Clone)]
pub(crate) struct AnyFactory(Arc<dyn Any + Send + Sync>);

/// What [`AnyFactory`] holds: `None` comes from one that has made all that it could.
type Factory<E> = Box<dyn Fn(&Session) -> Option<E> + Send + Sync>;

impl AnyFactory {
    pub(crate) fn new<E: 'static>(factory: impl Fn(&Session) -> E + Send + Sync + 'static) -> Self {
        let factory: Factory<E> = Box::new(move |session| Some(factory(session)));
        Self(Arc::new(factory))
    }

    /// One that makes a single value.
    pub(crate) fn once<E: 'static>(factory: impl FnOnce(&Session) -> E + Send + 'static) -> Self {
        let factory = Mutex::new(Some(factory));
        let factory: Factory<E> = Box::new(move |session| {
            let factory = factory
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take()?;
            Some(factory(session))
        });
        Self(Arc::new(factory))
    }

    /// Makes a value of `E` for a new session, if it was given for that type.
    pub(crate) fn make<E: 'static>(&self, session: &Session) -> Option<E> {
        let factory: &Factory<E> = self.0.downcast_ref()?;
        factory(session)
    }
}

impl fmt::Debug for AnyFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyFactory")
    }
}
