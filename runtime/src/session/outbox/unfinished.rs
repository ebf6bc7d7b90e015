//! How long a session may hold messages back: nothing that somebody forgot keeps them for ever.

use std::time::Duration;

use tokio::time::Instant;

use super::queue::Queue;
use super::{HELD, Outbox, wake};

/// What has become of a session that holds messages back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// It holds nothing back any more.
    No,
    /// It is to be looked at again at this time.
    NotYet(Instant),
    /// A message in parts was begun and not gone on with.
    Message,
    /// A cork held messages back. They are queued now.
    Cork,
}

impl Outbox {
    /// Has the connection look after a while whether messages are still held back; `true` if it has yet to learn of it. It
    /// is told once, and not for each message in parts.
    pub(super) fn have_watched(&self, queue: &mut Queue) -> bool {
        let is_new = !std::mem::replace(&mut queue.watched, true);
        if is_new {
            self.signal(HELD);
        }
        is_new
    }

    /// Whether messages have been held back for `timeout`. What a cork has held for so long is let out.
    pub(crate) fn overdue(&self, timeout: Duration) -> Overdue {
        let now = Instant::now();
        let mut queue = self.lock();
        let is_idle = queue.bytes == 0;
        let Some(held) = queue.held() else {
            queue.watched = false;
            return Overdue::No;
        };
        let is_corked_only = held.is_corked_only();
        let since = match held.since {
            // While parts wait for a slow peer, it is the peer that is measured.
            Some(since) if is_idle || is_corked_only => since,
            _ => now,
        };
        let is_empty = is_corked_only && held.messages == 0;
        if is_empty || now < since + timeout {
            let since = if is_empty { now } else { since };
            return Overdue::NotYet(since + timeout);
        }
        if !is_corked_only {
            return Overdue::Message;
        }
        let waker = self.let_out(&mut queue);
        drop(queue);
        wake(waker);
        Overdue::Cork
    }
}
