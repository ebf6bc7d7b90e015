mod corks;
mod memory;
mod opening;
mod parts;
mod shared_room;
mod unfinished;

use std::io::IoSlice;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use tokio::time::Instant;

use super::super::Segments;
use super::*;
use crate::message::MessageKind;
use crate::protocol::Opcode;

const LIMITS: OutboxLimits = OutboxLimits {
    bytes: 1024,
    messages: 3,
    slow_consumer: SlowConsumer::Close,
    send_timeout: SendTimeout::NEVER,
    budget: None,
    shared_room: None,
};

/// A waker that counts how often it is called.
struct Count(AtomicUsize);

fn counting_waker() -> (Arc<Count>, Waker) {
    let count = Arc::new(Count(AtomicUsize::new(0)));
    (Arc::clone(&count), count.into())
}

fn outbox() -> Outbox {
    outbox_with(LIMITS)
}

fn outbox_with(limits: OutboxLimits) -> Outbox {
    let outbox = Outbox::new(Arc::new(limits), None);
    outbox.accept();
    outbox
}

/// Lets the connection write everything that it finds, and returns the bytes.
fn written(outbox: &Outbox, batch: &mut Batch) -> Vec<u8> {
    while let Turn::Change = outbox.turn(batch) {
        outbox.take_changes();
    }
    let mut bytes = Vec::new();
    while !batch.is_empty() {
        let mut slices = [IoSlice::new(&[]); Segments::SLICES];
        let used = batch.slices(&mut slices);
        let before = bytes.len();
        bytes.extend(slices[..used].iter().flat_map(|slice| slice.iter()));
        batch.advance(bytes.len() - before);
    }
    outbox.settle(batch);
    bytes
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

const TEXT: MessageKind = MessageKind::Text;
const WRITER: Owner = Owner::Writer { has_begun: false };
const BEGUN: Owner = Owner::Writer { has_begun: true };

/// An outbox with room for many messages.
fn roomy() -> Outbox {
    outbox_with(OutboxLimits {
        messages: 100,
        ..LIMITS
    })
}

fn part(text: &str, is_last: bool) -> Frame {
    Frame::part(TEXT, text.to_owned().into(), is_last).unwrap()
}

fn try_part(outbox: &Outbox, owner: Owner, text: &str, is_last: bool) -> Result<(), SendError> {
    outbox.try_send_part(&mut part(text, is_last), TEXT, owner)
}

impl Count {
    fn load(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
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
    let outbox = outbox_with(limits);
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
    let (count, waker) = counting_waker();
    let outbox = outbox();
    let mut batch = Batch::default();
    assert!(outbox.wait(&mut batch, &waker));
    outbox.try_send(&frame("first")).unwrap();
    assert_eq!(count.load(), 1);
    outbox.turn(&mut batch);
    assert!(outbox.wait(&mut batch, &waker));
    outbox.try_send(&frame("second")).unwrap();
    assert_eq!(count.load(), 1, "the socket is full");
    outbox.close(CloseRequest::app(CloseCode::NORMAL, ""));
    assert_eq!(count.load(), 2);
    assert!(matches!(outbox.turn(&mut batch), Turn::Close(_)));
}

#[tokio::test(start_paused = true)]
async fn g7_a_send_that_finds_no_room_in_time_fails_and_queues_nothing() {
    let outbox = outbox();
    let mut batch = Batch::default();
    for _ in 0..3 {
        outbox.try_send(&frame("x")).unwrap();
    }
    let timeout = Duration::from_millis(1_500);
    let begun = Instant::now();
    let late = outbox
        .send_within(&frame("late"), SendTimeout::new(Some(timeout)))
        .await;
    assert!(
        matches!(late, Err(SendError::Timeout { after }) if after == timeout),
        "{late:?}"
    );
    assert!(begun.elapsed().abs_diff(timeout) <= Duration::from_millis(2));
    assert!(outbox.is_open());
    let all = b"\x81\x01x".repeat(3);
    assert_eq!(written(&outbox, &mut batch), all);
    outbox
        .send_within(&frame("in time"), SendTimeout::new(Some(timeout)))
        .await
        .unwrap();
}

/// Room for others is progress, and no reason to wait longer.
#[tokio::test(start_paused = true)]
async fn g7_the_time_of_a_send_runs_while_others_get_the_room() {
    let outbox = outbox();
    let mut batch = Batch::default();
    for _ in 0..3 {
        outbox.try_send(&frame("x")).unwrap();
    }
    outbox.set_send_timeout(SendTimeout::new(Some(Duration::from_secs(10))));
    let large = frame(&"x".repeat(1_024));
    let mut send = pin!(outbox.send(&large));
    for second in 0..10 {
        assert!(poll(send.as_mut()).is_pending(), "after {second} s");
        tokio::time::advance(Duration::from_secs(1)).await;
        written(&outbox, &mut batch);
        outbox.try_send(&frame("another")).unwrap();
    }
    assert!(matches!(
        poll(send.as_mut()),
        Poll::Ready(Err(SendError::Timeout { .. }))
    ));
}
