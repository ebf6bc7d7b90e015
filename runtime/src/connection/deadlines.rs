use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep};

use crate::handshake::Terms;

/// How many times the close timeout a close handshake may take, if the peer takes bytes all the time.
const MAX_CLOSE_TIMEOUTS: u32 = 12;

/// The part of its greatest age that a session may lose.
const AGE_JITTER: f64 = 0.1;

/// When something is due on a connection, on one timer that is set again only when it has rung.
#[derive(Debug)]
pub(super) struct Deadlines {
    terms: Arc<Terms>,
    ping: Instant,
    pong: Option<Instant>,
    message: Option<Instant>,
    seldom: Option<Box<Seldom>>,
    timer: Pin<Box<Sleep>>,
    /// The timer is set to the earliest deadline or before it, and has been polled since.
    armed: bool,
    /// Pings of the runtime that no pong has answered.
    unanswered: u8,
}

/// Deadlines that most connections never have.
#[derive(Debug, Default)]
struct Seldom {
    write: Option<Instant>,
    idle: Option<Idle>,
    age: Option<Instant>,
    login: Option<Instant>,
    pause: Option<Instant>,
    closing: Option<Closing>,
}

/// When a session has been idle for too long.
#[derive(Clone, Copy, Debug)]
struct Idle {
    timeout: Duration,
    at: Instant,
}

/// The deadlines of the close handshake.
#[derive(Clone, Copy, Debug)]
struct Closing {
    answer: Instant,
    /// When it is over in any case.
    last: Instant,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Send a ping.
    Ping,
    /// The peer has not answered the last ping.
    Pong,
    /// The peer has not finished the message that it began.
    Message,
    /// The peer has taken nothing of what waits for it.
    Write,
    /// Nothing has gone either way that counts as activity.
    Idle,
    /// The session has reached its greatest age.
    Age,
    /// The login behind the session has ended.
    Login,
    /// The peer has been within its limits for long enough.
    Pause,
    /// The peer has not answered the Close frame.
    Close,
}

impl Deadlines {
    pub(super) fn new(terms: Arc<Terms>) -> Self {
        let now = Instant::now();
        // The first ping comes at a random moment, so that connections which opened together do not ping
        // together for ever after.
        let ping = now + terms.ping_interval.mul_f64(rand::random());
        let (idle_timeout, max_age) = (terms.idle_timeout, terms.max_age);
        let mut deadlines = Self {
            terms,
            ping,
            pong: None,
            message: None,
            seldom: None,
            timer: Box::pin(tokio::time::sleep_until(ping)),
            armed: false,
            unanswered: 0,
        };
        deadlines.set_idle_timeout(idle_timeout);
        if let Some(age) = max_age {
            // Sessions that opened together do not end together.
            let age = age.mul_f64(1.0 - AGE_JITTER * rand::random::<f64>());
            deadlines.seldom.get_or_insert_default().age = Some(now + age);
        }
        deadlines
    }

    /// What applies to the connection.
    pub(super) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Something came from the peer: it is alive.
    pub(super) fn heard(&mut self) {
        self.pong = None;
    }

    /// The peer cannot be heard at the moment, because reading is paused: its time does not run.
    pub(super) fn deaf(&mut self) {
        if self.pong.is_some() {
            self.pong = Some(Instant::now() + self.terms.pong_timeout);
        }
        if self.message.is_some() {
            self.message = Some(Instant::now() + self.terms.message_timeout);
        }
    }

    /// Whether a message is begun and not finished: the peer has a limited time for each.
    pub(super) fn mid_message(&mut self, begun: bool) {
        if !begun {
            self.message = None;
        } else if self.message.is_none() {
            self.message = Some(Instant::now() + self.terms.message_timeout);
            self.armed = false;
        }
    }

    /// The session may be idle for so long, counted from now.
    pub(super) fn set_idle_timeout(&mut self, timeout: Option<Duration>) {
        let idle = timeout.map(Idle::begun);
        match &mut self.seldom {
            Some(seldom) => seldom.idle = idle,
            None if idle.is_none() => return,
            none => {
                *none = Some(Box::new(Seldom {
                    idle,
                    ..Seldom::default()
                }));
            }
        }
        self.armed = false;
    }

    /// The login behind the session ends then.
    pub(super) fn set_login_end(&mut self, end: Option<Instant>) {
        self.seldom.get_or_insert_default().login = end;
        self.armed = false;
    }

    /// Nothing is decoded until then.
    pub(super) fn pause_until(&mut self, end: Instant) {
        self.seldom.get_or_insert_default().pause = Some(end);
        self.armed = false;
    }

    /// A message or a ping came, or what the application sent was written.
    pub(super) fn active(&mut self) {
        if let Some(seldom) = &mut self.seldom
            && let Some(idle) = &mut seldom.idle
        {
            *idle = Idle::begun(idle.timeout);
        }
    }

    /// A ping of the runtime is on its way, without a payload.
    pub(super) fn pinged(&mut self) {
        if self.pong.is_none() {
            self.pong = Some(Instant::now() + self.terms.pong_timeout);
            self.armed = false;
        }
        self.unanswered = self.unanswered.saturating_add(1);
    }

    /// A pong came. If it answers a ping of the runtime, it says nothing about what the peer wants.
    pub(super) fn ponged(&mut self, payload: &[u8]) {
        if payload.is_empty() && self.unanswered > 0 {
            self.unanswered -= 1;
        } else {
            self.active();
        }
    }

    /// The socket takes nothing: the peer has a limited time to read.
    pub(super) fn stuck(&mut self) {
        let seldom = self.seldom.get_or_insert_default();
        if seldom.write.is_none() {
            seldom.write = Some(Instant::now() + self.terms.write_timeout);
            self.armed = false;
        }
    }

    /// The socket took something.
    pub(super) fn unstuck(&mut self) {
        if let Some(seldom) = &mut self.seldom {
            seldom.write = None;
        }
    }

    /// A Close frame is on its way: no more pings, and the peer has this long to answer. It is told again when
    /// the peer took some bytes, but not for ever: a peer that takes them one by one is cut off too.
    pub(super) fn closing(&mut self) {
        let now = Instant::now();
        let timeout = self.terms.close_timeout;
        let seldom = self.seldom.get_or_insert_default();
        let last = match seldom.closing {
            Some(closing) => closing.last,
            None => now + timeout * MAX_CLOSE_TIMEOUTS,
        };
        let answer = last.min(now + timeout);
        seldom.closing = Some(Closing { answer, last });
        self.pong = None;
        self.armed = false;
    }

    /// What is due already, for a connection that has something to do all the time and waits for no timer.
    pub(super) fn overdue(&mut self) -> Option<Due> {
        if self.armed && !self.timer.is_elapsed() {
            return None;
        }
        self.armed = false;
        self.due(Instant::now())
    }

    /// The next thing that is due. It is for one task, whose waker stays the same.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Due> {
        if self.armed && !self.timer.is_elapsed() {
            return Poll::Pending;
        }
        self.armed = false;
        loop {
            let now = Instant::now();
            if let Some(due) = self.due(now) {
                return Poll::Ready(due);
            }
            let next = self.next();
            if self.timer.deadline() != next
                && (self.timer.deadline() > next || self.timer.is_elapsed())
            {
                self.timer.as_mut().reset(next);
            }
            // A task that has used up its budget would only be told to run again, and the timer not be set.
            let mut timer = unconstrained(self.timer.as_mut());
            if Pin::new(&mut timer).poll(cx).is_pending() {
                self.armed = true;
                return Poll::Pending;
            }
        }
    }

    fn due(&mut self, now: Instant) -> Option<Due> {
        let past = |deadline: &mut Option<Instant>| deadline.take_if(|at| *at <= now).is_some();
        if let Some(seldom) = &mut self.seldom {
            if let Some(closing) = seldom.closing {
                return (closing.answer <= now).then_some(Due::Close);
            }
            if past(&mut seldom.write) {
                return Some(Due::Write);
            }
            if seldom.idle.take_if(|idle| idle.at <= now).is_some() {
                return Some(Due::Idle);
            }
            if past(&mut seldom.age) {
                return Some(Due::Age);
            }
            if past(&mut seldom.login) {
                return Some(Due::Login);
            }
            if past(&mut seldom.pause) {
                return Some(Due::Pause);
            }
        }
        if past(&mut self.pong) {
            Some(Due::Pong)
        } else if past(&mut self.message) {
            Some(Due::Message)
        } else if self.ping <= now {
            self.ping = now + self.terms.ping_interval;
            Some(Due::Ping)
        } else {
            None
        }
    }

    fn next(&self) -> Instant {
        let mut rare = [None; 5];
        if let Some(seldom) = &self.seldom {
            if let Some(closing) = seldom.closing {
                return closing.answer;
            }
            let idle = seldom.idle.map(|idle| idle.at);
            rare = [seldom.write, idle, seldom.age, seldom.login, seldom.pause];
        }
        let common = [self.pong, self.message];
        let others = common.into_iter().chain(rare).flatten();
        others.fold(self.ping, Instant::min)
    }
}

impl Idle {
    /// It begins now.
    fn begun(timeout: Duration) -> Self {
        Self {
            timeout,
            at: Instant::now() + timeout,
        }
    }
}

#[cfg(test)]
mod tests;
