use tokio::sync::oneshot;

use crate::protocol::Role;
use crate::registry::{Registered, leave_all};
use crate::session::{CloseCode, CloseRequest, Session};

/// Where a connection belongs, from its handshake to its end.
#[derive(Debug)]
pub(crate) enum Place {
    /// Among the sessions of the server that accepted it.
    Registered(Registered),
    /// To the task of this program that opened it, and to no registry: pushes do not reach it.
    Client(Opening),
}

/// The session of a client whose endpoint has not opened yet.
#[derive(Debug)]
pub(crate) struct Opening {
    session: Session,
    /// Who waits for the endpoint.
    opened: Option<oneshot::Sender<()>>,
}

impl Place {
    /// Which end of the connection this is.
    pub(crate) fn role(&self) -> Role {
        match self {
            Self::Registered(_) => Role::Server,
            Self::Client(_) => Role::Client,
        }
    }

    pub(crate) fn session(&self) -> &Session {
        match self {
            Self::Registered(registered) => registered.session(),
            Self::Client(opening) => &opening.session,
        }
    }

    /// The endpoint accepted the connection.
    pub(crate) fn accept(&mut self) {
        self.session().outbox().accept();
        match self {
            Self::Registered(registered) => registered.accept(),
            Self::Client(opening) => opening.accept(),
        }
    }

    /// The connection has ended, and its last handler is about to run.
    pub(crate) fn close(&self) {
        leave_all(self.session());
        if let Self::Registered(registered) = self {
            registered.close();
        }
    }

    /// The last handler has run.
    pub(crate) fn release_key(&mut self) {
        if let Self::Registered(registered) = self {
            registered.release_key();
        }
    }
}

/// Where the task of a connection was dropped, this is its end.
impl Drop for Opening {
    fn drop(&mut self) {
        leave_all(&self.session);
        self.session.outbox().end();
    }
}

impl Opening {
    /// The place of a new session, and what is told when its endpoint has opened; it is dropped where that fails.
    pub(crate) fn new(session: Session) -> (Self, oneshot::Receiver<()>) {
        let (opened, waiting) = oneshot::channel();
        let opening = Self {
            session,
            opened: Some(opened),
        };
        (opening, waiting)
    }

    fn accept(&mut self) {
        let waits = |opened: oneshot::Sender<()>| opened.send(()).is_ok();
        if !self.opened.take().is_some_and(waits) {
            let reason = "nobody waits for this connection any more";
            let request = CloseRequest::runtime(CloseCode::GOING_AWAY, reason);
            self.session.outbox().close(request);
        }
    }
}
