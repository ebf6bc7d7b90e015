use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::site::Terms;

/// The time that the running handler has left. Its timer is made when a handler has to wait and its time is limited.
#[derive(Debug, Default)]
pub(super) struct Overtime {
    timer: Option<Pin<Box<Sleep>>>,
    clock: Clock,
}

/// Which time runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Clock {
    #[default]
    Stopped,
    /// The session is open: `handler_timeout`.
    Open,
    /// The session has ended: `handler_grace`.
    Ended,
}

impl Overtime {
    /// Gives the next handler all its time.
    #[inline]
    pub(super) fn restart(&mut self) {
        self.clock = Clock::Stopped;
    }

    /// Ready when the handler that waits has no time left, with the limit that it has reached.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        has_ended: bool,
        terms: &Terms,
    ) -> Poll<Duration> {
        let (clock, limit) = if has_ended {
            (Clock::Ended, terms.handler_grace)
        } else if let Some(limit) = terms.handler_timeout {
            (Clock::Open, limit)
        } else {
            return Poll::Pending;
        };
        let mut deadline = Instant::now() + limit;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if self.clock != clock {
            // The end of its session gives no handler more time than it had.
            if self.clock == Clock::Open {
                deadline = deadline.min(timer.deadline());
            }
            timer.as_mut().reset(deadline);
            self.clock = clock;
        }
        // A task that has used up its budget would only be told to run again.
        let mut timer = unconstrained(timer.as_mut());
        ready!(Pin::new(&mut timer).poll(cx));
        Poll::Ready(limit)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn terms(handler_timeout: Option<u32>) -> Terms {
        Terms {
            handler_timeout: handler_timeout.map(|seconds| SECOND * seconds),
            handler_grace: SECOND * 30,
            ..Terms::default()
        }
    }

    /// Waits until the handler has no time left.
    async fn waited(overtime: &mut Overtime, has_ended: bool, terms: &Terms) -> Duration {
        let begun = Instant::now();
        poll_fn(|cx| overtime.poll(cx, has_ended, terms)).await;
        begun.elapsed()
    }

    fn is_about(time: Duration, seconds: u32) -> bool {
        time.abs_diff(SECOND * seconds) <= Duration::from_millis(2)
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_of_an_open_session_has_its_timeout_and_the_next_one_has_it_again() {
        let (mut overtime, terms) = (Overtime::default(), terms(Some(5)));
        for _ in 0..2 {
            assert!(is_about(waited(&mut overtime, false, &terms).await, 5));
            overtime.restart();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_timeout_a_handler_waits_for_as_long_as_its_session_is_open_and_30_s_more() {
        let (mut overtime, terms) = (Overtime::default(), terms(None));
        let day = Duration::from_secs(86_400);
        let open = tokio::time::timeout(day, waited(&mut overtime, false, &terms)).await;
        assert!(open.is_err());
        assert!(is_about(waited(&mut overtime, true, &terms).await, 30));
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_session_gives_a_handler_less_time_and_never_more() {
        for (timeout, left) in [(10, 7), (600, 30)] {
            let (mut overtime, terms) = (Overtime::default(), terms(Some(timeout)));
            let open = waited(&mut overtime, false, &terms);
            assert!(tokio::time::timeout(SECOND * 3, open).await.is_err());
            assert!(is_about(waited(&mut overtime, true, &terms).await, left));
        }
    }
}
