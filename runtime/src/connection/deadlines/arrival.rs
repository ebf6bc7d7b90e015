//! The longest time that a message in parts may take to arrive.

use std::time::Duration;

use tokio::time::Instant;

/// The time of a message of which a part has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arrival {
    /// There while such a message arrives and is read.
    pub(super) last: Option<Instant>,
    /// What is left while nothing is read.
    paused: Option<Duration>,
}

impl Arrival {
    pub(super) fn begun(most: Duration) -> Self {
        Self {
            last: Some(Instant::now() + most),
            paused: None,
        }
    }

    /// Nothing is read: the peer could not go on.
    pub(super) fn pause(&mut self) {
        if let Some(last) = self.last.take() {
            self.paused = Some(last.saturating_duration_since(Instant::now()));
        }
    }

    pub(super) fn resume(&mut self) {
        if let Some(left) = self.paused.take() {
            self.last = Some(Instant::now() + left);
        }
    }
}
