//! Deadlines that most connections never have, in a box of their own.

use std::time::Duration;

use tokio::time::Instant;

use super::Due;
use super::arrival::Arrival;
use super::backlog::Backlog;
use super::closing::Closing;
use super::reach::Reach;

#[derive(Debug, Default)]
pub(super) struct Seldom {
    pub(super) write: Option<Instant>,
    pub(super) unfinished: Option<Instant>,
    pub(super) arrival: Arrival,
    pub(super) backlog: Backlog,
    /// Whether the last ping is known to be at the peer.
    pub(super) ping: Reach,
    pub(super) idle: Option<Idle>,
    pub(super) age: Option<Instant>,
    pub(super) login: Option<Instant>,
    pub(super) pause: Option<Instant>,
    /// When a message has to be finished whose peer was throttled.
    pub(super) message: Option<Instant>,
    pub(super) closing: Option<Closing>,
}

/// When a session has been idle for too long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Idle {
    pub(super) timeout: Duration,
    at: Instant,
}

impl Seldom {
    /// What is due of it. While the session closes, that is nothing else than the end.
    pub(super) fn due(&mut self, now: Instant) -> Option<Due> {
        if let Some(closing) = self.closing {
            return (closing.answer <= now).then_some(Due::Close);
        }
        let past = |deadline: &mut Option<Instant>| deadline.take_if(|at| *at <= now).is_some();
        if past(&mut self.write) {
            Some(Due::Write)
        } else if past(&mut self.arrival.last) {
            Some(Due::Arrival)
        } else if past(&mut self.unfinished) {
            Some(Due::Unfinished)
        } else if self.idle.take_if(|idle| idle.at <= now).is_some() {
            Some(Due::Idle)
        } else if past(&mut self.age) {
            Some(Due::Age)
        } else if past(&mut self.login) {
            Some(Due::Login)
        } else if past(&mut self.pause) {
            Some(Due::Pause)
        } else {
            None
        }
    }

    /// The next deadline of a session that does not close.
    pub(super) fn next(&self) -> Option<Instant> {
        let idle = self.idle.map(|idle| idle.at);
        let all = [
            self.write,
            self.arrival.last,
            self.unfinished,
            idle,
            self.age,
            self.login,
            self.pause,
        ];
        all.into_iter().flatten().min()
    }
}

impl Idle {
    /// It begins now.
    pub(super) fn begun(timeout: Duration) -> Self {
        Self {
            timeout,
            at: Instant::now() + timeout,
        }
    }
}
