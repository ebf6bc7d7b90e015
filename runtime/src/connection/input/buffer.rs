use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

/// How much is read from a socket at once, and so what waits undecoded behind a slow handler: two messages of the default
/// limit with their headers.
const READ: usize = 132 * 1024;

/// Reading begins here in the buffer. Large allocations begin at the start of a page, as the buffer itself does, and
/// copies between places that are a few bytes apart modulo a page are several times slower.
const START: usize = 2048;

thread_local! {
    /// Sockets are read into one buffer per thread, so that a connection that waits holds none.
    static OF_THREAD: Cell<Option<Box<Buffer>>> = const { Cell::new(None) };
}

/// Bytes that were received and are not decoded yet.
///
/// While the connection's task runs, they may lie in the buffer of its thread; before it waits, [`park`](Self::park)
/// must be called.
#[derive(Debug)]
pub(in crate::connection) struct Input(Option<Box<Buffer>>);

#[derive(Debug)]
struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    is_of_thread: bool,
}

impl Input {
    /// The bytes that the peer sent right behind its request.
    pub(in crate::connection) fn new(received: &[u8]) -> Self {
        Self(Buffer::of(received))
    }

    /// Reads what the socket has, if everything before is decoded, and returns how many bytes that was; 0 is the end.
    pub(in crate::connection) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        stream: Pin<&mut impl AsyncRead>,
    ) -> Poll<io::Result<usize>> {
        debug_assert!(self.is_empty(), "what is not decoded would be lost");
        if !matches!(&self.0, Some(buffer) if buffer.is_of_thread) {
            self.0 = OF_THREAD.take();
        }
        let buffer = self.0.get_or_insert_with(Buffer::of_thread);
        let mut unread = ReadBuf::new(&mut buffer.bytes[START..]);
        ready!(stream.poll_read(cx, &mut unread))?;
        let read = unread.filled().len();
        (buffer.start, buffer.end) = (START, START + read);
        Poll::Ready(Ok(read))
    }

    /// Gives the thread's buffer back, and keeps a copy of what is not decoded.
    pub(in crate::connection) fn park(&mut self) {
        let is_done = |buffer: &mut Box<Buffer>| buffer.is_of_thread || buffer.rest().is_empty();
        if let Some(mut buffer) = self.0.take_if(is_done)
            && buffer.is_of_thread
        {
            if !buffer.rest().is_empty() {
                self.0 = Buffer::of(buffer.rest());
                buffer.start = buffer.end;
            }
            // A thread that ends needs no buffer.
            let _ = OF_THREAD.try_with(|place| place.set(Some(buffer)));
        }
    }

    /// What is not decoded, and the place where how many bytes of it were is added.
    pub(in crate::connection) fn rest(&mut self) -> Option<(&mut [u8], &mut usize)> {
        let Buffer {
            bytes, start, end, ..
        } = self.0.as_deref_mut()?;
        Some((&mut bytes[*start..*end], start))
    }

    /// Forgets what is not decoded.
    pub(in crate::connection) fn clear(&mut self) {
        if let Some(buffer) = &mut self.0 {
            buffer.start = buffer.end;
        }
    }

    /// Bytes that it keeps while its connection waits.
    pub(in crate::connection) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |buffer| buffer.bytes.len())
    }

    #[inline]
    pub(in crate::connection) fn is_empty(&self) -> bool {
        self.0
            .as_ref()
            .is_none_or(|buffer| buffer.start == buffer.end)
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.clear();
        self.park();
    }
}

impl Buffer {
    fn of(bytes: &[u8]) -> Option<Box<Self>> {
        let buffer = || Self {
            bytes: bytes.to_vec(),
            start: 0,
            end: bytes.len(),
            is_of_thread: false,
        };
        (!bytes.is_empty()).then(|| Box::new(buffer()))
    }

    fn of_thread() -> Box<Self> {
        Box::new(Self {
            bytes: vec![0; START + READ],
            start: START,
            end: START,
            is_of_thread: true,
        })
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn read(input: &mut Input, mut socket: &[u8]) -> usize {
        let mut cx = Context::from_waker(Waker::noop());
        match input.poll_read(&mut cx, Pin::new(&mut socket)) {
            Poll::Ready(read) => read.unwrap(),
            Poll::Pending => panic!("a slice is always ready"),
        }
    }

    fn take(input: &mut Input, count: usize) -> Vec<u8> {
        let (rest, start) = input.rest().unwrap();
        *start += count;
        rest[..count].to_vec()
    }

    #[test]
    fn what_waits_keeps_what_is_not_decoded_and_no_more() {
        let mut input = Input::new(b"ab");
        assert_eq!(take(&mut input, 2), b"ab");
        assert_eq!(read(&mut input, b"cdef"), 4);
        assert_eq!(take(&mut input, 1), b"c");
        input.park();
        assert_eq!(
            input.0.as_ref().map(|buffer| buffer.bytes.capacity()),
            Some(3)
        );
        assert_eq!(take(&mut input, 3), b"def");
        assert!(input.is_empty());
        input.park();
        assert!(input.0.is_none());
    }

    #[test]
    fn two_connections_of_a_thread_do_not_share_what_they_read() {
        let (mut first, mut second) = (Input::new(b""), Input::new(b""));
        read(&mut first, b"first");
        read(&mut second, b"second");
        first.park();
        second.park();
        assert_eq!(take(&mut first, 5), b"first");
        assert_eq!(take(&mut second, 6), b"second");
    }

    #[test]
    fn the_end_is_told() {
        let mut input = Input::new(b"");
        assert_eq!(read(&mut input, b""), 0);
        assert!(input.is_empty());
    }
}
