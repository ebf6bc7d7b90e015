use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite as _;
use tokio::net::TcpStream;

use super::frames;
use super::read::Reader;

/// The buffer for replies is made anew when it has become larger.
const LARGEST: usize = 1024 * 1024;

thread_local! {
    /// The replies of the connection whose turn it is, which go out together.
    static REPLIES: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(256 * 1024));
}

pub(super) async fn run(mut stream: TcpStream, first: &[u8]) {
    let mut reader = Reader::new(first);
    let mut unwritten = Vec::new();
    poll_fn(|cx| poll(&mut stream, cx, &mut reader, &mut unwritten)).await;
}

fn poll(
    stream: &mut TcpStream,
    cx: &mut Context<'_>,
    reader: &mut Reader,
    unwritten: &mut Vec<u8>,
) -> Poll<()> {
    // Nothing is read while replies wait.
    while !unwritten.is_empty() {
        match ready!(Pin::new(&mut *stream).poll_write(cx, unwritten)) {
            Ok(written @ 1..) => drop(unwritten.drain(..written)),
            Ok(0) | Err(_) => return Poll::Ready(()),
        }
    }
    *unwritten = Vec::new();
    REPLIES.with_borrow_mut(|replies| {
        replies.clear();
        let mut echo = |opcode: u8, payload: &[u8], out: &mut Vec<u8>| {
            frames::header(out, 0x80 | opcode, payload.len());
            out.extend_from_slice(payload);
        };
        let ended = reader.poll(stream, cx, replies, &mut echo);
        let mut at = 0;
        while at < replies.len() {
            match Pin::new(&mut *stream).poll_write(cx, &replies[at..]) {
                Poll::Ready(Ok(written @ 1..)) => at += written,
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    unwritten.extend_from_slice(&replies[at..]);
                    break;
                }
            }
        }
        if replies.capacity() > LARGEST {
            *replies = Vec::with_capacity(256 * 1024);
        }
        ended
    })
}
