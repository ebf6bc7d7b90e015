use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header};

use super::Refused;
use crate::bounds;
use crate::error::{Error, ErrorKind};
use crate::session::CloseReason;

/// How long a server may have a client wait with `Retry-After`.
const LONGEST_WISH: Duration = Duration::from_secs(60 * 60);

/// When a client connects again, and when it gives up: for [`Client::keep_connected`](super::Client::keep_connected).
///
/// The delay before each attempt is twice as long as the one before, up to [`max_delay`](Self::max_delay), and a random part
/// of its second half is left out, so that the clients of a server that comes back do not all come at once. After a
/// session that lasted for `max_delay` or longer, the delays begin anew. A longer `Retry-After` of the server is kept to, up to
/// an hour, and a random time is added.
///
/// ```
/// use std::time::Duration;
/// use wspring::{CloseCode, Reconnect};
///
/// let reconnect = Reconnect::new()
///     .max_delay(Duration::from_secs(60))
///     .attempts(20)
///     .when(|reason| reason.code != CloseCode::POLICY);
/// ```
#[derive(Clone)]
pub struct Reconnect {
    first_delay: Duration,
    max_delay: Duration,
    attempts: Option<usize>,
    when: Option<When>,
}

type When = Arc<dyn Fn(&CloseReason) -> bool + Send + Sync>;

/// How long to wait, and how often still.
#[derive(Debug)]
pub(super) struct Backoff {
    reconnect: Reconnect,
    /// Waits since a session that lasted.
    waits: u32,
    /// Attempts that have failed since a session, however long it was.
    failures: usize,
}

impl Reconnect {
    /// Half a second before the first attempt, up to 30 seconds between two, and for ever.
    #[must_use]
    pub fn new() -> Self {
        Self {
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            attempts: None,
            when: None,
        }
    }

    /// How long to wait at most before the first attempt to connect again, and at least half as long. It is at most
    /// [`max_delay`](Self::max_delay). Default: half a second.
    #[must_use]
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// The longest time between two attempts. Default: 30 seconds.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// How many attempts in a row may fail, at least 1; then it is given up. That a session ends is no attempt that failed.
    /// Default: no bound.
    #[must_use]
    pub fn attempts(mut self, most: usize) -> Self {
        self.attempts = Some(most);
        self
    }

    /// Whether to connect again after a session that was open has ended for this reason. Default: always, but for a close of
    /// this program's own, after which nothing is asked.
    #[must_use]
    pub fn when(mut self, wanted: impl Fn(&CloseReason) -> bool + Send + Sync + 'static) -> Self {
        self.when = Some(Arc::new(wanted));
        self
    }

    /// What is wrong with it, a sentence each.
    pub(super) fn problems(&self) -> impl Iterator<Item = String> {
        let too_long = (self.first_delay > self.max_delay)
            .then(|| "`first_delay` is at most as long as `max_delay`".to_owned());
        [
            bounds::time("first_delay", self.first_delay),
            bounds::time("max_delay", self.max_delay),
            bounds::size("attempts", self.attempts.unwrap_or(1)),
            too_long,
        ]
        .into_iter()
        .flatten()
    }

    pub(super) fn is_wanted(&self, reason: &CloseReason) -> bool {
        self.when.as_ref().is_none_or(|when| when(reason))
    }
}

impl Backoff {
    pub(super) fn new(reconnect: Reconnect) -> Self {
        Self {
            reconnect,
            waits: 0,
            failures: 0,
        }
    }

    /// How long to wait after a session that was open for this time.
    pub(super) fn after_session(&mut self, lasted: Duration) -> Duration {
        self.failures = 0;
        // A server that closes what it has just accepted is not to be asked all the time.
        if lasted >= self.reconnect.max_delay {
            self.waits = 0;
        }
        self.next()
    }

    /// How long to wait after an attempt that failed; `None` when it is given up.
    pub(super) fn after(&mut self, failure: &Error) -> Option<Duration> {
        self.failures += 1;
        let is_over = |most| self.failures >= most;
        if is_for_good(failure) || self.reconnect.attempts.is_some_and(is_over) {
            return None;
        }
        let delay = self.next();
        let wish = Refused::of(failure).and_then(|refused| retry_after(refused.headers()));
        // All who were refused were told the same time: they are not to come back at once.
        let later = |wish| wish + delay.mul_f64(rand::random());
        Some(wish.map_or(delay, |wish| delay.max(later(wish))))
    }

    fn next(&mut self) -> Duration {
        let delay = self
            .reconnect
            .first_delay
            .saturating_mul(1 << self.waits.min(30));
        self.waits = self.waits.saturating_add(1);
        let delay = delay.min(self.reconnect.max_delay);
        delay.mul_f64(0.5 + rand::random::<f64>() / 2.0)
    }

    pub(super) fn reconnect(&self) -> &Reconnect {
        &self.reconnect
    }
}

/// Whether the next attempt would fail in the same way.
fn is_for_good(failure: &Error) -> bool {
    match (Refused::of(failure), failure.kind()) {
        (Some(refused), _) => match refused.status() {
            // Another connection has the key, and may be one that is dead and not yet noticed.
            StatusCode::CONFLICT
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_EARLY
            | StatusCode::TOO_MANY_REQUESTS => false,
            StatusCode::NOT_IMPLEMENTED | StatusCode::HTTP_VERSION_NOT_SUPPORTED => true,
            status => !status.is_server_error(),
        },
        (None, ErrorKind::Io | ErrorKind::Handler) => false,
        (None, _) => true,
    }
}

/// How long the server wants to be left alone (RFC 9110 §10.2.3), within bounds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let wish = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(value).ok()?;
            date.duration_since(SystemTime::now()).ok()?
        }
    };
    Some(wish.min(LONGEST_WISH))
}

impl Default for Reconnect {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Reconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnect")
            .field("first_delay", &self.first_delay)
            .field("max_delay", &self.max_delay)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;

    use super::*;

    fn refused(status: u16, retry_after: Option<&str>) -> Error {
        let mut answer = Response::builder().status(status);
        if let Some(value) = retry_after {
            answer = answer.header("retry-after", value);
        }
        let refused = Refused::new(answer.body(Bytes::new()).unwrap());
        Error::caused(ErrorKind::Handshake, "refused", refused)
    }

    fn unreachable() -> Error {
        Error::new(ErrorKind::Io, "nobody is there")
    }

    #[test]
    fn k6_delays_double_up_to_the_longest_and_vary() {
        let second = Duration::from_secs(1);
        for _ in 0..50 {
            let mut backoff =
                Backoff::new(Reconnect::new().first_delay(second).max_delay(5 * second));
            for most in [1, 2, 4, 5, 5, 5] {
                let delay = backoff.after(&unreachable()).unwrap();
                let most = second * most;
                assert!((most / 2..=most).contains(&delay), "{delay:?} of {most:?}");
            }
            assert!(backoff.after_session(4 * second) >= 2 * second);
            assert!(backoff.after_session(5 * second) <= second);
        }
        let mut backoff = Backoff::new(Reconnect::new());
        let delays: Vec<_> = (0..10)
            .map(|_| {
                backoff.waits = 0;
                backoff.after(&unreachable())
            })
            .collect();
        assert!(delays.iter().any(|delay| *delay != delays[0]));
        // However often it fails, nothing overflows.
        backoff.waits = u32::MAX;
        assert!(backoff.after(&unreachable()) <= Some(Duration::from_secs(30)));
    }

    #[test]
    fn k6_attempts_have_a_bound_where_one_was_given() {
        let mut backoff = Backoff::new(Reconnect::new().attempts(3));
        assert!(backoff.after(&unreachable()).is_some());
        assert!(backoff.after(&unreachable()).is_some());
        assert_eq!(backoff.after(&unreachable()), None);
        let once = Reconnect::new().attempts(1);
        assert_eq!(Backoff::new(once).after(&unreachable()), None);
        // A session between them is no failure, and those before it count no more.
        let mut backoff = Backoff::new(Reconnect::new().attempts(2));
        for _ in 0..5 {
            assert!(backoff.after(&unreachable()).is_some());
            backoff.after_session(Duration::ZERO);
        }
        assert!(backoff.after(&unreachable()).is_some());
        assert_eq!(backoff.after(&unreachable()), None);
    }

    #[test]
    fn k6_refusals_that_stay_are_not_tried_again() {
        let gives_up = |error: &Error| Backoff::new(Reconnect::new()).after(error).is_none();
        for status in [
            200, 301, 307, 400, 401, 403, 404, 405, 410, 426, 451, 501, 505,
        ] {
            assert!(gives_up(&refused(status, None)), "{status}");
        }
        for status in [408, 409, 425, 429, 500, 502, 503, 504] {
            assert!(!gives_up(&refused(status, None)), "{status}");
        }
        for kind in [ErrorKind::Handshake, ErrorKind::Protocol, ErrorKind::Decode] {
            assert!(gives_up(&Error::new(kind, "")), "{kind:?}");
        }
        for kind in [ErrorKind::Io, ErrorKind::Handler] {
            assert!(!gives_up(&Error::new(kind, "")), "{kind:?}");
        }
    }

    #[test]
    fn k6_retry_after_is_kept_to_within_bounds() {
        let wait = |value: &str| {
            let mut backoff = Backoff::new(Reconnect::new());
            backoff.after(&refused(503, Some(value))).unwrap()
        };
        let own = Duration::from_millis(500);
        let asked = Duration::from_secs(120);
        let waits: Vec<_> = (0..10).map(|_| wait("120")).collect();
        assert!(
            waits
                .iter()
                .all(|wait| (asked..=asked + own).contains(wait))
        );
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
        assert!((LONGEST_WISH..=LONGEST_WISH + own).contains(&wait("999999999")));
        let soon = SystemTime::now() + Duration::from_secs(100);
        let soon = wait(&httpdate::fmt_http_date(soon));
        assert!((90..=100).contains(&soon.as_secs()), "{soon:?}");
        for value in [
            "0",
            "-5",
            "soon",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "99999999999999999999999",
        ] {
            assert!(wait(value) <= own, "{value}");
        }
    }
}
