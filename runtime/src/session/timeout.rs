use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Sleep;

use super::SendError;
use crate::bounds::{LONGEST, SHORTEST};

/// How long a send waits for room. Every session keeps one, and so does every send that waits, so it is short: a number of
/// milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SendTimeout(u32);

/// The send timeout of a session.
#[derive(Debug)]
pub(super) struct SharedTimeout(AtomicU32);

/// A timeout that makes no sense for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a timeout of {0:?} cannot be used: it is 1 ms to 24 h, or `None` to wait without an end")]
pub struct InvalidTimeout(Duration);

/// Whether a session may wait so long.
pub(crate) fn check_timeout(timeout: Option<Duration>) -> Result<(), InvalidTimeout> {
    match timeout {
        Some(timeout) if !(SHORTEST..=LONGEST).contains(&timeout) => Err(InvalidTimeout(timeout)),
        _ => Ok(()),
    }
}

impl SendTimeout {
    /// Waits without an end.
    pub(super) const NEVER: Self = Self(u32::MAX);

    /// What lies between two milliseconds is rounded up; what is too long to be counted never ends.
    pub(crate) fn new(timeout: Option<Duration>) -> Self {
        timeout.map_or(Self::NEVER, |timeout| {
            let milliseconds = timeout.as_nanos().div_ceil(1_000_000);
            Self(milliseconds.try_into().unwrap_or(u32::MAX))
        })
    }

    /// `timeout`, if a session may have it.
    pub(super) fn checked(timeout: Option<Duration>) -> Result<Self, InvalidTimeout> {
        check_timeout(timeout).map(|()| Self::new(timeout))
    }

    pub(super) fn duration(self) -> Option<Duration> {
        (self != Self::NEVER).then(|| Duration::from_millis(self.0.into()))
    }

    /// Ready at the next `progress`, or when the time is over. The `timer` of a send is set at its first wait, and rings
    /// once for all of them.
    pub(super) fn poll_wait(
        self,
        cx: &mut Context<'_>,
        timer: &mut Option<Pin<Box<Sleep>>>,
        progress: Pin<&mut impl Future<Output = ()>>,
    ) -> Poll<Result<(), SendError>> {
        if progress.poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        let Some(after) = self.duration() else {
            return Poll::Pending;
        };
        let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(after)));
        let over = timer.as_mut().poll(cx);
        over.map(|()| Err(SendError::Timeout { after }))
    }
}

impl SharedTimeout {
    pub(super) fn new(timeout: SendTimeout) -> Self {
        Self(AtomicU32::new(timeout.0))
    }

    pub(super) fn load(&self) -> SendTimeout {
        SendTimeout(self.0.load(Ordering::Relaxed))
    }

    pub(super) fn store(&self, timeout: SendTimeout) {
        self.0.store(timeout.0, Ordering::Relaxed);
    }
}
