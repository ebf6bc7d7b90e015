use std::time::Duration;

use super::micros;

/// For so long the quickest packet decides, and for as long again.
const SPAN: Duration = Duration::from_secs(8);

/// After such a silence nothing is concluded from what was heard before it: its machine may have slept.
const SILENCE: Duration = Duration::from_secs(5);

/// What the clock of another node shows, at least.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// How far it is ahead of this node's clock, by the packet that was the quickest in this span of time.
    ahead: Option<i128>,
    /// By the quickest of the span before.
    before: Option<i128>,
    /// When this span began.
    begun: u64,
    heard: u64,
}

impl Clock {
    /// A packet says what it showed; it came at `now`.
    pub(super) fn shows(&mut self, time: u64, now: u64) {
        let ahead = i128::from(time) - i128::from(now);
        if now.saturating_sub(self.heard) > micros(SILENCE) {
            (self.ahead, self.before) = (None, None);
        }
        self.heard = now;
        if now.saturating_sub(self.begun) > micros(SPAN) {
            self.before = self.ahead.take();
            self.begun = now;
        }
        self.ahead = self.ahead.max(Some(ahead));
    }

    /// What it shows at least when this node's clock shows `now`; `None` when nothing is known.
    pub(super) fn at(&self, now: u64) -> Option<u64> {
        let there = i128::from(now) + self.ahead.max(self.before)?;
        Some(u64::try_from(there.max(0)).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn it_never_shows_more_than_it_does() {
        let mut clock = Clock::default();
        assert_eq!(clock.at(5), None);
        // It shows ten seconds more, and each packet takes a time of its own.
        let mut quickest_lately = true;
        for at in 0..100 * SECOND / 100_000 {
            let now = at * 100_000 + 50 * SECOND;
            let delay = (at * 7919) % 300_000;
            clock.shows(now + 10 * SECOND - delay, now);
            let shown = clock.at(now).unwrap();
            assert!(shown <= now + 10 * SECOND);
            quickest_lately &= at < 50 || shown + 30_000 >= now + 10 * SECOND;
        }
        assert!(quickest_lately);
    }

    #[test]
    fn a_clock_that_stood_still_is_read_anew() {
        let mut clock = Clock::default();
        clock.shows(100 * SECOND, 100 * SECOND);
        // Its machine slept for a minute.
        clock.shows(101 * SECOND, 161 * SECOND);
        assert_eq!(clock.at(161 * SECOND), Some(101 * SECOND));
    }

    #[test]
    fn numbers_at_their_end_panic_nobody() {
        let mut clock = Clock::default();
        for (time, now) in [(u64::MAX, 0), (0, u64::MAX), (u64::MAX, u64::MAX)] {
            clock.shows(time, now);
            let _ = (clock.at(0), clock.at(u64::MAX));
        }
    }
}
