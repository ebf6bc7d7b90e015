//! How the endpoint of a client is made that no `#[on_open]` makes.

use std::marker::PhantomData;

use crate::error::{Error, ErrorKind};

/// Makes an endpoint of type `T`, if it has a `Default`.
///
/// With both traits in scope, `(&Maker::<T>::new()).make()` finds [`ByDefault`] first.
#[derive(Debug)]
pub struct Maker<T>(PhantomData<T>);

impl<T> Maker<T> {
    /// For the type `T`.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only generated code makes it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// For types that have a `Default`.
pub trait ByDefault<T> {
    /// That there is a `Default`.
    fn is_there(&self) -> bool;

    /// A new value.
    fn make(&self) -> Result<T, Error>;
}

impl<T: Default> ByDefault<T> for Maker<T> {
    fn is_there(&self) -> bool {
        true
    }

    fn make(&self) -> Result<T, Error> {
        Ok(T::default())
    }
}

/// For all other types.
pub trait ByFactory<T> {
    /// That there is none.
    fn is_there(&self) -> bool;

    /// Nothing but an error.
    fn make(&self) -> Result<T, Error>;
}

impl<T> ByFactory<T> for &Maker<T> {
    fn is_there(&self) -> bool {
        false
    }

    fn make(&self) -> Result<T, Error> {
        let text = "nothing makes this endpoint: implement `Default`, or connect with `Client::connect_with`";
        Err(Error::new(ErrorKind::Handler, text))
    }
}
