//! How a session sends whole messages, pings and pongs, and when.

use std::time::Duration;

use bytes::Bytes;

use super::timeout::SendTimeout;
use super::{Cork, Frame, InvalidTimeout, SendError, Session};
use crate::message::{IntoMessage, Pong};

impl Session {
    /// Queues `message`, and waits for room while the outbox is full.
    ///
    /// What one task sends arrives in that order; any number of tasks may send at the same time.
    /// Where several wait for room, any of them may get it first; a large message may wait behind small ones.
    /// A message is queued whole or not at all. That it was queued does not say that it was written
    /// ([`send_and_flush`](Self::send_and_flush)) or read. While a message is sent in parts, others queue up behind it.
    ///
    /// Java: `RemoteEndpoint.Basic.sendText`, `sendBinary`, `sendObject`, without `IllegalStateException`s
    /// about a remote endpoint that is busy.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] when the session has ended or ends while this waits, [`SendError::Timeout`] after
    /// [`send_timeout`](Self::send_timeout), [`SendError::TooLarge`] for a message that is larger than the whole outbox,
    /// [`SendError::Encode`] when `message` cannot be written.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready queues nothing.
    pub fn send(
        &self,
        message: impl IntoMessage,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        self.queue(Frame::new(message), self.outbox().send_timeout())
    }

    /// [`send`](Self::send), waiting for room no longer than `timeout`, whatever
    /// [`send_timeout`](Self::send_timeout) is. It is counted in milliseconds.
    ///
    /// With a time of 0 it does not wait, and one that is too long to be counted has no end.
    ///
    /// Java: `RemoteEndpoint.Async.setSendTimeout` before a `sendText`.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send). After a [`SendError::Timeout`] the session stays open: nothing of the message was
    /// queued. Tomcat closes it, because it may have written a part. A peer that takes nothing at all is cut off by
    /// [`write_timeout`](crate::Builder::write_timeout).
    ///
    /// # Cancel safety
    ///
    /// That of [`send`](Self::send).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use wspring::{SendError, Session};
    /// # async fn quote(session: &Session, price: f64) -> Result<(), SendError> {
    /// match session.send_within(price, Duration::from_millis(200)).await {
    ///     // It is old by now.
    ///     Err(SendError::Timeout { .. }) => Ok(()),
    ///     sent => sent,
    /// }
    /// # }
    /// ```
    pub fn send_within(
        &self,
        message: impl IntoMessage,
        timeout: Duration,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        self.queue(Frame::new(message), SendTimeout::new(Some(timeout)))
    }

    /// [`send`](Self::send), ready when the message is written to the network: handed to the operating system, which does
    /// not say that it was received.
    ///
    /// Java: `RemoteEndpoint.Async.sendText`, whose `Future` and `SendHandler` are completed then.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send), and [`SendError::Closed`] when the session ends before the message is written.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the message queued if it was; before that it queues nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wspring::{SendError, Session};
    /// # fn send(session: Session) {
    /// tokio::spawn(async move {
    ///     // Java: a `SendHandler`
    ///     match session.send_and_flush("the last one").await {
    ///         Ok(()) => println!("written"),
    ///         Err(error) => println!("not written: {error}"),
    ///     }
    /// });
    /// # }
    /// ```
    pub fn send_and_flush(
        &self,
        message: impl IntoMessage,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        let queued = self.send(message);
        async move {
            queued.await?;
            self.flush().await
        }
    }

    /// Queues `message` if there is room, and never waits. Java: `RemoteEndpoint.Async.sendText`.
    ///
    /// # Errors
    ///
    /// [`SendError::Full`] when the outbox has no room now, and those of [`send`](Self::send).
    pub fn try_send(&self, message: impl IntoMessage) -> Result<(), SendError> {
        self.outbox().try_send(&Frame::new(message)?)
    }

    /// Sends a ping with up to 125 bytes (RFC 6455 §5.5.2); a [`Pong`] handler gets the peer's answer.
    ///
    /// It goes out between the parts of a message too, and no [`cork`](Self::cork) holds it back. The runtime pings by
    /// itself ([`ping_interval`](crate::Builder::ping_interval)): this is for payloads of your own, or to measure.
    ///
    /// Java: `RemoteEndpoint.sendPing`.
    ///
    /// # Errors
    ///
    /// [`SendError::ControlTooLong`] for more than 125 bytes, and those of [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready queues nothing.
    pub fn ping(
        &self,
        payload: impl AsRef<[u8]>,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        let frame = Frame::ping(Bytes::copy_from_slice(payload.as_ref()));
        self.queue(frame, self.outbox().send_timeout())
    }

    /// Sends a pong that nobody asked for, with up to 125 bytes: a sign of life that wants no answer (RFC 6455 §5.5.3).
    ///
    /// It goes out as a [`ping`](Self::ping) does. Pings of the peer are answered by the runtime. Java:
    /// `RemoteEndpoint.sendPong`.
    ///
    /// # Errors
    ///
    /// Those of [`ping`](Self::ping).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready queues nothing.
    pub fn pong(
        &self,
        payload: impl AsRef<[u8]>,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        self.send(Pong(Bytes::copy_from_slice(payload.as_ref())))
    }

    /// Waits until everything that was queued before this call is written to the network.
    ///
    /// What a [`cork`](Self::cork) holds back is written now. What is queued behind a message in parts is written after
    /// its end.
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
        self.outbox().flush().await
    }

    /// Holds back what is sent on this session, by whomever, until the [`Cork`] is dropped: then it goes out in one
    /// write.
    ///
    /// Without it, what is queued before the connection's task has its turn goes out in one write anyway: all that one
    /// handler sends without waiting in between, and the replies to all messages that came together. A cork is for
    /// messages with an `.await` between them, that would else be a packet each.
    ///
    /// What is held back is also written when it becomes more than 64 KiB or half of the outbox, by
    /// [`flush`](Self::flush), before the Close frame of either side, before the parts of a message, and when it has waited
    /// for [`unfinished_timeout`](crate::Builder::unfinished_timeout). Pings and pongs
    /// are not held back. Of several corks the last one counts.
    ///
    /// Java: `RemoteEndpoint.setBatchingAllowed(true)`; dropping the cork is `setBatchingAllowed(false)`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wspring::{SendError, Session};
    /// # async fn look_up(_: u32) -> String { String::new() }
    /// # async fn lines(session: &Session) -> Result<(), SendError> {
    /// let cork = session.cork();
    /// for line in 0..10 {
    ///     session.send(look_up(line).await).await?;
    /// }
    /// drop(cork); // one write
    /// # Ok(())
    /// # }
    /// ```
    pub fn cork(&self) -> Cork {
        Cork::new(self.clone())
    }

    /// How long sends of this session wait for room before they fail with [`SendError::Timeout`]; `None` is without an
    /// end. At first it is the server's [`send_timeout`](crate::Builder::send_timeout).
    ///
    /// Java: `RemoteEndpoint.Async.getSendTimeout()`.
    #[must_use]
    pub fn send_timeout(&self) -> Option<Duration> {
        self.outbox().send_timeout().duration()
    }

    /// Says how long sends of this session wait for room, from the next one on; replies of handlers are sends too.
    ///
    /// It is counted in milliseconds. A push never waits.
    ///
    /// Java: `RemoteEndpoint.Async.setSendTimeout(long)`.
    ///
    /// # Errors
    ///
    /// [`InvalidTimeout`] for less than a millisecond and for more than a day; nothing is changed then.
    pub fn set_send_timeout(&self, timeout: Option<Duration>) -> Result<(), InvalidTimeout> {
        let timeout = SendTimeout::checked(timeout)?;
        self.outbox().set_send_timeout(timeout);
        Ok(())
    }

    #[expect(
        clippy::manual_async_fn,
        reason = "the future of an async fn has its arguments twice"
    )]
    fn queue(
        &self,
        frame: Result<Frame, SendError>,
        timeout: SendTimeout,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        async move {
            // By reference: moved, it would have a second place in the future.
            match &frame {
                Ok(frame) => self.outbox().send_within(frame, timeout).await,
                Err(_) => frame.map(drop),
            }
        }
    }
}
