use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::ReadBuf;

/// What waits for a reader, in bytes, before nothing more is received. A part that is there is taken in any case.
const MAX_BYTES: usize = 64 * 1024;

/// The rest of a message on its way from the connection to a reader.
pub(crate) fn pipe() -> (Feed, Pipe) {
    let shared = Arc::<Mutex<State>>::default();
    (Feed(Arc::clone(&shared)), Pipe(shared))
}

/// The connection's end. Dropped, it tells the reader that the session ended.
#[derive(Debug)]
pub(crate) struct Feed(Arc<Mutex<State>>);

/// The reader's end. Dropped, it lets the connection read on, for nobody.
#[derive(Debug)]
pub(crate) struct Pipe(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    /// What comes behind the bytes.
    end: Option<End>,
    /// Nobody reads any more.
    is_left: bool,
    reader: Option<Waker>,
    feeder: Option<Waker>,
}

/// The session ended, and the rest of a message never came.
#[derive(Debug, thiserror::Error)]
#[error("the session ended in the middle of the message")]
pub(crate) struct Broken;

#[derive(Clone, Copy, Debug)]
enum End {
    /// The message was complete.
    Complete,
    /// The session ended before.
    Broken,
    /// The handler returned before.
    Abandoned,
}

impl Broken {
    /// Whether it is the reason of an error.
    pub(crate) fn is_behind(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|reason| reason.is::<Self>())
    }
}

impl Feed {
    /// Adds a part of the message.
    pub(crate) fn push(&self, part: &[u8]) {
        let mut state = lock(&self.0);
        if state.is_left || part.is_empty() {
            return;
        }
        state.bytes.extend(part);
        let reader = state.reader.take();
        drop(state);
        wake(reader);
    }

    /// The message is complete.
    pub(crate) fn finish(self) {
        self.end(End::Complete);
    }

    /// The handler of the message has returned.
    pub(crate) fn abandon(self) {
        self.end(End::Abandoned);
    }

    /// Ready when more may be received.
    pub(crate) fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0);
        if state.is_full() {
            set(&mut state.feeder, cx.waker());
            return Poll::Pending;
        }
        Poll::Ready(())
    }

    /// Whether nothing more may be received before something was read.
    pub(crate) fn is_full(&self) -> bool {
        lock(&self.0).is_full()
    }

    fn end(&self, end: End) {
        let mut state = lock(&self.0);
        state.end.get_or_insert(end);
        let reader = state.reader.take();
        drop(state);
        wake(reader);
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.end(End::Broken);
    }
}

impl Pipe {
    /// Reads what is there, nothing at the end of the message.
    pub(super) fn poll_read(
        &self,
        cx: &Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = lock(&self.0);
        if state.bytes.is_empty() {
            if state.end.is_none() {
                set(&mut state.reader, cx.waker());
            }
            return state.poll_end();
        }
        let (front, _) = state.bytes.as_slices();
        let count = front.len().min(buffer.remaining());
        buffer.put_slice(&front[..count]);
        state.bytes.drain(..count);
        let feeder = if state.is_full() {
            None
        } else {
            state.feeder.take()
        };
        drop(state);
        wake(feeder);
        Poll::Ready(Ok(()))
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.is_left = true;
        state.bytes = VecDeque::new();
        let feeder = state.feeder.take();
        drop(state);
        wake(feeder);
    }
}

impl State {
    fn is_full(&self) -> bool {
        self.bytes.len() >= MAX_BYTES
    }

    fn poll_end(&self) -> Poll<io::Result<()>> {
        let Some(end) = self.end else {
            return Poll::Pending;
        };
        Poll::Ready(match end {
            End::Complete => Ok(()),
            End::Broken => Err(io::Error::new(io::ErrorKind::ConnectionAborted, Broken)),
            End::Abandoned => Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the handler of the message has returned: a message is read in its handler",
            )),
        })
    }
}

fn lock(shared: &Mutex<State>) -> MutexGuard<'_, State> {
    // No step under the lock leaves it half done.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set(place: &mut Option<Waker>, waker: &Waker) {
    if !place.as_ref().is_some_and(|set| set.will_wake(waker)) {
        *place = Some(waker.clone());
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Reads once, into a buffer of `room` bytes.
    async fn read(pipe: &Pipe, room: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; room];
        let mut buffer = ReadBuf::new(&mut bytes);
        poll_fn(|cx| pipe.poll_read(cx, &mut buffer)).await?;
        let count = buffer.filled().len();
        bytes.truncate(count);
        Ok(bytes)
    }

    fn is_ready(feed: &Feed) -> bool {
        let cx = Context::from_waker(Waker::noop());
        let is_ready = feed.poll_ready(&cx).is_ready();
        assert_eq!(is_ready, !feed.is_full());
        is_ready
    }

    #[tokio::test]
    async fn what_is_pushed_is_read_in_order_until_the_end() {
        let (feed, pipe) = pipe();
        feed.push(b"abc");
        feed.push(b"");
        feed.push(b"def");
        feed.finish();
        assert_eq!(read(&pipe, 2).await.unwrap(), b"ab");
        assert_eq!(read(&pipe, 100).await.unwrap(), b"cdef");
        assert_eq!(read(&pipe, 100).await.unwrap(), b"");
        assert_eq!(read(&pipe, 100).await.unwrap(), b"");
    }

    #[tokio::test]
    async fn a_reader_that_waits_is_woken_by_a_part_and_by_the_end() {
        let (feed, pipe) = pipe();
        let reader = tokio::spawn(async move {
            let first = read(&pipe, 10).await.unwrap();
            (first, read(&pipe, 10).await.unwrap())
        });
        tokio::task::yield_now().await;
        feed.push(b"part");
        tokio::task::yield_now().await;
        feed.finish();
        assert_eq!(reader.await.unwrap(), (b"part".to_vec(), vec![]));
    }

    #[tokio::test]
    async fn no_more_is_received_than_fits_until_it_is_read() {
        let (feed, pipe) = pipe();
        feed.push(&[7; MAX_BYTES - 1]);
        assert!(is_ready(&feed));
        feed.push(&[7; 2]);
        assert!(!is_ready(&feed));
        let feeder = tokio::spawn(async move { poll_fn(|cx| feed.poll_ready(cx)).await });
        tokio::task::yield_now().await;
        assert_eq!(read(&pipe, 1).await.unwrap(), [7]);
        assert!(!feeder.is_finished(), "it is full still");
        assert_eq!(read(&pipe, 1).await.unwrap(), [7]);
        feeder.await.unwrap();
    }

    #[tokio::test]
    async fn a_reader_that_leaves_lets_go_what_waits_and_what_follows() {
        let (feed, pipe) = pipe();
        feed.push(&[7; MAX_BYTES]);
        let ready = poll_fn(|cx| feed.poll_ready(cx));
        let left = async { drop(pipe) };
        tokio::join!(ready, left);
        feed.push(&[7; MAX_BYTES]);
        assert!(is_ready(&feed));
        assert_eq!(lock(&feed.0).bytes.capacity(), 0);
    }

    #[tokio::test]
    async fn an_end_before_the_end_of_the_message_is_an_error_behind_what_came() {
        let ends: [(fn(Feed), io::ErrorKind); 2] = [
            (drop, io::ErrorKind::ConnectionAborted),
            (Feed::abandon, io::ErrorKind::BrokenPipe),
        ];
        for (end, kind) in ends {
            let (feed, pipe) = pipe();
            feed.push(b"ab");
            end(feed);
            assert_eq!(read(&pipe, 10).await.unwrap(), b"ab");
            for _ in 0..2 {
                assert_eq!(read(&pipe, 10).await.unwrap_err().kind(), kind);
            }
        }
    }
}
