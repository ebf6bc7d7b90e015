//! What a node is told to send, and what it says of it.

use serde::{Deserialize, Serialize};

/// Pushes to the keys `0` to `keys - 1`, one after the other.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Pushes {
    /// How many keys.
    pub keys: usize,
    /// How many pushes.
    pub sends: usize,
    /// How many are on their way at the same time.
    pub at_once: usize,
    /// The bytes of a message.
    pub payload: usize,
}

/// What came of [`Pushes`].
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Figures {
    /// How many in a second.
    pub rate: f64,
    /// Half of them took no longer, in microseconds.
    pub p50: f64,
    /// 99 of 100 took no longer, in microseconds.
    pub p99: f64,
    /// The first that was not delivered to one session, if there was one.
    pub failed: Option<String>,
}
