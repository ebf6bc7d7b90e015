use std::fmt::{self, Display};

use compact_str::{CompactString, ToCompactString};

/// What [`send_info`](crate::send_info) addresses; short ones, such as ids, need no allocation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(CompactString);

impl Key {
    pub(crate) fn new(key: impl Display) -> Self {
        Self(key.to_compact_string())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
