//! The time that a peer has for the close handshake.

use std::time::Duration;

use tokio::time::Instant;

use super::backlog::is_below;
use super::reach::Reach;
use crate::handshake::Acknowledged;
use crate::site::Terms;

/// How many times the close timeout a close handshake may take, if the peer takes bytes all the time. Beyond it, it has
/// to take `min_throughput`.
const MAX_CLOSE_TIMEOUTS: u32 = 12;

/// The deadlines of the close handshake.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closing {
    pub(super) answer: Instant,
    /// When it is over, if the peer takes too little.
    last: Instant,
    reach: Reach,
    /// When the peer was found to take it slowly, and the bytes that it had.
    slow: Option<(Instant, u64)>,
}

impl Closing {
    pub(super) fn begun(timeout: Duration) -> Self {
        let now = Instant::now();
        Self {
            answer: now + timeout,
            last: now + timeout * MAX_CLOSE_TIMEOUTS,
            reach: Reach::default(),
            slow: None,
        }
    }

    /// The peer took some bytes.
    pub(super) fn went_on(&mut self, timeout: Duration) {
        self.answer = self.last.min(Instant::now() + timeout);
    }

    /// Gives a peer more time that has not got the Close frame yet; `false` when it has had all its time.
    pub(super) fn is_prolonged(
        &mut self,
        acknowledged: Option<Acknowledged>,
        terms: &Terms,
    ) -> bool {
        let now = Instant::now();
        let Some(more) = self.reach.judge(acknowledged, terms.close_timeout) else {
            return false;
        };
        if now >= self.last {
            let Some((floor, Acknowledged { bytes, .. })) = terms.min_throughput.zip(acknowledged)
            else {
                return false;
            };
            if let Some((since, before)) = self.slow
                && is_below(floor, bytes.saturating_sub(before), now - since)
            {
                return false;
            }
            self.slow = Some((now, bytes));
            self.last = now + terms.close_timeout * MAX_CLOSE_TIMEOUTS;
        }
        self.answer = self.last.min(now + more);
        true
    }
}
