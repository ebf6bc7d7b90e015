use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header};

use super::Refused;
use crate::bounds;
use crate::error::{Error, ErrorKind};
use crate::session::{CloseReason, Initiator};

/// How long a server may have a client wait with `Retry-After`.
const LONGEST_WISH: Duration = Duration::from_secs(60 * 60);

/// When a client connects again, and when it gives up: for [`Client::keep_connected`](super::Client::keep_connected).
///
/// The delay before each attempt is twice as long as the one before, up to [`max_delay`](Self::max_delay), and a random part
/// of its second half is left out, so that the clients of a server that comes back do not all come at once. After a
/// connection that lasted for `max_delay` or longer, delays and attempts are counted from the beginning. A longer
/// `Retry-After` of the server is kept to, up to an hour.
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

/// How often it has failed in a row.
#[derive(Debug)]
pub(super) struct Backoff {
    reconnect: Reconnect,
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

    /// How long to wait before the first attempt to connect again. Default: half a second.
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

    /// How many attempts in a row may fail, at least 1; then it is given up. Default: no bound.
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
        [
            bounds::time("first_delay", self.first_delay),
            bounds::time("max_delay", self.max_delay),
            bounds::size("attempts", self.attempts.unwrap_or(1)),
        ]
        .into_iter()
        .flatten()
    }

    pub(super) fn is_wanted(&self, reason: &CloseReason) -> bool {
        reason.initiator != Initiator::App && self.when.as_ref().is_none_or(|when| when(reason))
    }
}

impl Backoff {
    pub(super) fn new(reconnect: Reconnect) -> Self {
        Self {
            reconnect,
            failures: 0,
        }
    }

    /// A connection has ended after this time.
    pub(super) fn lasted(&mut self, time: Duration) {
        if time >= self.reconnect.max_delay {
            self.failures = 0;
        }
    }

    /// How long to wait before the next attempt; `None` when it is given up.
    pub(super) fn after(&mut self, failure: &Error) -> Option<Duration> {
        self.failures += 1;
        let is_over = |most| self.failures >= most;
        if is_for_good(failure) || self.reconnect.attempts.is_some_and(is_over) {
            return None;
        }
        let doublings = (self.failures - 1).min(30);
        let delay = self.reconnect.first_delay.saturating_mul(1 << doublings);
        let delay = delay.min(self.reconnect.max_delay);
        let delay = delay.mul_f64(0.5 + rand::random::<f64>() / 2.0);
        let wish = Refused::of(failure).and_then(|refused| retry_after(refused.headers()));
        Some(delay.max(wish.unwrap_or_default()))
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
            backoff.lasted(4 * second);
            assert!(backoff.after(&unreachable()).unwrap() >= 2 * second);
            backoff.lasted(5 * second);
            assert!(backoff.after(&unreachable()).unwrap() <= second);
        }
        let mut backoff = Backoff::new(Reconnect::new());
        let delays: Vec<_> = (0..10)
            .map(|_| {
                backoff.failures = 0;
                backoff.after(&unreachable())
            })
            .collect();
        assert!(delays.iter().any(|delay| *delay != delays[0]));
        // However often it fails, nothing overflows.
        backoff.failures = usize::MAX - 1;
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
        assert_eq!(wait("120"), Duration::from_secs(120));
        assert_eq!(wait("999999999"), LONGEST_WISH);
        let soon = SystemTime::now() + Duration::from_secs(100);
        let soon = wait(&httpdate::fmt_http_date(soon));
        assert!((90..=100).contains(&soon.as_secs()), "{soon:?}");
        let own = Duration::from_millis(500);
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
