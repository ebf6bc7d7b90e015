use std::any::Any;
use std::fmt;
use std::sync::Arc;

use tokio_util::sync::DropGuard;

use crate::session::{RoomName, Session, SessionId};
use crate::site::Key;

/// A cluster, as a server's registry tells it of sessions that come and go.
///
/// It is `Any` so that a layer above, which has made it, can find it again.
pub(crate) trait Announce: Any + fmt::Debug + Send + Sync {
    /// A session can be reached by its key from now on. Its endpoint has not accepted it, so any other session keeps the key.
    fn opened(&self, key: &Key, session: &Session);

    /// The endpoint has accepted a session, which is the newest of its key from now on. It is closed when another node has
    /// accepted one meanwhile, at an endpoint that has place for one only.
    fn joined(&self, key: &Key, session: &Session);

    /// A session's key is free.
    fn left(&self, key: &Key, session: SessionId);

    /// A room has its first member here.
    fn occupied(&self, room: &RoomName);

    /// A room has no members here any more.
    fn vacated(&self, room: &RoomName);

    /// Returns whether a session at the same place as this one has the key on another node.
    fn is_taken_elsewhere(&self, key: &Key, session: &Session) -> bool;
}

/// A server's membership in a cluster: it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Membership {
    node: Arc<dyn Announce>,
    _ends: DropGuard,
}

impl Membership {
    pub(crate) fn new(node: Arc<dyn Announce>, ends: DropGuard) -> Self {
        Self { node, _ends: ends }
    }

    #[inline]
    pub(super) fn node(&self) -> &Arc<dyn Announce> {
        &self.node
    }
}
