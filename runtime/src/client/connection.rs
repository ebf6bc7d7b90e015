use std::fmt;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::dial::Dial;
use super::reconnect::Backoff;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::session::{Initiator, Session};

/// A connection to a server that is opened again whenever it ends:
/// [`Client::keep_connected`](super::Client::keep_connected).
///
/// It is a handle. Dropping it ends nothing.
pub struct Connection {
    session: watch::Receiver<Option<Session>>,
    stop: CancellationToken,
    task: JoinHandle<Result<(), Error>>,
}

impl Connection {
    pub(super) fn start<E: Endpoint>(dial: Dial, backoff: Backoff) -> Self {
        let (sender, session) = watch::channel(None);
        let stop = CancellationToken::new();
        let task = tokio::spawn(keep::<E>(dial, backoff, sender, stop.clone()));
        Self {
            session,
            stop,
            task,
        }
    }

    /// The session that is open now; none between two.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        let session = self.session.borrow();
        session.clone().filter(Session::is_open)
    }

    /// Waits until a session is open; `None` when there will be none any more, and [`ended`](Self::ended) says why.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    pub async fn opened(&self) -> Option<Session> {
        let mut session = self.session.clone();
        let is_open = |session: &Option<Session>| session.as_ref().is_some_and(Session::is_open);
        let opened = session.wait_for(is_open).await.ok()?;
        opened.clone()
    }

    /// Ends it for good: a session that is open is closed with 1000.
    pub fn close(&self) {
        self.stop.cancel();
    }

    /// Waits until it has ended for good.
    ///
    /// # Errors
    ///
    /// Why it was given up, if it was not this program that closed the session or this connection: what the server refused
    /// last, for instance with 401; why the last of all [attempts](super::Reconnect::attempts) failed;
    /// [`Closed`](ErrorKind::Closed), with the reason, where [`Reconnect::when`](super::Reconnect::when) said not to connect
    /// again; [`Panic`](ErrorKind::Panic) where a function that the program gave to the client has panicked.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends nothing.
    pub async fn ended(self) -> Result<(), Error> {
        self.task.await.map_err(lost)?
    }
}

/// A task has not come to its end.
fn lost(error: JoinError) -> Error {
    match error.try_into_panic() {
        Ok(panic) => Error::panicked(&*panic),
        Err(error) => Error::caused(ErrorKind::Io, "the tokio runtime has ended", error),
    }
}

/// Connects again and again.
async fn keep<E: Endpoint>(
    dial: Dial,
    mut backoff: Backoff,
    current: watch::Sender<Option<Session>>,
    stop: CancellationToken,
) -> Result<(), Error> {
    loop {
        let opened = tokio::select! {
            opened = dial.open::<E>() => opened,
            () = stop.cancelled() => return Ok(()),
        };
        let delay = match opened {
            Err(failure) => match backoff.after(&failure) {
                Some(delay) => {
                    tracing::debug!(%failure, ?delay, "connecting again");
                    delay
                }
                None => return Err(failure),
            },
            Ok((session, mut life)) => {
                let begun = Instant::now();
                current.send_replace(Some(session.clone()));
                let ended = tokio::select! {
                    ended = &mut life => ended,
                    () = stop.cancelled() => {
                        session.close();
                        life.await
                    }
                };
                current.send_replace(None);
                if stop.is_cancelled() {
                    return Ok(());
                }
                // It has been open, so it has ended for a reason.
                let Some(reason) = ended.map_err(lost)? else {
                    return Ok(());
                };
                if reason.initiator == Initiator::App {
                    return Ok(());
                }
                if !backoff.reconnect().is_wanted(&reason) {
                    let text = format!(
                        "the connection ended with {reason}, after which `Reconnect::when` wants no other"
                    );
                    return Err(Error::new(ErrorKind::Closed, text));
                }
                let delay = backoff.after_session(begun.elapsed());
                tracing::debug!(%reason, ?delay, "connecting again");
                delay
            }
        };
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("session", &self.session())
            .field("has_ended", &self.task.is_finished())
            .finish_non_exhaustive()
    }
}
