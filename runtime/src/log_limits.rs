//! Limits for log lines that a peer can cause, so that no stranger can fill a disk.
//!
//! A server has one [`LogLimits`] for all its endpoints, and each [`LogKind`] is limited by itself. The first line of a
//! kind is a WARN. After it, at most one line in 10 seconds appears, at INFO, and says in its field `more` how many
//! were left out before it. A kind that was quiet for 10 minutes begins again with a WARN.
//!
//! [`log_limited!`] writes such a line:
//!
//! ```ignore
//! log_limited!(logs, LogKind::Refused, ?peer, %reason, "a handshake was refused");
//! ```

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::{Duration, Instant};

/// The shortest time between two lines of a kind.
const INTERVAL: Duration = Duration::from_secs(10);

/// A line that follows such a pause is a WARN again.
const PAUSE: Duration = Duration::from_secs(600);

/// An event that a peer can cause and that is worth a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogKind {
    /// A message was larger than its endpoint allows.
    TooBig,
    /// A handshake asked for a path that no endpoint has.
    UnknownPath,
}

/// The limits of one server, or of one client.
#[derive(Debug)]
pub(crate) struct LogLimits {
    begun: Instant,
    kinds: [Limit; LogKind::COUNT],
}

/// A line that may be written now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The first of its kind, or the first after a long pause.
    First,
    /// A later one; `more` lines were left out before it.
    Later { more: u64 },
}

#[derive(Debug, Default)]
struct Limit {
    /// When the next line may be written, in milliseconds after the beginning; 0 before the first one.
    due: AtomicU64,
    left_out: AtomicU64,
}

impl LogKind {
    /// How many kinds there are.
    const COUNT: usize = Self::UnknownPath as usize + 1;
}

impl LogLimits {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            kinds: std::array::from_fn(|_| Limit::default()),
        }
    }

    /// Whether a line of this kind may be written now. If not, it is counted.
    pub(crate) fn admit(&self, kind: LogKind) -> Option<Line> {
        self.kinds[kind as usize].admit(self.begun.elapsed())
    }
}

impl Limit {
    fn admit(&self, now: Duration) -> Option<Line> {
        let next = milliseconds(now + INTERVAL);
        let now = milliseconds(now);
        let due = self.due.load(Ordering::Relaxed);
        let is_mine = due <= now
            && self
                .due
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !is_mine {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let more = self.left_out.swap(0, Ordering::Relaxed);
        let is_first = due == 0 || now - due >= milliseconds(PAUSE - INTERVAL);
        Some(if is_first && more == 0 {
            Line::First
        } else {
            Line::Later { more }
        })
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Writes a line that a peer can cause, if its kind may have one now.
macro_rules! log_limited {
    ($limits:expr, $kind:expr, $($line:tt)+) => {
        match $limits.admit($kind) {
            Some($crate::log_limits::Line::First) => tracing::warn!($($line)+),
            Some($crate::log_limits::Line::Later { more }) => tracing::info!(more, $($line)+),
            None => {}
        }
    };
}

pub(crate) use log_limited;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_line_is_followed_by_one_in_ten_seconds_that_counts_the_others() {
        let limits = LogLimits::new();
        assert_eq!(limits.admit(LogKind::TooBig), Some(Line::First));
        for _ in 0..1000 {
            assert_eq!(limits.admit(LogKind::TooBig), None);
        }
        tokio::time::advance(INTERVAL).await;
        let later = Line::Later { more: 1000 };
        assert_eq!(limits.admit(LogKind::TooBig), Some(later));
        assert_eq!(limits.admit(LogKind::TooBig), None);
    }

    #[tokio::test(start_paused = true)]
    async fn each_kind_is_limited_by_itself() {
        let limits = LogLimits::new();
        assert_eq!(limits.admit(LogKind::TooBig), Some(Line::First));
        assert_eq!(limits.admit(LogKind::UnknownPath), Some(Line::First));
    }

    #[tokio::test(start_paused = true)]
    async fn a_kind_that_was_quiet_for_long_begins_with_a_warning_again() {
        let limits = LogLimits::new();
        assert_eq!(limits.admit(LogKind::TooBig), Some(Line::First));
        tokio::time::advance(PAUSE - Duration::from_millis(1)).await;
        let later = Line::Later { more: 0 };
        assert_eq!(limits.admit(LogKind::TooBig), Some(later));
        tokio::time::advance(PAUSE).await;
        assert_eq!(limits.admit(LogKind::TooBig), Some(Line::First));
    }
}
