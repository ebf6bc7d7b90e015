//! Messages and errors that no handler of an endpoint takes.

use std::net::SocketAddr;

use crate::error::{Error, ErrorKind};
use crate::log_limits::{LogKind, LogLimits, log_limited};
use crate::message::{Message, MessageKind};
use crate::session::Session;
use crate::site::Unhandled;

/// Handles a message of a kind that no handler takes. A pong asks for nothing.
pub fn unhandled(session: &Session, message: &Message) {
    match (message.kind(), session.site().terms.unhandled) {
        (MessageKind::Pong, _) => {}
        (kind, Unhandled::Close) => session.refuse(kind),
        (kind, Unhandled::Ignore) => {
            let path = session.uri().path();
            tracing::debug!(session = %session.id(), path, %kind, bytes = message.len(), "no handler takes this message");
        }
    }
}

/// Logs an error that no `#[on_error]` takes.
pub fn log_error(session: &Session, error: &Error) {
    if error.kind() == ErrorKind::Closed && !session.is_open() {
        // A peer that leaves before it got its answer is nothing to be woken up for.
        tracing::debug!(session = %session.id(), %error, "too late");
        return;
    }
    let kind = match error.kind() {
        ErrorKind::TooBig => {
            // The wire has logged it.
            tracing::debug!(session = %session.id(), %error, "no #[on_error] takes this error");
            return;
        }
        ErrorKind::Decode => LogKind::Undecodable,
        ErrorKind::Panic => LogKind::HandlerPanicked,
        _ => LogKind::HandlerFailed,
    };
    let (logs, path, peer) = about(session);
    log_limited!(logs, kind, session = %session.id(), ?peer, path, %error, "no #[on_error] takes this error");
}

/// Logs an error of `#[on_error]` itself, which was told of another one.
pub fn log_failed_on_error(session: &Session, failure: &Error, error: &Error) {
    let (logs, path, peer) = about(session);
    log_limited!(logs, LogKind::OnErrorFailed, session = %session.id(), ?peer, path, %failure, %error, "#[on_error] failed itself");
}

/// Returns the limits of its lines, and what they tell of a session.
fn about(session: &Session) -> (&LogLimits, &str, Option<SocketAddr>) {
    let logs = &session.site().logs;
    (logs, session.uri().path(), session.remote_addr())
}
