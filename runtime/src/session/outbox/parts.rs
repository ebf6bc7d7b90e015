//! Messages in parts, and corks: what makes an open session hold others back.

use std::sync::Arc;
use std::task::Waker;

use tokio::sync::Notify;

use super::super::{Frame, SendError};
use super::delayed::Held;
use super::queue::{Queue, Stage};
use super::{Outbox, OutboxLimits, notify, wait_if_full, wake};
use crate::message::MessageKind;

/// How many bytes of a message in parts may be queued, and how many a corked session gathers before it writes: enough
/// for full writes, and so little that what is pushed meanwhile finds room.
const WINDOW: usize = 64 * 1024;

/// Whose part it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Owner {
    /// Whoever calls `Session::send_partial`: all of them send one message.
    Session,
    /// A `MessageWriter`, which has queued a part before or not.
    Writer { has_begun: bool },
}

/// Who is to be told what was queued, once the lock is released.
struct Told {
    connection: Option<Waker>,
    watchers: Option<Arc<Notify>>,
}

impl Outbox {
    /// Queues a part of a message if there is room and no other message in parts is in the way. One that is the first and
    /// the last is queued like any other message.
    pub(in crate::session) fn try_send_part(
        &self,
        part: &mut Frame,
        kind: MessageKind,
        owner: Owner,
    ) -> Result<(), SendError> {
        let told = self.append_part(&mut self.lock(), part, kind, owner)?;
        told.tell();
        Ok(())
    }

    /// Waits where [`try_send_part`](Self::try_send_part) fails.
    pub(in crate::session) async fn send_part(
        &self,
        part: &mut Frame,
        kind: MessageKind,
        owner: Owner,
    ) -> Result<(), SendError> {
        let told = self.until_room(self.send_timeout(), |queue| {
            wait_if_full(self.append_part(queue, part, kind, owner))
        });
        told.await?.tell();
        Ok(())
    }

    /// Holds messages back until [`uncork`](Self::uncork); `false` when the session is not open.
    pub(in crate::session) fn cork(&self) -> bool {
        let mut queue = self.lock();
        let Some(held) = queue.hold_back() else {
            return false;
        };
        held.corks += 1;
        // Nothing is queued that would wake it.
        let wakes = self.have_watched(&mut queue) && !self.is_running();
        let waker = wakes.then(|| queue.waker.take()).flatten();
        drop(queue);
        wake(waker);
        true
    }

    /// Takes one cork out, and lets out what was held when it was the last.
    pub(in crate::session) fn uncork(&self) {
        let mut queue = self.lock();
        let Some(held) = queue.held_mut() else { return };
        held.corks -= 1;
        let waker = if held.corks == 0 {
            let waker = self.let_out(&mut queue);
            queue.hold_no_more();
            waker
        } else {
            None
        };
        drop(queue);
        wake(waker);
    }

    /// Queues `frame` in a session that holds messages back.
    #[cold]
    pub(super) fn append_held(
        &self,
        queue: &mut Queue,
        frame: &Frame,
    ) -> Result<Option<Waker>, SendError> {
        let Some(held) = queue.held() else {
            return Err(SendError::Closed);
        };
        if frame.opcode().is_control() {
            // It may stand between the parts of a message (RFC 6455 §5.4).
            self.check_window(queue, frame)?;
            queue.append(frame);
            return Ok(self.queued(queue));
        }
        self.check_room_behind(queue, held, frame)?;
        let is_enough = held.bytes + frame.len() >= self.limits.window_bytes()
            || held.messages + 1 >= self.limits.window_messages();
        queue.hold(frame);
        self.report_held(queue);
        Ok(is_enough.then(|| self.let_out(queue)).flatten())
    }

    /// Lets out what nothing but corks holds.
    pub(super) fn let_out(&self, queue: &mut Queue) -> Option<Waker> {
        let held = queue.held()?;
        if !held.is_corked_only() || held.messages == 0 {
            return None;
        }
        queue.release();
        self.queued(queue)
    }

    /// [`SendError::Full`] says that the part has to wait, for room or for another message in parts.
    fn append_part(
        &self,
        queue: &mut Queue,
        part: &mut Frame,
        kind: MessageKind,
        owner: Owner,
    ) -> Result<Told, SendError> {
        let begins = match (queue.open_message(), owner) {
            (Some(open), Owner::Session) if !open.of_writer => {
                if open.kind != kind {
                    let open = open.kind;
                    return Err(SendError::MixedKinds { open, part: kind });
                }
                false
            }
            (Some(_), Owner::Writer { has_begun: true }) => false,
            (Some(_), _) if !part.fin() => return Err(SendError::Full),
            // A message ends early only together with its session.
            (None, Owner::Writer { has_begun: true }) => return Err(SendError::Closed),
            (Some(_) | None, _) => true,
        };
        let mut watchers = None;
        let connection = if begins && part.fin() {
            self.append(queue, part)?
        } else if begins {
            self.check_first_part(queue, part)?;
            queue.begin(part, kind, owner != Owner::Session);
            self.have_watched(queue);
            self.queued(queue)
        } else {
            self.check_window(queue, part)?;
            part.continued();
            queue.go_on(part);
            if part.fin() {
                queue.finish();
                watchers = queue.watchers.take();
            }
            self.queued(queue)
        };
        Ok(Told {
            connection,
            watchers,
        })
    }

    /// The first part of a message finds room where a whole one does.
    fn check_first_part(&self, queue: &Queue, part: &Frame) -> Result<(), SendError> {
        match queue.held() {
            Some(held) => self.check_room_behind(queue, held, part),
            None if matches!(queue.stage, Stage::Open) => {
                self.check_room(part.len(), queue.messages, queue.bytes)
            }
            None => Err(SendError::Closed),
        }
    }

    fn check_room_behind(
        &self,
        queue: &Queue,
        held: &Held,
        frame: &Frame,
    ) -> Result<(), SendError> {
        // What corks hold is let out before it is much, and so leaves room for one message of any size.
        let messages = if queue.messages == 0 && held.is_corked_only() {
            0
        } else {
            queue.messages + held.messages
        };
        self.check_room(frame.len(), messages, queue.bytes + held.bytes)
    }

    /// Whether there is room for a frame that others wait for. There has to be some although they may have filled the
    /// outbox: they go out only when it did.
    fn check_window(&self, queue: &Queue, frame: &Frame) -> Result<(), SendError> {
        self.check_size(frame.len())?;
        let fits = queue.messages < self.limits.window_messages()
            && queue.bytes + frame.len() <= self.limits.window_bytes();
        if fits || (queue.messages == 0 && self.has_shared_room(frame.len(), queue.bytes)) {
            Ok(())
        } else {
            Err(SendError::Full)
        }
    }
}

impl OutboxLimits {
    fn window_bytes(&self) -> usize {
        WINDOW.min(self.bytes / 2)
    }

    fn window_messages(&self) -> usize {
        (self.messages / 2).max(1)
    }
}

impl Told {
    fn tell(self) {
        wake(self.connection);
        notify(self.watchers);
    }
}
