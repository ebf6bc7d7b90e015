use std::io::IoSlice;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake};

use super::super::Segments;
use super::*;
use crate::protocol::Opcode;

const LIMITS: OutboxLimits = OutboxLimits {
    bytes: 1024,
    messages: 3,
    slow_consumer: SlowConsumer::Close,
};

fn outbox() -> Outbox {
    let outbox = Outbox::new(Arc::new(LIMITS), None);
    outbox.open();
    outbox
}

fn frame(text: &str) -> Frame {
    Frame::new(text).unwrap()
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The frame header and the text.
fn size(text: &str) -> usize {
    2 + text.len()
}

#[test]
fn messages_that_are_written_make_room_though_others_are_always_behind_them() {
    let outbox = outbox();
    let mut batch = Batch::default();
    outbox.try_send(&frame("0")).unwrap();
    outbox.turn(&mut batch);
    for number in 1..100 {
        // The socket never takes all there is, so that the batch is never empty.
        batch.advance(1);
        outbox.settle(&mut batch);
        outbox
            .try_send(&frame("x"))
            .unwrap_or_else(|error| panic!("message {number} behind one other: {error}"));
        outbox.turn(&mut batch);
        batch.advance(size("0") - 1);
        outbox.settle(&mut batch);
    }
}

#[test]
fn a_flush_waits_for_its_messages_and_not_for_as_many_bytes_of_a_pong() {
    let outbox = outbox();
    let mut batch = Batch::default();
    outbox.try_send(&frame("a message")).unwrap();
    let mut flush = pin!(outbox.flush());
    assert!(poll(flush.as_mut()).is_pending());
    outbox.control(&mut batch, Opcode::Pong, &[0; 125]);
    outbox.turn(&mut batch);
    let mut slices = [IoSlice::new(&[]); Segments::SLICES];
    batch.slices(&mut slices);
    assert_eq!(slices[0][0], 0x81, "the message goes before the pong");
    let first = size("a message");
    batch.advance(first - 1);
    outbox.settle(&mut batch);
    assert!(poll(flush.as_mut()).is_pending());
    batch.advance(1);
    outbox.settle(&mut batch);
    assert!(matches!(poll(flush.as_mut()), Poll::Ready(Ok(()))));
    assert!(!batch.is_empty(), "the pong is still to be written");
}

/// The connection runs in between, finds its socket full, and is no reason to scatter what waits.
#[test]
fn what_waits_behind_a_full_socket_holds_little_more_than_its_bytes() {
    let limits = OutboxLimits {
        bytes: 1024 * 1024,
        messages: 10_000,
        ..LIMITS
    };
    let outbox = Outbox::new(Arc::new(limits), None);
    outbox.open();
    let mut batch = Batch::default();
    let text = "x".repeat(64);
    let mut bytes = 0;
    for _ in 0..10_000 {
        outbox.try_send(&frame(&text)).unwrap();
        bytes += size(&text);
        outbox.turn(&mut batch);
        assert!(outbox.wait(&mut batch, Waker::noop()));
        // Other connections give their buffers back.
        let mut other = Segments::default();
        let added = other.push(&frame(&"x".repeat(4_000)), &mut FrameEncoder::default());
        other.advance(added);
    }
    let held = outbox.lock().untaken.capacity() + batch.segments.capacity();
    assert!(held < 2 * bytes, "{held} for {bytes}");
}

#[test]
fn a_connection_whose_socket_is_full_is_woken_by_a_close_and_not_by_messages() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let outbox = outbox();
    let mut batch = Batch::default();
    assert!(outbox.wait(&mut batch, &waker));
    outbox.try_send(&frame("first")).unwrap();
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
    outbox.turn(&mut batch);
    assert!(outbox.wait(&mut batch, &waker));
    outbox.try_send(&frame("second")).unwrap();
    assert_eq!(count.0.load(Ordering::Relaxed), 1, "the socket is full");
    outbox.close(CloseRequest::app(CloseCode::NORMAL, ""));
    assert_eq!(count.0.load(Ordering::Relaxed), 2);
    assert!(matches!(outbox.turn(&mut batch), Turn::Close(_)));
}
