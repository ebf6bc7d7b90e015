//! Messages that are not in the queue yet.

use tokio::time::Instant;

use super::super::Frame;
use super::super::segments::Segments;
use crate::message::MessageKind;

/// What an open session holds back: there while a message is sent in parts, or the session is corked.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) message: Option<OpenMessage>,
    pub(super) corks: usize,
    /// In the order in which it goes out; the queue counts it when it does.
    pub(super) behind: Segments,
    pub(super) bytes: usize,
    pub(super) messages: usize,
    /// When the last part of the message was queued, or the first of the messages that a cork holds.
    pub(super) since: Option<Instant>,
}

/// A message of which a part was queued, and not yet the last one.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenMessage {
    pub(super) kind: MessageKind,
    /// Whether it belongs to a `MessageWriter`, or else to all who call `Session::send_partial`.
    pub(super) of_writer: bool,
    /// What had been queued before it. No other message of the session began there.
    pub(super) begun_at: u64,
}

impl Held {
    /// Whether what is held goes out as soon as somebody wants it.
    pub(super) fn is_corked_only(&self) -> bool {
        self.message.is_none()
    }
}

/// Pushes to a session that its endpoint has not accepted, in their order. They are not encoded yet: what `#[on_open]`
/// sends goes out first, and the order of compression must be that of the wire.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) frames: Vec<Frame>,
    pub(super) bytes: usize,
}
