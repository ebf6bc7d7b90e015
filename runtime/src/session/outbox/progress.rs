//! Sends, flushes and `closed`, which wait until the outbox has come further.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::super::SendError;
use super::super::timeout::SendTimeout;
use super::queue::{Queue, Stage};
use super::{Outbox, SharedRoom, wake};

impl Outbox {
    pub(in crate::session) async fn flush(&self) -> Result<(), SendError> {
        let (waker, mut mark) = {
            let mut queue = self.lock();
            (self.let_out(&mut queue), queue.mark())
        };
        wake(waker);
        self.until(None, SendTimeout::NEVER, |queue| {
            if queue.has_passed(&mut mark) {
                Poll::Ready(Ok(()))
            } else if matches!(queue.stage, Stage::Ended) {
                Poll::Ready(Err(SendError::Closed))
            } else {
                Poll::Pending
            }
        })
        .await
    }

    /// Waits until the session is not open any more.
    pub(in crate::session) async fn closed(&self) {
        let closed = self.until(None, SendTimeout::NEVER, |queue| match queue.stage {
            Stage::Open | Stage::Holding(_) => Poll::Pending,
            Stage::Closing(_) | Stage::Ending | Stage::Ended => Poll::Ready(Ok(())),
        });
        let _ = closed.await;
    }

    /// Tries until there is room, which the session or its neighbors make.
    pub(super) fn until_room<T>(
        &self,
        timeout: SendTimeout,
        attempt: impl FnMut(&mut Queue) -> Poll<Result<T, SendError>>,
    ) -> impl Future<Output = Result<T, SendError>> {
        self.until(self.limits.shared_room.as_deref(), timeout, attempt)
    }

    /// Tries until it need not wait, and waits in between for progress, or until somebody gives back some of a `room`.
    async fn until<T>(
        &self,
        room: Option<&SharedRoom>,
        timeout: SendTimeout,
        mut attempt: impl FnMut(&mut Queue) -> Poll<Result<T, SendError>>,
    ) -> Result<T, SendError> {
        let mut timer = None;
        loop {
            let mut freed = pin!(room.map(SharedRoom::freed));
            let progress;
            let notified = {
                let mut queue = self.lock();
                if let Poll::Ready(done) = attempt(&mut queue) {
                    return done;
                }
                progress = queue.progress();
                progress.notified()
            };
            let mut notified = pin!(notified);
            poll_fn(|cx| {
                if let Some(freed) = freed.as_mut().as_pin_mut()
                    && freed.poll(cx).is_ready()
                {
                    return Poll::Ready(Ok(()));
                }
                timeout.poll_wait(cx, &mut timer, notified.as_mut())
            })
            .await?;
        }
    }
}
