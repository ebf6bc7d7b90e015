//! A message in parts, and a cork, put the queue into the stage `Holding`. Other messages are then
//! gathered in `Held` and follow when the last part is queued or the cork is out; parts and control
//! frames pass them. Room for parts is counted without what is held, because that goes out only
//! after them. Parts are not compressed, so that what is held can be, in the order in which it will
//! go out.

use tokio::time::Instant;

use super::super::Frame;
use super::delayed::{Held, OpenMessage};
use super::queue::{Queue, Stage};
use crate::message::MessageKind;

/// How far a queue has to come until what is in it now is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    /// So many bytes in all.
    Written(u64),
    /// To the end of the message that began here, and beyond what is held behind it.
    Behind(u64),
}

impl Queue {
    /// Takes a message that has to wait.
    pub(super) fn hold(&mut self, frame: &Frame) {
        let Stage::Holding(held) = &mut self.stage else {
            return;
        };
        self.busy = true;
        if held.messages == 0 && held.is_corked_only() {
            held.since = Some(Instant::now());
        }
        held.bytes += held.behind.push(frame, &mut self.encoder);
        held.messages += 1;
    }

    /// Puts what was held behind all that is queued.
    pub(super) fn release(&mut self) {
        let Stage::Holding(held) = &mut self.stage else {
            return;
        };
        self.untaken.append(&mut held.behind);
        let bytes = std::mem::take(&mut held.bytes);
        self.bytes += bytes;
        self.total_queued += bytes as u64;
        self.messages += std::mem::take(&mut held.messages);
    }

    /// Queues the first part of a message; from here on the others are held.
    pub(super) fn begin(&mut self, part: &Frame, kind: MessageKind, of_writer: bool) {
        self.release();
        let begun_at = self.total_queued;
        self.append(part);
        if let Some(held) = self.hold_back() {
            held.since = Some(Instant::now());
            held.message = Some(OpenMessage {
                kind,
                of_writer,
                begun_at,
            });
        }
    }

    /// Queues another part of the open message.
    pub(super) fn go_on(&mut self, part: &Frame) {
        self.append(part);
        if let Some(held) = self.held_mut() {
            held.since = Some(Instant::now());
        }
    }

    /// The last part of the open message is queued: the others may follow.
    pub(super) fn finish(&mut self) {
        self.release();
        if let Some(held) = self.held_mut() {
            held.message = None;
        }
        self.hold_no_more();
    }

    /// Goes back to where nothing is held, if nobody wants more.
    pub(super) fn hold_no_more(&mut self) {
        if let Some(held) = self.held()
            && held.message.is_none()
            && held.corks == 0
        {
            self.stage = Stage::Open;
        }
    }

    /// The session takes no more messages. What a cork holds goes out before its Close frame; what is behind a message
    /// in parts cannot, because that message is not going to end. It is to be dropped without the lock.
    #[must_use]
    pub(super) fn stop_holding(&mut self) -> Option<Stage> {
        let held = self.held()?;
        if held.is_corked_only() {
            self.release();
        } else {
            self.lost |= held.messages > 0;
        }
        Some(std::mem::replace(&mut self.stage, Stage::Open))
    }

    /// Begins to hold messages back, in a session that is open.
    pub(super) fn hold_back(&mut self) -> Option<&mut Held> {
        if matches!(self.stage, Stage::Open) {
            self.stage = Stage::Holding(Box::default());
        }
        self.held_mut()
    }

    pub(super) fn held_mut(&mut self) -> Option<&mut Held> {
        match &mut self.stage {
            Stage::Holding(held) => Some(held),
            _ => None,
        }
    }

    pub(super) fn held(&self) -> Option<&Held> {
        match &self.stage {
            Stage::Holding(held) => Some(held),
            _ => None,
        }
    }

    pub(super) fn open_message(&self) -> Option<OpenMessage> {
        self.held()?.message
    }

    /// How far this has to come until what is in it now is written.
    pub(super) fn mark(&self) -> Mark {
        match self.held() {
            Some(Held {
                message: Some(open),
                messages: 1..,
                ..
            }) => Mark::Behind(open.begun_at),
            _ => Mark::Written(self.total_queued),
        }
    }

    /// Whether this has come so far; `mark` becomes more exact when that can be said.
    pub(super) fn has_passed(&self, mark: &mut Mark) -> bool {
        if let Mark::Behind(place) = *mark
            && self
                .open_message()
                .is_none_or(|open| open.begun_at != place)
        {
            // What was lost is never written.
            *mark = Mark::Written(if self.lost {
                u64::MAX
            } else {
                self.total_queued
            });
        }
        matches!(*mark, Mark::Written(target) if self.total_written() >= target)
    }
}
