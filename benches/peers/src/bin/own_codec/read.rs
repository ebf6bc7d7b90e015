//! The reading half of a connection.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::io::poll_read_buf;

use super::frames::{self, Fragments};

thread_local! {
    /// What all connections of the thread read into.
    static SHARED: RefCell<Box<[u8]>> = RefCell::new(vec![0; 256 * 1024].into_boxed_slice());
}

/// So often a connection reads before others have their turn.
const TURNS: usize = 4;

/// What a connection has of a frame, or of a message, that is not complete.
pub(super) struct Reader {
    partial: BytesMut,
    fragments: Fragments,
    /// Whether `partial` came with the handshake, and was not looked at yet.
    is_fresh: bool,
}

impl Reader {
    pub(super) fn new(first: &[u8]) -> Self {
        Self {
            partial: BytesMut::from(first),
            fragments: Fragments::new(),
            is_fresh: !first.is_empty(),
        }
    }

    /// Reads what there is; ready when the connection is over.
    #[inline]
    pub(super) fn poll(
        &mut self,
        stream: &mut TcpStream,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        on_message: &mut impl FnMut(u8, &[u8], &mut Vec<u8>),
    ) -> Poll<()> {
        if std::mem::take(&mut self.is_fresh) && self.take_partial(out, on_message).is_none() {
            return Poll::Ready(());
        }
        for _ in 0..TURNS {
            let taken = if self.partial.is_empty() {
                ready!(self.poll_shared(stream, cx, out, on_message))
            } else {
                // The rest of a message that did not fit is read where it belongs.
                self.partial.reserve(1);
                match ready!(poll_read_buf(Pin::new(&mut *stream), cx, &mut self.partial)) {
                    Ok(1..) => self.take_partial(out, on_message),
                    Ok(0) | Err(_) => None,
                }
            };
            if taken.is_none() {
                return Poll::Ready(());
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads into the shared buffer, and keeps what is not complete.
    #[inline]
    fn poll_shared(
        &mut self,
        stream: &mut TcpStream,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        on_message: &mut impl FnMut(u8, &[u8], &mut Vec<u8>),
    ) -> Poll<Option<()>> {
        SHARED.with_borrow_mut(|shared| {
            let mut buffer = ReadBuf::new(shared);
            if ready!(Pin::new(stream).poll_read(cx, &mut buffer)).is_err() {
                return Poll::Ready(None);
            }
            let bytes = buffer.filled_mut();
            if bytes.is_empty() {
                return Poll::Ready(None);
            }
            let taken = frames::take(bytes, &mut self.fragments, out, on_message);
            Poll::Ready(taken.map(|(used, needed)| {
                let rest = &bytes[used..];
                if !rest.is_empty() {
                    self.partial.reserve(needed.max(rest.len()));
                    self.partial.extend_from_slice(rest);
                }
            }))
        })
    }

    fn take_partial(
        &mut self,
        out: &mut Vec<u8>,
        on_message: &mut impl FnMut(u8, &[u8], &mut Vec<u8>),
    ) -> Option<()> {
        let (used, needed) = frames::take(&mut self.partial, &mut self.fragments, out, on_message)?;
        self.partial.advance(used);
        if self.partial.is_empty() {
            self.partial = BytesMut::new();
        } else {
            self.partial
                .reserve(needed.saturating_sub(self.partial.len()));
        }
        Some(())
    }
}
