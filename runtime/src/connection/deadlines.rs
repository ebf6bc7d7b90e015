mod arrival;
mod backlog;
mod closing;
mod due;
mod reach;
mod seldom;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep};

use self::arrival::Arrival;
pub(super) use self::backlog::TooSlow;
use self::closing::Closing;
pub(super) use self::due::Due;
use self::reach::Reach;
use self::seldom::{Idle, Seldom};
use crate::handshake::Acknowledged;
use crate::protocol::Position;
use crate::site::Terms;

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
    #[inline]
    pub(super) fn heard(&mut self) {
        self.pong = None;
        if let Some(seldom) = &mut self.seldom {
            seldom.arrival.resume();
        }
    }

    /// The peer cannot be heard at the moment, because reading is paused: its time does not run.
    pub(super) fn deaf(&mut self) {
        let now = Instant::now();
        self.put_off_pong(now);
        if self.message.is_some() {
            self.message = Some(now + self.terms.message_timeout);
        }
        if let Some(seldom) = &mut self.seldom {
            seldom.arrival.pause();
            seldom.message = None;
        }
    }

    /// Reading is paused because the peer sends too much. Its unfinished message gets the time of one more, however often
    /// that happens.
    pub(super) fn throttled(&mut self) {
        let now = Instant::now();
        self.put_off_pong(now);
        if let Some(end) = self.message {
            let timeout = self.terms.message_timeout;
            let seldom = self.seldom.get_or_insert_default();
            let latest = *seldom.message.get_or_insert(end + timeout);
            self.message = Some(latest.min(now + timeout));
        }
    }

    fn put_off_pong(&mut self, now: Instant) {
        if self.pong.is_some() {
            self.pong = Some(now + self.terms.pong_timeout);
        }
    }

    /// Whether a message is begun and not finished: the peer has a limited time for each.
    pub(super) fn mid_message(&mut self, begun: bool) {
        if !begun {
            self.message = None;
        } else if self.message.is_none() {
            self.message = Some(Instant::now() + self.terms.message_timeout);
            self.armed = false;
            if let Some(seldom) = &mut self.seldom {
                seldom.message = None;
            }
        }
    }

    /// A part of a message came that is taken in parts.
    pub(super) fn came(&mut self, position: Position) {
        self.mid_message(false);
        let Some(most) = self.terms.max_receive_time else {
            return;
        };
        let arrival = &mut self.seldom.get_or_insert_default().arrival;
        match position {
            Position::First => *arrival = Arrival::begun(most),
            Position::Middle => return,
            Position::Last => *arrival = Arrival::default(),
        }
        self.armed = false;
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
            if let Some(seldom) = &mut self.seldom {
                seldom.ping = Reach::default();
            }
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

    /// The time for a pong is over. Gives a peer more time that the ping may not have reached yet; `false` when it has
    /// had all its time.
    pub(super) fn is_pong_prolonged(&mut self, acknowledged: Option<Acknowledged>) -> bool {
        let ping = &mut self.seldom.get_or_insert_default().ping;
        let more = ping.judge(acknowledged, self.terms.pong_timeout);
        self.pong = more.map(|more| Instant::now() + more);
        more.is_some()
    }

    /// The last ping has not been written yet.
    pub(super) fn prolong_pong(&mut self) {
        self.pong = Some(Instant::now() + self.terms.pong_timeout);
    }

    /// The socket takes nothing: the peer has a limited time to read.
    pub(super) fn stuck(&mut self) {
        let seldom = self.seldom.get_or_insert_default();
        if seldom.write.is_none() {
            seldom.write = Some(seldom.backlog.block(&self.terms));
            self.armed = false;
        }
    }

    /// The socket took something.
    pub(super) fn unstuck(&mut self) {
        if let Some(seldom) = &mut self.seldom {
            seldom.write = None;
            seldom.backlog.unblock();
        }
    }

    /// The socket took so many bytes of a peer that may be slow; `finished` says that a frame ended in them.
    pub(super) fn taken(&mut self, bytes: usize, finished: bool) {
        if let Some(Seldom { backlog, .. }) = self.seldom.as_deref_mut() {
            backlog.taken += bytes as u64;
            backlog.finished |= finished;
        }
    }

    /// Looks at how a peer takes what waits for it, which has `acknowledged` so much.
    pub(super) fn look_at_backlog(
        &mut self,
        acknowledged: Option<Acknowledged>,
    ) -> Result<(), TooSlow> {
        let seldom = self.seldom.get_or_insert_default();
        let bytes = acknowledged.map(|acknowledged| acknowledged.bytes);
        seldom.write = Some(seldom.backlog.look(bytes, &self.terms)?);
        Ok(())
    }

    /// When to see whether this side still holds messages back.
    pub(super) fn look_at_unfinished(&mut self, at: Instant) {
        self.seldom.get_or_insert_default().unfinished = Some(at);
        self.armed = false;
    }

    /// A Close frame is on its way: no more pings, and the peer has this long to answer. It is told again when
    /// the peer took some bytes, but not for ever: a peer that takes them one by one is cut off too.
    pub(super) fn closing(&mut self) {
        let timeout = self.terms.close_timeout;
        let seldom = self.seldom.get_or_insert_default();
        match &mut seldom.closing {
            Some(closing) => closing.went_on(timeout),
            none => *none = Some(Closing::begun(timeout)),
        }
        self.pong = None;
        self.armed = false;
    }

    /// The time for the peer's Close frame is over. Gives a peer more that has not got ours yet.
    pub(super) fn is_closing_prolonged(&mut self, acknowledged: Option<Acknowledged>) -> bool {
        let closing = self
            .seldom
            .as_mut()
            .and_then(|seldom| seldom.closing.as_mut());
        closing.is_some_and(|closing| closing.is_prolonged(acknowledged, &self.terms))
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
            if seldom.closing.is_some() {
                return seldom.due(now);
            }
            let due = seldom.due(now);
            if due.is_some() {
                return due;
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
        let mut seldom = None;
        if let Some(those) = &self.seldom {
            if let Some(closing) = those.closing {
                return closing.answer;
            }
            seldom = those.next();
        }
        let others = [self.pong, self.message, seldom];
        others.into_iter().flatten().fold(self.ping, Instant::min)
    }
}

#[cfg(test)]
mod tests;
