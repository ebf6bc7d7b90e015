//! Whether a frame that waits for an answer has reached the peer.

use std::time::Duration;

use crate::handshake::Acknowledged;

/// How far the way to the peer was found to be when the time for an answer was over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reach {
    #[default]
    Unknown,
    /// Something was on its way, and the peer had acknowledged so many bytes.
    Moving(u64),
    /// The peer has all that was sent.
    Reached,
}

impl Reach {
    /// How much more time the peer has to answer; none if it had all of it. `timeout` is its time from when it has the
    /// frame, and has passed once since the frame was written.
    pub(super) fn judge(
        &mut self,
        acknowledged: Option<Acknowledged>,
        timeout: Duration,
    ) -> Option<Duration> {
        let before = *self;
        let Some(Acknowledged { bytes, is_all, ago }) = acknowledged else {
            // The frame may be behind others, and nobody knows.
            *self = Self::Reached;
            return (before == Self::Unknown).then_some(timeout);
        };
        if is_all {
            *self = Self::Reached;
            let left = timeout.saturating_sub(ago);
            return (before != Self::Reached && !left.is_zero()).then_some(left);
        }
        *self = Self::Moving(bytes);
        let stands = ago >= timeout || before == *self;
        (!stands).then_some(timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(20);

    fn acknowledged(bytes: u64, is_all: bool, ago: u64) -> Option<Acknowledged> {
        Some(Acknowledged {
            bytes,
            is_all,
            ago: Duration::from_secs(ago),
        })
    }

    #[test]
    fn a_peer_that_acknowledges_nothing_is_gone() {
        let mut reach = Reach::default();
        assert_eq!(reach.judge(acknowledged(7, false, 20), TIMEOUT), None);
    }

    #[test]
    fn a_peer_has_its_time_while_it_acknowledges_what_is_before_the_frame() {
        let mut reach = Reach::default();
        for bytes in 0..100 {
            let left = reach.judge(acknowledged(bytes, false, 1), TIMEOUT);
            assert_eq!(left, Some(TIMEOUT));
        }
        // A window that stays shut is acknowledged too.
        assert_eq!(reach.judge(acknowledged(99, false, 1), TIMEOUT), None);
    }

    #[test]
    fn the_time_runs_once_from_the_acknowledgement_of_the_frame() {
        let mut reach = Reach::Moving(5);
        let left = reach.judge(acknowledged(9, true, 6), TIMEOUT);
        assert_eq!(left, Some(Duration::from_secs(14)));
        assert_eq!(reach.judge(acknowledged(50, true, 1), TIMEOUT), None);
        let mut silent = Reach::default();
        assert_eq!(silent.judge(acknowledged(9, true, 20), TIMEOUT), None);
    }

    #[test]
    fn a_peer_of_which_the_kernel_says_nothing_has_its_time_twice() {
        let mut reach = Reach::default();
        assert_eq!(reach.judge(None, TIMEOUT), Some(TIMEOUT));
        assert_eq!(reach.judge(None, TIMEOUT), None);
    }
}
