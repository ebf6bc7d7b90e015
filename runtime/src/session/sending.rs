//! How a session sends.

use super::{Frame, SendError, Session};
use crate::message::IntoMessage;

impl Session {
    /// Queues `message`, and waits for room while the outbox is full.
    ///
    /// What one task sends arrives in that order; any number of tasks may send at the same time.
    /// Where several wait for room, any of them may get it first; a large message may wait behind small ones.
    /// A message is queued whole or not at all. That it was queued does not say that it was written
    /// ([`flush`](Self::flush)) or read.
    ///
    /// Java: `RemoteEndpoint.Basic.sendText`, `sendBinary`, `sendObject`, without `IllegalStateException`s
    /// about a remote endpoint that is busy.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] when the session has ended or ends while this waits, [`SendError::TooLarge`] for
    /// a message that is larger than the whole outbox, [`SendError::Encode`] when `message` cannot be written.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready queues nothing.
    pub fn send(
        &self,
        message: impl IntoMessage,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        let frame = Frame::new(message);
        async move { self.0.outbox.send(&frame?).await }
    }

    /// Queues `message` if there is room, and never waits. Java: `RemoteEndpoint.Async.sendText`.
    ///
    /// # Errors
    ///
    /// [`SendError::Full`] when the outbox has no room now, and those of [`send`](Self::send).
    pub fn try_send(&self, message: impl IntoMessage) -> Result<(), SendError> {
        self.0.outbox.try_send(&Frame::new(message)?)
    }

    /// Waits until everything that was queued before this call is written to the network.
    ///
    /// Java: `RemoteEndpoint.flushBatch()`.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] when the session ends before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    pub async fn flush(&self) -> Result<(), SendError> {
        self.0.outbox.flush().await
    }
}
