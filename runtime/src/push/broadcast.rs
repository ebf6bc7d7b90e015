//! One message for many sessions: all of an endpoint, or those in a room.

use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use smallvec::SmallVec;

use super::rooms::ROOMS;
use super::roster::Snapshot;
use super::{Delivered, Registry, Room, running};
use crate::endpoint::EndpointId;
use crate::message::IntoMessage;
use crate::session::{Frame, SendError, Session};

/// A message on its way to many sessions: what [`Endpoint::broadcast`](crate::Endpoint::broadcast) and
/// [`Room::send`] return. It is sent when it is awaited, and never waits.
///
/// ```
/// # use wspring::prelude::*;
/// # async fn example<Chat: Endpoint>(session: &Session) -> Result<(), SendError> {
/// Chat::broadcast("for everybody").await?;
/// let delivered = Chat::broadcast("for all others").except(session).await?;
/// println!("queued on {} sessions", delivered.sessions);
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
///
/// Dropping it before it is ready sends nothing.
#[derive(Debug)]
#[must_use = "nothing is sent before it is awaited"]
pub struct Broadcast {
    to: To,
    frame: Result<Frame, SendError>,
    except: SmallVec<[Session; 1]>,
}

/// Who is meant.
#[derive(Clone, Debug)]
pub(crate) enum To {
    /// Those that this endpoint has accepted.
    Endpoint(EndpointId),
    /// Those who are in this room.
    Room(Room),
}

impl Broadcast {
    pub(crate) fn new(to: To, message: impl IntoMessage) -> Self {
        Self {
            to,
            frame: Frame::new(message),
            except: SmallVec::new(),
        }
    }

    /// Leaves a session out, such as the one that the message came from. Several calls leave several out.
    pub fn except(mut self, session: &Session) -> Self {
        self.except.push(session.clone());
        self
    }

    /// Queues the message on every session that is meant and open. They are collected first, so that no lock is held
    /// meanwhile that one who joins would need.
    pub(crate) fn deliver(&mut self) -> Result<Delivered, SendError> {
        // Polled after its end, it has nothing to send any more.
        let frame = mem::replace(&mut self.frame, Err(SendError::Closed))?;
        let delivered = match &self.to {
            To::Endpoint(endpoint) => deliver_to_all(&running(), *endpoint, &frame, &self.except),
            To::Room(room) => {
                let name = room.checked().map_err(SendError::Room)?;
                deliver(&[ROOMS.snapshot(&name)], &frame, &self.except)
            }
        };
        frame.recycle();
        delivered
    }
}

impl Future for Broadcast {
    type Output = Result<Delivered, SendError>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(self.deliver())
    }
}

/// Queues `frame` on the sessions of an endpoint.
pub(super) fn deliver_to_all(
    registries: &[Arc<Registry>],
    endpoint: EndpointId,
    frame: &Frame,
    except: &[Session],
) -> Result<Delivered, SendError> {
    let accepted = |registry: &Arc<Registry>| registry.accepted(endpoint);
    let snapshots: SmallVec<[Snapshot; 1]> = registries.iter().map(accepted).collect();
    deliver(&snapshots, frame, except)
}

fn deliver(
    snapshots: &[Snapshot],
    frame: &Frame,
    except: &[Session],
) -> Result<Delivered, SendError> {
    let mut sessions = 0;
    let mut failed = None;
    for session in snapshots.iter().flat_map(Snapshot::iter) {
        if except.iter().any(|other| other.is_same(session)) {
            continue;
        }
        match session.outbox().push(frame) {
            Ok(()) => sessions += 1,
            // It has said goodbye, or cannot keep up: the others get the message all the same.
            Err(SendError::Closed | SendError::Full) => {}
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if sessions == 0 => Err(error),
        _ => Ok(Delivered {
            sessions,
            is_partial: false,
        }),
    }
}
