//! What else stands on a method stays there.
#![deny(warnings, missing_docs)]

use wspring::prelude::*;

/// An endpoint.
#[derive(Default)]
pub struct Documented;

#[server_endpoint("/documented")]
#[allow(clippy::unused_self)]
impl Documented {
    /// With a text.
    #[tracing::instrument(skip_all)]
    #[on_message]
    #[allow(unused_variables)]
    #[must_use]
    pub async fn say(&self, session: &Session, #[allow(unused)] text: &str) -> String {
        let unused = 1;
        text.to_owned()
    }

    /// Not a handler.
    #[inline]
    pub const fn answer() -> u8 {
        42
    }
}

fn main() {
    assert_eq!(Documented::answer(), 42);
}
