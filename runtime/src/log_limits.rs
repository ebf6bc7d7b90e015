//! Limits for log lines that a peer can cause, so that no stranger can fill a disk.
//!
//! A server has one [`LogLimits`] for all its endpoints, and each [`LogKind`] is limited by itself. The first line of a
//! kind is a WARN. After it, at most one line in 10 seconds appears, at INFO, and says in its field `more` how many
//! were left out before it. A kind that was quiet for 10 minutes begins again with a WARN. A kind that means a fault of
//! this program, such as a handler that fails, is limited in the same way, and each of its lines is an ERROR.
//!
//! A line that is left out is a DEBUG line. When a server stops, it reports how many no later line has counted.
//!
//! [`log_limited!`] writes such a line:
//!
//! ```ignore
//! log_limited!(logs, LogKind::Refused, ?peer, %reason, "a handshake was refused");
//! ```

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::{Duration, Instant};
use tracing::Level;

/// The shortest time between two lines of a kind.
const INTERVAL: Duration = Duration::from_secs(10);

/// A line that follows such a pause is a WARN again.
const PAUSE: Duration = Duration::from_secs(600);

/// An event that a peer can cause and that is worth a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogKind {
    /// A message was larger than its endpoint allows.
    TooBig,
    /// A peer sent more in a second than it may.
    TooFast,
    /// A session was cut off because the server was short of memory.
    ShortOfMemory,
    /// A message or a parameter was not of its handler's type, and no `#[on_error]` took the error.
    Undecodable,
    /// A handler returned an error that no `#[on_error]` took.
    HandlerFailed,
    /// A handler panicked, and no `#[on_error]` took the error.
    HandlerPanicked,
    /// A handler took longer than `handler_timeout`.
    HandlerTooSlow,
    /// A handler still waited long after its session had ended.
    HandlerLeftBehind,
    /// `#[on_error]` itself failed.
    OnErrorFailed,
    /// A handshake asked for a path that no endpoint has.
    UnknownPath,
    /// A request was not a WebSocket handshake, or a parameter of it could not be parsed.
    BadRequest,
    /// A page of another origin tried to connect.
    ForeignOrigin,
    /// A key was in use, or had as many connections as it may have.
    KeyInUse,
    /// A limit for connections or handshakes was reached.
    Overloaded,
    /// A handshake came while the server was shutting down.
    Draining,
    /// `#[on_handshake]` refused.
    Rejected,
    /// `#[on_handshake]` took too long.
    Undecided,
    /// A handshake was answered with 500, because of a fault of this program.
    HandshakeFailed,
    /// The fallback service failed.
    FallbackFailed,
    /// A TLS handshake failed.
    TlsFailed,
    /// A key was too long for the other nodes of a cluster.
    LongKey,
    /// A message of the broker was none that nodes send.
    ForeignPacket,
    /// A message of the broker was of another version of the protocol between nodes.
    OtherVersion,
    /// A message of the broker was not written with the secret of the cluster.
    ForgedPacket,
    /// A message of the broker had come before.
    ReplayedPacket,
    /// A connection without a request was cut off for a new one.
    Shed,
    /// A trusted proxy did not begin with a header of the PROXY protocol.
    NoPreface,
    /// The system has no more file descriptors.
    OutOfFiles,
    /// A session does not keep all header fields of its request.
    LargeHeaders,
    /// A message to a peer was begun and not finished.
    Unfinished,
}

/// The limits of one server, or of one client.
#[derive(Debug)]
pub(crate) struct LogLimits {
    begun: Instant,
    kinds: [Limit; LogKind::ALL.len()],
}

/// How a line is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) level: Level,
    /// How many lines were left out before this one, if any.
    pub(crate) more: Option<u64>,
}

#[derive(Debug, Default)]
struct Limit {
    /// When the next line may be written, in milliseconds after the beginning; 0 before the first one.
    due: AtomicU64,
    /// Lines left out since the last one.
    left_out: AtomicU64,
    /// Events since the beginning.
    count: AtomicU64,
}

impl LogKind {
    /// Every kind, in the order of their declaration.
    const ALL: &[Self] = &[
        Self::TooBig,
        Self::TooFast,
        Self::ShortOfMemory,
        Self::Undecodable,
        Self::HandlerFailed,
        Self::HandlerPanicked,
        Self::HandlerTooSlow,
        Self::HandlerLeftBehind,
        Self::OnErrorFailed,
        Self::UnknownPath,
        Self::BadRequest,
        Self::ForeignOrigin,
        Self::KeyInUse,
        Self::Overloaded,
        Self::Draining,
        Self::Rejected,
        Self::Undecided,
        Self::HandshakeFailed,
        Self::FallbackFailed,
        Self::TlsFailed,
        Self::LongKey,
        Self::ForeignPacket,
        Self::OtherVersion,
        Self::ForgedPacket,
        Self::ReplayedPacket,
        Self::Shed,
        Self::NoPreface,
        Self::OutOfFiles,
        Self::LargeHeaders,
        Self::Unfinished,
    ];

    /// Whether it means a fault of this program, even if a peer has provoked it.
    fn is_own_fault(self) -> bool {
        matches!(
            self,
            Self::HandlerFailed
                | Self::HandlerPanicked
                | Self::OnErrorFailed
                | Self::HandshakeFailed
                | Self::FallbackFailed
                | Self::OutOfFiles
                | Self::Unfinished
        )
    }
}

impl LogLimits {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            kinds: std::array::from_fn(|_| Limit::default()),
        }
    }

    /// Counts an event, and returns how its line is to be written now.
    pub(crate) fn admit(&self, kind: LogKind) -> Line {
        let admitted = self.kinds[kind as usize].admit(self.begun.elapsed());
        let Some((is_first, more)) = admitted else {
            return Line {
                level: Level::DEBUG,
                more: None,
            };
        };
        Line {
            level: match is_first {
                _ if kind.is_own_fault() => Level::ERROR,
                true => Level::WARN,
                false => Level::INFO,
            },
            more: (more > 0).then_some(more),
        }
    }

    /// Returns how many events of this kind there were since the beginning.
    #[cfg_attr(not(test), expect(dead_code, reason = "metrics are to read it"))]
    pub(crate) fn count(&self, kind: LogKind) -> u64 {
        self.kinds[kind as usize].count.load(Ordering::Relaxed)
    }

    /// Logs how many lines were left out that no later line has counted.
    pub(crate) fn report(&self) {
        for (kind, limit) in LogKind::ALL.iter().zip(&self.kinds) {
            let more = limit.left_out.swap(0, Ordering::Relaxed);
            if more > 0 {
                tracing::info!(?kind, more, "lines of this kind were left out of the log");
            }
        }
    }
}

impl Limit {
    /// Whether a line may be written now: if it is the first one after a long pause, and how many were left out.
    fn admit(&self, now: Duration) -> Option<(bool, u64)> {
        self.count.fetch_add(1, Ordering::Relaxed);
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
        let is_first = due == 0 || now - due >= milliseconds(PAUSE - INTERVAL);
        Some((is_first, self.left_out.swap(0, Ordering::Relaxed)))
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Writes a line that a peer can cause, at the level that the limits of its kind allow now.
macro_rules! log_limited {
    ($limits:expr, $kind:expr, $($line:tt)+) => {
        match $limits.admit($kind) {
            $crate::log_limits::Line { level: tracing::Level::ERROR, more } => tracing::error!(more, $($line)+),
            $crate::log_limits::Line { level: tracing::Level::WARN, more } => tracing::warn!(more, $($line)+),
            $crate::log_limits::Line { level: tracing::Level::INFO, more } => tracing::info!(more, $($line)+),
            _ => tracing::debug!($($line)+),
        }
    };
}

pub(crate) use log_limited;

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT_OUT: Line = line(Level::DEBUG, None);

    const fn line(level: Level, more: Option<u64>) -> Line {
        Line { level, more }
    }

    #[test]
    fn each_kind_has_its_own_place() {
        for (at, kind) in LogKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, at, "{kind:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_line_is_followed_by_one_in_ten_seconds_that_counts_the_others() {
        let limits = LogLimits::new();
        assert_eq!(limits.admit(LogKind::TooBig), line(Level::WARN, None));
        for _ in 0..1000 {
            assert_eq!(limits.admit(LogKind::TooBig), LEFT_OUT);
        }
        tokio::time::advance(INTERVAL).await;
        let later = line(Level::INFO, Some(1000));
        assert_eq!(limits.admit(LogKind::TooBig), later);
        assert_eq!(limits.admit(LogKind::TooBig), LEFT_OUT);
        assert_eq!(limits.count(LogKind::TooBig), 1003);
    }

    #[tokio::test(start_paused = true)]
    async fn faults_of_this_program_are_errors_and_limited_too() {
        let limits = LogLimits::new();
        let kind = LogKind::HandlerPanicked;
        assert_eq!(limits.admit(kind), line(Level::ERROR, None));
        assert_eq!(limits.admit(kind), LEFT_OUT);
        tokio::time::advance(INTERVAL).await;
        assert_eq!(limits.admit(kind), line(Level::ERROR, Some(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn each_kind_is_limited_by_itself() {
        let limits = LogLimits::new();
        for kind in [LogKind::TooBig, LogKind::UnknownPath] {
            assert_eq!(limits.admit(kind), line(Level::WARN, None));
            assert_eq!(limits.count(kind), 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_kind_that_was_quiet_for_long_begins_with_a_warning_again() {
        let limits = LogLimits::new();
        assert_eq!(limits.admit(LogKind::TooBig), line(Level::WARN, None));
        tokio::time::advance(PAUSE - Duration::from_millis(1)).await;
        assert_eq!(limits.admit(LogKind::TooBig), line(Level::INFO, None));
        assert_eq!(limits.admit(LogKind::TooBig), LEFT_OUT);
        tokio::time::advance(PAUSE).await;
        assert_eq!(limits.admit(LogKind::TooBig), line(Level::WARN, Some(1)));
    }
}
