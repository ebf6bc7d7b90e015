use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use crate::handshake::Terms;

/// How many times the close timeout a close handshake may take, if the peer takes bytes all the time.
const MAX_CLOSE_TIMEOUTS: u32 = 12;

/// When something is due on a connection, on one timer that is set again only when it has rung.
#[derive(Debug)]
pub(super) struct Deadlines {
    ping_interval: Duration,
    pong_timeout: Duration,
    message_timeout: Duration,
    close_timeout: Duration,
    ping: Instant,
    pong: Option<Instant>,
    message: Option<Instant>,
    close: Option<Instant>,
    /// When the close handshake is over in any case.
    last: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    /// The timer is set to the earliest deadline or before it, and has been polled since.
    armed: bool,
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
    /// The peer has not answered the Close frame.
    Close,
}

impl Deadlines {
    pub(super) fn new(terms: &Terms) -> Self {
        // The first ping comes at a random moment, so that connections which opened together do not ping
        // together for ever after.
        let ping = Instant::now() + terms.ping_interval.mul_f64(rand::random());
        Self {
            ping_interval: terms.ping_interval,
            pong_timeout: terms.pong_timeout,
            message_timeout: terms.message_timeout,
            close_timeout: terms.close_timeout,
            ping,
            pong: None,
            message: None,
            close: None,
            last: None,
            timer: Box::pin(tokio::time::sleep_until(ping)),
            armed: false,
        }
    }

    /// Something came from the peer: it is alive.
    pub(super) fn heard(&mut self) {
        self.pong = None;
    }

    /// The peer cannot be heard at the moment, because reading is paused: its time does not run.
    pub(super) fn deaf(&mut self) {
        if self.pong.is_some() {
            self.pong = Some(Instant::now() + self.pong_timeout);
        }
    }

    /// Whether a message is begun and not finished: the peer has a limited time for each.
    pub(super) fn mid_message(&mut self, begun: bool) {
        if !begun {
            self.message = None;
        } else if self.message.is_none() {
            self.message = Some(Instant::now() + self.message_timeout);
            self.armed = false;
        }
    }

    /// A Close frame is on its way: no more pings, and the peer has this long to answer. It is told again when
    /// the peer took some bytes, but not for ever: a peer that takes them one by one is cut off too.
    pub(super) fn closing(&mut self) {
        let now = Instant::now();
        let last = *self
            .last
            .get_or_insert(now + self.close_timeout * MAX_CLOSE_TIMEOUTS);
        let close = last.min(now + self.close_timeout);
        self.pong = None;
        self.close = Some(close);
        self.armed = false;
    }

    /// The next thing that is due. It is for one task, whose waker stays the same.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Due> {
        if self.armed && !self.timer.is_elapsed() {
            return Poll::Pending;
        }
        self.armed = false;
        loop {
            let now = Instant::now();
            if let Some(close) = self.close {
                if close <= now {
                    return Poll::Ready(Due::Close);
                }
            } else if self.pong.is_some_and(|pong| pong <= now) {
                self.pong = None;
                return Poll::Ready(Due::Pong);
            } else if self.message.is_some_and(|message| message <= now) {
                self.message = None;
                return Poll::Ready(Due::Message);
            } else if self.ping <= now {
                self.ping = now + self.ping_interval;
                self.pong.get_or_insert(now + self.pong_timeout);
                return Poll::Ready(Due::Ping);
            }
            let next = self.close.unwrap_or_else(|| {
                let others = [self.pong, self.message];
                others.into_iter().flatten().fold(self.ping, Instant::min)
            });
            let is_later = self.timer.deadline() > next;
            if is_later || self.timer.is_elapsed() || self.close.is_some() {
                self.timer.as_mut().reset(next);
            }
            if self.timer.as_mut().poll(cx).is_pending() {
                self.armed = true;
                return Poll::Pending;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;
    use crate::protocol::Limits;

    const PING: Duration = Duration::from_secs(25);
    const PONG: Duration = Duration::from_secs(20);

    fn deadlines() -> Deadlines {
        Deadlines::new(&Terms {
            limits: Limits {
                max_message_size: 1024,
                max_fragments: 16,
            },
            ping_interval: PING,
            pong_timeout: PONG,
            message_timeout: Duration::from_secs(60),
            close_timeout: Duration::from_secs(5),
            heartbeat: None,
            deflate: None,
        })
    }

    async fn next(deadlines: &mut Deadlines) -> Due {
        poll_fn(|cx| deadlines.poll(cx)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_is_silent_after_a_ping_is_noticed_after_the_pong_timeout() {
        let start = Instant::now();
        let mut deadlines = deadlines();
        assert_eq!(next(&mut deadlines).await, Due::Ping);
        let pinged = Instant::now();
        assert!(pinged - start <= PING + Duration::from_millis(2));
        assert_eq!(next(&mut deadlines).await, Due::Pong);
        assert!((pinged.elapsed().abs_diff(PONG)) <= Duration::from_millis(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_is_heard_is_pinged_again_after_the_interval() {
        let mut deadlines = deadlines();
        assert_eq!(next(&mut deadlines).await, Due::Ping);
        for _ in 0..3 {
            let pinged = Instant::now();
            deadlines.heard();
            assert_eq!(next(&mut deadlines).await, Due::Ping);
            assert!((pinged.elapsed().abs_diff(PING)) <= Duration::from_millis(2));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_pings_of_many_connections_are_spread_over_the_interval() {
        let now = Instant::now();
        let (early, late) = (0..200)
            .map(|_| deadlines().ping - now)
            .fold((Duration::MAX, Duration::ZERO), |(early, late), at| {
                (early.min(at), late.max(at))
            });
        // The chance that 200 random moments all miss one half is 2^-200.
        assert!(early < PING / 2 && late > PING / 2 && late <= PING);
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nothing_is_read_does_not_count_against_the_peer() {
        let mut deadlines = deadlines();
        assert_eq!(next(&mut deadlines).await, Due::Ping);
        tokio::time::advance(PONG / 2).await;
        deadlines.deaf();
        let resumed = Instant::now();
        assert_eq!(next(&mut deadlines).await, Due::Ping, "pings go on");
        assert_eq!(next(&mut deadlines).await, Due::Pong);
        assert!(resumed.elapsed() >= PONG);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_is_never_finished_is_noticed_however_often_a_part_of_it_comes() {
        let mut deadlines = deadlines();
        let begun = Instant::now();
        let mut due = Due::Ping;
        while due == Due::Ping {
            deadlines.heard();
            deadlines.mid_message(true);
            due = next(&mut deadlines).await;
        }
        assert_eq!(due, Due::Message);
        assert!(begun.elapsed().abs_diff(Duration::from_secs(60)) <= Duration::from_millis(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_does_not_answer_the_close_frame_is_cut_off() {
        let mut deadlines = deadlines();
        deadlines.closing();
        let closing = Instant::now();
        assert_eq!(next(&mut deadlines).await, Due::Close);
        assert!((closing.elapsed().abs_diff(Duration::from_secs(5))) <= Duration::from_millis(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_the_last_bytes_one_by_one_is_cut_off_as_well() {
        let mut deadlines = deadlines();
        let begun = Instant::now();
        deadlines.closing();
        while tokio::time::timeout(Duration::from_secs(4), next(&mut deadlines))
            .await
            .is_err()
        {
            deadlines.closing();
        }
        assert!(begun.elapsed().abs_diff(Duration::from_secs(60)) <= Duration::from_millis(2));
    }
}
