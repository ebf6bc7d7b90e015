use std::time::Duration;

use super::expiry::Expiry;
use super::timeout::check_timeout;
use super::{InvalidTimeout, Session};
use crate::protocol::Limits;

/// What a session has in place of the limits of its endpoint.
#[derive(Debug, Default)]
pub(super) struct Overrides {
    pub(super) idle_timeout: Option<IdleTimeout>,
    pub(super) max_text_size: Option<usize>,
    pub(super) max_binary_size: Option<usize>,
    pub(super) expiry: Option<Expiry>,
}

/// `None` is a session that may be idle for ever.
pub(super) type IdleTimeout = Option<Duration>;

/// A message size that makes no sense for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a limit of {0} bytes would refuse every message: it is at least 1 byte")]
pub struct InvalidSize(usize);

/// The limits of one session, which can be changed as long as it lives.
impl Session {
    /// How long this session may be idle before it is closed with 1001; `None` is for ever.
    ///
    /// See [`Builder::idle_timeout`](crate::Builder::idle_timeout) for what counts as activity.
    /// Java: `Session.getMaxIdleTimeout()`.
    #[must_use]
    pub fn idle_timeout(&self) -> Option<Duration> {
        let own = self.outbox().overridden(|own| own.idle_timeout);
        own.unwrap_or(self.site().terms.idle_timeout)
    }

    /// Sets how long this session may be idle, counted from this call; `None` is for ever.
    ///
    /// Any task may do so, at any time; on a session that has ended it changes nothing.
    /// Java: `Session.setMaxIdleTimeout(long)`.
    ///
    /// # Errors
    ///
    /// [`InvalidTimeout`] for less than a millisecond and for more than a day; nothing is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use wspring::BoxError;
    /// use wspring::prelude::*;
    ///
    /// #[derive(Default)]
    /// struct Chat;
    ///
    /// #[server_endpoint("/chat")]
    /// impl Chat {
    ///     #[on_message]
    ///     fn log_in(&self, _token: &str, session: &Session) -> Result<(), BoxError> {
    ///         session.set_idle_timeout(Some(Duration::from_secs(3600)))?;
    ///         session.set_max_binary_size(16 * 1024 * 1024)?;
    ///         Ok(())
    ///     }
    /// }
    /// ```
    pub fn set_idle_timeout(&self, timeout: Option<Duration>) -> Result<(), InvalidTimeout> {
        check_timeout(timeout)?;
        self.outbox().retime(timeout);
        Ok(())
    }

    /// The largest text message that the peer may send, in bytes over all its fragments.
    ///
    /// Java: `Session.getMaxTextMessageBufferSize()`.
    #[must_use]
    pub fn max_text_size(&self) -> usize {
        self.limits().max_text_size
    }

    /// Sets the largest text message that the peer may send, in bytes; a larger one ends the session with 1009.
    ///
    /// It wins over the limits of handler, endpoint and server, whether it is smaller or larger, and holds for frames
    /// whose header has not come yet: for the next message, and for the rest of one that is coming in. Any task may set
    /// it, at any time; on a session that has ended it changes nothing. It does not apply to a [`Partial`](crate::Partial) or
    /// a [`MessageReader`](crate::MessageReader).
    /// Java: `Session.setMaxTextMessageBufferSize(int)`.
    ///
    /// # Errors
    ///
    /// [`InvalidSize`] for 0; nothing is changed then.
    pub fn set_max_text_size(&self, bytes: usize) -> Result<(), InvalidSize> {
        self.set_size(bytes, |own| own.max_text_size = Some(bytes))
    }

    /// The largest binary message that the peer may send, in bytes over all its fragments.
    ///
    /// Java: `Session.getMaxBinaryMessageBufferSize()`.
    #[must_use]
    pub fn max_binary_size(&self) -> usize {
        self.limits().max_binary_size
    }

    /// [`set_max_text_size`](Self::set_max_text_size), for binary messages.
    ///
    /// Java: `Session.setMaxBinaryMessageBufferSize(int)`.
    ///
    /// # Errors
    ///
    /// [`InvalidSize`] for 0; nothing is changed then.
    pub fn set_max_binary_size(&self, bytes: usize) -> Result<(), InvalidSize> {
        self.set_size(bytes, |own| own.max_binary_size = Some(bytes))
    }

    /// What applies to messages that come in.
    pub(crate) fn limits(&self) -> Limits {
        let limits = self.site().terms.limits;
        let own = |of: fn(&Overrides) -> Option<usize>| self.outbox().overridden(of);
        Limits {
            max_text_size: own(|own| own.max_text_size).unwrap_or(limits.max_text_size),
            max_binary_size: own(|own| own.max_binary_size).unwrap_or(limits.max_binary_size),
            ..limits
        }
    }

    fn set_size(&self, bytes: usize, set: impl FnOnce(&mut Overrides)) -> Result<(), InvalidSize> {
        if bytes == 0 {
            return Err(InvalidSize(bytes));
        }
        self.outbox().resize(set);
        Ok(())
    }
}
