//! Replies that go to more than the sender.

use compact_str::CompactString;

use super::{Waiting, not_sent};
use crate::error::Error;
use crate::message::Message;
use crate::push::{Broadcast, To, room};
use crate::session::Session;

/// Who gets the reply of an `#[on_message]`.
#[derive(Clone, Copy, Debug)]
pub enum Audience {
    /// `broadcast`: all sessions of the endpoint.
    Everyone,
    /// `broadcast = "others"`: all but the sender.
    Others,
    /// `room = "…"`: those who are in the room.
    Room(&'static [Piece]),
}

/// A part of a room's name.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// As it stands there.
    Text(&'static str),
    /// The value of a variable of the path, in the canonical form of the type that a handler gives it.
    Variable(&'static str),
}

/// Sends what an `#[on_message]` handler answered to its audience. It never waits for receivers, nor for what other nodes
/// say; what it returns hands the message over to the broker of a cluster.
pub fn share<'s>(
    session: &'s Session,
    handler: &'static str,
    reply: Option<Message>,
    audience: Audience,
) -> Result<Option<Waiting<'s>>, Error> {
    let Some(message) = reply else {
        return Ok(None);
    };
    let everyone = || To::Endpoint(session.endpoint());
    let broadcast = match audience {
        Audience::Everyone => Broadcast::new(everyone(), message),
        Audience::Others => Broadcast::new(everyone(), message).except(session),
        Audience::Room(pieces) => room(name(session, pieces)).send(message),
    };
    let posting = broadcast.post();
    let posting = posting.map_err(|error| not_sent(handler, error))?;
    Ok(posting.map(|posting| -> Waiting<'s> {
        Box::pin(async move {
            posting.await;
            Ok(())
        })
    }))
}

fn name(session: &Session, pieces: &[Piece]) -> CompactString {
    let mut name = CompactString::default();
    for piece in pieces {
        match piece {
            Piece::Text(text) => name.push_str(text),
            Piece::Variable(variable) => {
                let value = session.path_param(variable).unwrap_or_default();
                let canonical = (session.site().canonical)(variable, value);
                name.push_str(canonical.as_deref().unwrap_or(value));
            }
        }
    }
    name
}
