use std::io::IoSlice;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use super::super::Segments;
use super::*;
use crate::protocol::{Opcode, encode_frame};

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
    outbox.control(&mut batch, |out| {
        encode_frame(out, Opcode::Pong, true, None, &[0; 125]);
    });
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
