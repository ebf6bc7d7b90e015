use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::{Buf as _, BytesMut};
use tokio::io::AsyncWrite as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::frames;
use super::read::Reader;

/// A client that falls further behind is cut off.
const MOST: usize = 1024 * 1024;

/// All clients of /broadcast on this thread.
#[derive(Default)]
pub(super) struct Hub {
    clients: RefCell<Vec<Rc<Client>>>,
    /// Frames that were published since the hub last had its turn.
    frames: RefCell<Vec<u8>>,
    published: Notify,
}

struct Client {
    stream: RefCell<TcpStream>,
    unwritten: RefCell<BytesMut>,
    waker: Cell<Option<Waker>>,
    is_over: Cell<bool>,
}

pub(super) async fn run(stream: TcpStream, first: &[u8], hub: Rc<Hub>) {
    let client = Rc::new(Client {
        stream: RefCell::new(stream),
        unwritten: RefCell::default(),
        waker: Cell::new(None),
        is_over: Cell::new(false),
    });
    hub.clients.borrow_mut().push(Rc::clone(&client));
    let mut reader = Reader::new(first);
    poll_fn(|cx| client.poll(cx, &mut reader, &hub)).await;
    client.is_over.set(true);
    hub.clients
        .borrow_mut()
        .retain(|other| !Rc::ptr_eq(other, &client));
}

impl Hub {
    /// Sends on what is published, for as long as there is a runtime: all that came in one turn with one write.
    pub(super) async fn run(self: Rc<Self>) {
        loop {
            self.published.notified().await;
            let frames = self.frames.take();
            for client in self.clients.borrow().iter() {
                client.send(&frames);
            }
        }
    }

    fn publish(&self, opcode: u8, payload: &[u8]) {
        let mut frames = self.frames.borrow_mut();
        frames::header(&mut frames, 0x80 | opcode, payload.len());
        frames.extend_from_slice(payload);
        self.published.notify_one();
    }
}

impl Client {
    /// Writes frames at once where that is possible, and leaves the rest to the client's own task.
    fn send(&self, frames: &[u8]) {
        let mut unwritten = self.unwritten.borrow_mut();
        let mut written = 0;
        if unwritten.is_empty() {
            match self.stream.borrow().try_write(frames) {
                Ok(length) => written = length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => self.is_over.set(true),
            }
        }
        if written < frames.len() {
            if unwritten.len() + frames.len() > MOST {
                self.is_over.set(true);
            } else {
                unwritten.extend_from_slice(&frames[written..]);
            }
            if let Some(waker) = self.waker.take() {
                waker.wake();
            }
        }
    }

    fn poll(&self, cx: &mut Context<'_>, reader: &mut Reader, hub: &Hub) -> Poll<()> {
        if self.is_over.get() {
            return Poll::Ready(());
        }
        let mut stream = self.stream.borrow_mut();
        let mut unwritten = self.unwritten.borrow_mut();
        while !unwritten.is_empty() {
            match Pin::new(&mut *stream).poll_write(cx, &unwritten) {
                Poll::Ready(Ok(written @ 1..)) => unwritten.advance(written),
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => break,
            }
        }
        if unwritten.is_empty() && unwritten.capacity() > 0 {
            *unwritten = BytesMut::new();
        }
        self.waker.set(Some(cx.waker().clone()));
        let mut answers = Vec::new();
        let mut publish =
            |opcode: u8, payload: &[u8], _: &mut Vec<u8>| hub.publish(opcode, payload);
        let ended = reader.poll(&mut stream, cx, &mut answers, &mut publish);
        if !answers.is_empty() {
            unwritten.extend_from_slice(&answers);
            cx.waker().wake_by_ref();
        }
        ended
    }
}
