use std::task::Waker;

use super::super::segments::Segments;
use super::super::{CloseRequest, Frame};
use super::Batch;
use crate::protocol::Deflater;

/// What stands behind the outbox's lock.
#[derive(Debug)]
pub(super) struct Queue {
    /// What the connection has not taken yet.
    pub(super) untaken: Segments,
    /// What is not written yet, taken or not.
    pub(super) bytes: usize,
    pub(super) messages: usize,
    /// Bytes since the session began, for `flush`.
    pub(super) total_queued: u64,
    pub(super) total_written: u64,
    /// Under this lock, because with a context the order of compression must be that of the wire.
    pub(super) deflater: Option<Box<Deflater>>,
    /// Something was queued since the last [`rest`](super::Outbox::rest).
    pub(super) busy: bool,
    /// Somebody waits for room or for a flush.
    pub(super) watched: bool,
    pub(super) stage: Stage,
    pub(super) waker: Option<Waker>,
}

#[derive(Debug)]
pub(super) enum Stage {
    /// The handshake is accepted, and the connection has not begun.
    Pending,
    Open,
    /// Nothing more is queued; the connection has yet to be told why.
    Closing(CloseRequest),
    /// The connection knows.
    Ending,
    Ended,
}

impl Queue {
    pub(super) fn new(deflater: Option<Deflater>) -> Self {
        Self {
            untaken: Segments::default(),
            bytes: 0,
            messages: 0,
            total_queued: 0,
            total_written: 0,
            deflater: deflater.map(Box::new),
            busy: false,
            watched: false,
            stage: Stage::Pending,
            waker: None,
        }
    }

    pub(super) fn append(&mut self, frame: &Frame) {
        let added = self.untaken.push(frame, self.deflater.as_deref_mut());
        self.busy = true;
        self.bytes += added;
        self.total_queued += added as u64;
        self.messages += 1;
    }

    pub(super) fn hand_over(&mut self, batch: &mut Batch) {
        batch.segments.append(&mut self.untaken);
    }

    /// Accounts for what was written of `batch`; `true` if somebody waits for that.
    pub(super) fn settle(&mut self, batch: &mut Batch) -> bool {
        let written = std::mem::take(&mut batch.written);
        self.bytes -= written;
        self.messages -= std::mem::take(&mut batch.finished);
        self.total_written += written as u64;
        written > 0 && std::mem::take(&mut self.watched)
    }
}
