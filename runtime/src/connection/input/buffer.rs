use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};

/// How much is read from a socket at once: four messages of the default limit.
const READ: usize = 256 * 1024;

/// Reading begins here in the buffer. Large allocations begin at the start of a page, as the buffer itself does, and
/// copies between places that are a few bytes apart modulo a page are several times slower.
const START: usize = 2048;

thread_local! {
    /// Sockets are read into one buffer per thread, so that a connection that waits holds none.
    static BUFFER: Cell<Option<Vec<u8>>> = const { Cell::new(None) };
}

/// Bytes that were received and are not decoded yet.
///
/// While the connection's task runs, they may lie in the buffer of its thread; before it waits, [`park`](Self::park)
/// must be called.
#[derive(Debug, Default)]
pub(in crate::connection) struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// `bytes` is the thread's buffer.
    borrowed: bool,
}

impl Input {
    /// The bytes that the peer sent right behind its request.
    pub(in crate::connection) fn new(received: &Bytes) -> Self {
        Self {
            bytes: received.to_vec(),
            start: 0,
            end: received.len(),
            borrowed: false,
        }
    }

    /// Reads what the socket has, if everything before is decoded, and returns how many bytes that was; 0 is the end.
    pub(in crate::connection) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        stream: Pin<&mut impl AsyncRead>,
    ) -> Poll<io::Result<usize>> {
        debug_assert!(self.is_empty(), "what is not decoded would be lost");
        if !self.borrowed {
            self.bytes = BUFFER.take().unwrap_or_else(|| vec![0; START + READ]);
            (self.start, self.end, self.borrowed) = (START, START, true);
        }
        let mut buffer = ReadBuf::new(&mut self.bytes[START..]);
        ready!(stream.poll_read(cx, &mut buffer))?;
        let read = buffer.filled().len();
        self.start = START;
        self.end = START + read;
        Poll::Ready(Ok(read))
    }

    /// Gives the thread's buffer back, and keeps a copy of what is not decoded.
    pub(in crate::connection) fn park(&mut self) {
        if self.borrowed {
            let rest = self.bytes[self.start..self.end].to_vec();
            (self.start, self.end, self.borrowed) = (0, rest.len(), false);
            let buffer = std::mem::replace(&mut self.bytes, rest);
            // A thread that ends needs no buffer.
            let _ = BUFFER.try_with(|place| place.set(Some(buffer)));
        } else if self.is_empty() && self.end > 0 {
            (self.start, self.end) = (0, 0);
            self.bytes = Vec::new();
        }
    }

    /// What is not decoded, and the place where how many bytes of it were is added.
    pub(in crate::connection) fn rest(&mut self) -> (&mut [u8], &mut usize) {
        (&mut self.bytes[self.start..self.end], &mut self.start)
    }

    /// Forgets what is not decoded.
    pub(in crate::connection) fn clear(&mut self) {
        self.start = self.end;
    }

    pub(in crate::connection) fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.clear();
        self.park();
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
        let (rest, start) = input.rest();
        *start += count;
        rest[..count].to_vec()
    }

    #[test]
    fn what_waits_keeps_what_is_not_decoded_and_no_more() {
        let mut input = Input::new(&Bytes::from_static(b"ab"));
        assert_eq!(take(&mut input, 2), b"ab");
        assert_eq!(read(&mut input, b"cdef"), 4);
        assert_eq!(take(&mut input, 1), b"c");
        input.park();
        assert_eq!(input.bytes.capacity(), 3);
        assert_eq!(take(&mut input, 3), b"def");
        assert!(input.is_empty());
        input.park();
        assert_eq!(input.bytes.capacity(), 0);
    }

    #[test]
    fn two_connections_of_a_thread_do_not_share_what_they_read() {
        let (mut first, mut second) = (Input::default(), Input::default());
        read(&mut first, b"first");
        read(&mut second, b"second");
        first.park();
        second.park();
        assert_eq!(take(&mut first, 5), b"first");
        assert_eq!(take(&mut second, 6), b"second");
    }

    #[test]
    fn the_end_is_told() {
        let mut input = Input::default();
        assert_eq!(read(&mut input, b""), 0);
        assert!(input.is_empty());
    }
}
