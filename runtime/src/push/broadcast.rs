//! One message for many sessions: all of an endpoint, or those in a room.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use smallvec::SmallVec;

use crate::cluster::{Addressed, Answers, Audience, Others, endpoint_number};
use crate::message::IntoMessage;
use crate::registry::{Delivered, clustered, deliver_to_all, deliver_to_members, running};
use crate::session::{Frame, InvalidRoom, RoomName, SendError, Session};
use crate::site::EndpointId;

/// A message on its way to many sessions: what [`Endpoint::broadcast`](crate::Endpoint::broadcast) and
/// [`Room::send`](crate::Room::send) return. It is sent when it is awaited, and waits for no receiver.
///
/// In a [cluster](crate::cluster) it goes to other nodes too, and waits until they have queued it, for 500 ms at most.
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
/// Dropping it before it is ready sends nothing where there is no cluster. In a cluster the sessions of this process have
/// the message when it was polled once, and other nodes may have it.
#[must_use = "nothing is sent before it is awaited"]
pub struct Broadcast(State);

enum State {
    Ready(Message),
    /// Other nodes are asked.
    Asking(Pin<Box<dyn Future<Output = Result<Delivered, SendError>> + Send>>),
    Done,
}

struct Message {
    to: To,
    frame: Result<Frame, SendError>,
    except: SmallVec<[Session; 1]>,
}

/// Who is meant.
#[derive(Clone, Debug)]
pub(crate) enum To {
    /// Those of this endpoint.
    Endpoint(EndpointId),
    /// Those who are in this room, if there can be one of this name.
    Room(Result<RoomName, InvalidRoom>),
}

impl Broadcast {
    pub(crate) fn new(to: To, message: impl IntoMessage) -> Self {
        Self(State::Ready(Message {
            to,
            frame: Frame::new(message),
            except: SmallVec::new(),
        }))
    }

    /// Leaves a session out, such as the one that the message came from. Several calls leave several out.
    pub fn except(mut self, session: &Session) -> Self {
        if let State::Ready(message) = &mut self.0 {
            message.except.push(session.clone());
        }
        self
    }

    /// Queues the message on every session of this process that is meant, and returns what sends it to those of other
    /// nodes, if there may be some. That waits for no answers.
    pub(crate) fn post(self) -> Result<Option<impl Future<Output = ()> + Send>, SendError> {
        let State::Ready(message) = self.0 else {
            return Ok(None);
        };
        let (here, there) = message.begin()?;
        here?;
        let there = there.filter(|there| !there.is_empty());
        Ok(there.map(Addressed::post))
    }
}

impl Future for Broadcast {
    type Output = Result<Delivered, SendError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut asking = match mem::replace(&mut self.0, State::Done) {
            State::Ready(message) => {
                let (here, there) = message.begin()?;
                let Some(there) = there else {
                    return Poll::Ready(here);
                };
                // Boxed, so that a broadcast without a cluster keeps no space for it.
                Box::pin(async move { there.ask().await.and(here) })
            }
            State::Asking(asking) => asking,
            // Polled after its end, it has nothing to send any more.
            State::Done => return Poll::Ready(Err(SendError::Closed)),
        };
        let sent = asking.as_mut().poll(cx);
        if sent.is_pending() {
            self.0 = State::Asking(asking);
        }
        sent
    }
}

impl fmt::Debug for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Broadcast");
        if let State::Ready(message) = &self.0 {
            debug.field("to", &message.to);
        }
        debug.finish_non_exhaustive()
    }
}

impl Message {
    /// Queues it on the sessions of this process, and makes it ready for other nodes where there is a cluster. The
    /// sessions are collected first, so that no lock is held meanwhile that one who joins would need.
    fn begin(self) -> Result<(Result<Delivered, SendError>, Option<Addressed>), SendError> {
        let Self { to, frame, except } = self;
        let frame = frame?;
        // An error from here means that nothing was queued.
        let there = match clustered() {
            Some(registries) => {
                let audience = to.audience()?;
                let others = Others::with(&registries, &audience);
                Some(others.message(&audience, &frame)?)
            }
            None => None,
        };
        let here = match to {
            To::Endpoint(endpoint) => deliver_to_all(&running(), endpoint, &frame, &except),
            To::Room(name) => {
                let name = name.map_err(SendError::Room)?;
                deliver_to_members(&name, &frame, &except)
            }
        };
        frame.recycle();
        Ok((here, there))
    }
}

impl To {
    /// How other nodes are told of it.
    fn audience(&self) -> Result<Audience, SendError> {
        match self {
            Self::Endpoint(endpoint) => Ok(Audience::Endpoint(endpoint_number(*endpoint))),
            Self::Room(name) => name.clone().map(Audience::Room).map_err(SendError::Room),
        }
    }
}

impl Answers {
    /// With what came of it in this process.
    fn and(self, here: Result<Delivered, SendError>) -> Result<Delivered, SendError> {
        let (here, failed) = match here {
            Ok(delivered) => (delivered.sessions, None),
            Err(error) => (0, Some(error)),
        };
        match failed.or(self.failed) {
            Some(error) if here + self.sessions == 0 => Err(error),
            _ => Ok(Delivered {
                sessions: here + self.sessions,
                is_partial: self.is_partial,
            }),
        }
    }
}
