//! The end of the login behind a session.

use std::time::SystemTime;

use tokio::time::Instant;

use super::Session;
use crate::bounds::GREATEST_AGE;

/// When a login ends, by the clock of whoever has issued it and by the one that only goes forward.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expiry {
    time: SystemTime,
    at: Instant,
}

impl Expiry {
    fn new(time: SystemTime) -> Self {
        let left = time.duration_since(SystemTime::now()).unwrap_or_default();
        let now = Instant::now();
        // What lies beyond is out of reach: no session lives for a hundred years.
        let latest = now + GREATEST_AGE * 100;
        let at = now.checked_add(left).unwrap_or(latest).min(latest);
        Self { time, at }
    }
}

/// The end of a login, which can be put off while the session lives.
impl Session {
    /// When the user's login ends, and this session with it; `None` if it does not.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        let expiry = self.outbox().overridden(|own| own.expiry);
        expiry.map(|expiry| expiry.time)
    }

    /// Lets this session live until `time`, whatever was said before
    /// ([`Accept::expires_at`](crate::Accept::expires_at) and earlier calls): then it is closed with 1008 and the reason
    /// `the login has expired`, and at once if `time` has passed.
    ///
    /// Check the new token, and that it belongs to [the same user](Self::principal), before you call it. Any task may call
    /// it, at any time; on a session that has begun to close it changes nothing.
    ///
    /// The time that is left is measured from this call on with a clock that only goes forward: setting the system's
    /// clock later changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use wspring::prelude::*;
    ///
    /// #[derive(Default)]
    /// struct Account;
    ///
    /// #[server_endpoint("/account")]
    /// impl Account {
    ///     #[on_handshake]
    ///     fn log_in(#[query_param] token: &str) -> Result<Accept, Reject> {
    ///         let (user, end) = check(token).ok_or_else(|| Reject::unauthorized("log in first"))?;
    ///         Ok(Accept::new().principal(user).expires_at(end))
    ///     }
    ///
    ///     #[on_message]
    ///     fn renew(&self, token: &str, session: &Session) -> &'static str {
    ///         match check(token) {
    ///             Some((user, end)) if session.principal() == Some(&user.into()) => {
    ///                 session.renew_until(end);
    ///                 "renewed"
    ///             }
    ///             _ => "this token is not yours, or has expired",
    ///         }
    ///     }
    /// }
    ///
    /// fn check(token: &str) -> Option<(&'static str, SystemTime)> {
    ///     (token == "alice-2").then(|| ("alice", SystemTime::now() + Duration::from_secs(3600)))
    /// }
    /// ```
    pub fn renew_until(&self, time: SystemTime) {
        self.outbox().renew(Expiry::new(time));
    }

    /// When it is to be closed because the login ends.
    pub(crate) fn login_end(&self) -> Option<Instant> {
        let expiry = self.outbox().overridden(|own| own.expiry);
        expiry.map(|expiry| expiry.at)
    }
}
