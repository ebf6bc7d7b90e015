//! A session whose `#[on_open]` has not returned: pushes wait, because the peer may yet be refused.

use super::super::{Frame, SendError};
use super::queue::{Queue, Stage};
use super::{Outbox, wake};

impl Outbox {
    /// Queues the pushes that waited, and lets later ones in: the endpoint has accepted the connection.
    pub(crate) fn accept(&self) {
        let mut queue = self.lock();
        queue.accepted = true;
        let Some(waiting) = queue.waiting.take() else {
            return;
        };
        // They had room when they came. If `#[on_open]` has filled the outbox beside them, it holds up to twice its bounds.
        for frame in &waiting.frames {
            match queue.stage {
                Stage::Holding(_) if !frame.opcode().is_control() => queue.hold(frame),
                Stage::Open | Stage::Holding(_) => queue.append(frame),
                Stage::Closing(_) | Stage::Ending | Stage::Ended => {}
            }
        }
        let waker = self.queued(&mut queue);
        drop(queue);
        // Payloads may be of a type with its own `Drop`, which may use the session.
        drop(waiting);
        wake(waker);
    }

    /// Keeps a push until the endpoint accepts the connection. It takes its room beside what `#[on_open]` sends.
    #[cold]
    pub(super) fn keep_waiting(&self, queue: &mut Queue, frame: &Frame) -> Result<(), SendError> {
        if !matches!(queue.stage, Stage::Open | Stage::Holding(_)) {
            return Err(SendError::Closed);
        }
        self.check_room(frame.len(), queue.held_messages(), queue.memory())?;
        let waiting = queue.waiting.get_or_insert_default();
        waiting.bytes += frame.len();
        waiting.frames.push(frame.copied());
        self.report_held(queue);
        Ok(())
    }
}
