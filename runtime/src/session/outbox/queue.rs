use std::sync::Arc;
use std::task::Waker;

use tokio::sync::Notify;

use super::super::budget::Reported;
use super::super::limits::Overrides;
use super::super::segments::Segments;
use super::super::{CloseRequest, Frame, FrameEncoder};
use super::delayed::{Held, Waiting};
use crate::session::RoomName;

/// What stands behind the outbox's lock.
#[derive(Debug)]
pub(super) struct Queue {
    /// What the connection has not taken yet.
    pub(super) untaken: Segments,
    /// What is not written yet, taken or not.
    pub(super) bytes: usize,
    pub(super) messages: usize,
    /// Bytes since the session began.
    pub(super) total_queued: u64,
    /// Under this lock, because with a context the order of compression must be that of the wire.
    pub(super) encoder: FrameEncoder,
    /// Something was queued since the last [`rest`](super::Outbox::rest).
    pub(super) busy: bool,
    /// The connection is to end, because it holds too much memory.
    pub(super) shed: bool,
    /// What the budget of the server knows of.
    pub(super) reported: Reported,
    /// Messages were dropped with the message in parts that they were held behind.
    pub(super) lost: bool,
    /// The connection looks for how long messages are held back.
    pub(super) watched: bool,
    /// The endpoint has accepted the connection.
    pub(super) accepted: bool,
    /// The session has left its rooms for good.
    pub(super) homeless: bool,
    pub(super) stage: Stage,
    /// Pushes that came before the endpoint has accepted the connection; there once one did.
    pub(super) waiting: Option<Box<Waiting>>,
    /// There once the session has limits of its own.
    pub(super) overrides: Option<Box<Overrides>>,
    /// There once the session has joined a room. In here, so that a session without rooms keeps no lock for them.
    #[expect(
        clippy::box_collection,
        reason = "most sessions have none, and all have a place for it"
    )]
    pub(super) rooms: Option<Box<Vec<RoomName>>>,
    /// Those who wait for room, for bytes to be written or for the end; there while somebody does.
    pub(super) watchers: Option<Arc<Notify>>,
    pub(super) waker: Option<Waker>,
}

#[derive(Debug)]
pub(super) enum Stage {
    Open,
    /// Open, but messages have to wait.
    Holding(Box<Held>),
    /// Nothing more is queued; the connection has yet to be told why.
    Closing(Box<CloseRequest>),
    /// The connection knows.
    Ending,
    Ended,
}

impl Queue {
    pub(super) fn new(encoder: FrameEncoder) -> Self {
        Self {
            untaken: Segments::default(),
            bytes: 0,
            messages: 0,
            total_queued: 0,
            encoder,
            busy: false,
            shed: false,
            reported: Reported::default(),
            lost: false,
            watched: false,
            accepted: false,
            homeless: false,
            watchers: None,
            stage: Stage::Open,
            waiting: None,
            overrides: None,
            rooms: None,
            waker: None,
        }
    }

    pub(super) fn append(&mut self, frame: &Frame) {
        let added = self.untaken.push(frame, &mut self.encoder);
        self.busy = true;
        self.bytes += added;
        self.total_queued += added as u64;
        self.messages += 1;
    }

    /// Bytes of everything that is in it, held back or not.
    pub(super) fn memory(&self) -> usize {
        let held = self.held().map_or(0, |held| held.bytes);
        let waiting = self.waiting.as_ref().map_or(0, |waiting| waiting.bytes);
        self.bytes + held + waiting
    }

    /// Messages of everything that is in it, held back or not.
    pub(super) fn held_messages(&self) -> usize {
        let held = self.held().map_or(0, |held| held.messages);
        let waiting = self.waiting.as_ref();
        self.messages + held + waiting.map_or(0, |waiting| waiting.frames.len())
    }

    /// Bytes that were written since the session began.
    pub(super) fn total_written(&self) -> u64 {
        self.total_queued - self.bytes as u64
    }

    /// What is notified at the next progress. A wait that is begun under the lock misses none.
    pub(super) fn progress(&mut self) -> Arc<Notify> {
        Arc::clone(self.watchers.get_or_insert_default())
    }
}
