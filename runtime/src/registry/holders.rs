//! The sessions of one key. Mostly there is one, and there may be tens of thousands: one that comes or goes, and a push to
//! the newest, then cost no look at the others.

mod crowd;
#[cfg(test)]
mod tests;

use smallvec::SmallVec;

use self::crowd::Crowd;
use super::share_site;
use crate::session::{Session, SessionId};
use crate::site::{EndpointId, OnDuplicate};

/// More sessions than so many are a [`Crowd`].
const FEW: usize = 16;

/// The sessions of a key.
#[derive(Debug)]
pub(super) enum Holders {
    /// The newest last. One needs no memory of its own.
    Few(SmallVec<[Holder; 1]>),
    Many(Box<Crowd>),
}

/// A session and its claim on a key.
#[derive(Debug)]
pub(super) struct Holder {
    session: Session,
    /// Whether its `#[on_open]` has accepted it. Until then, an older session keeps the key.
    is_accepted: bool,
}

impl Default for Holders {
    fn default() -> Self {
        Self::Few(SmallVec::new())
    }
}

impl Holders {
    /// Adds a session that its endpoint has not accepted.
    pub(super) fn open(&mut self, session: Session) {
        self.push(session, false);
    }

    /// The endpoint has accepted a session: it is the newest from here on.
    pub(super) fn accept(&mut self, session: &Session) {
        self.remove(session);
        self.push(session.clone(), true);
    }

    pub(super) fn remove(&mut self, session: &Session) {
        match self {
            Self::Few(few) => {
                if let Some(at) = few.iter().position(|holder| holder.session == *session) {
                    few.remove(at);
                }
            }
            Self::Many(crowd) => crowd.remove(session),
        }
    }

    /// Takes those out that their endpoint has accepted and that share it with a session.
    pub(super) fn take_rivals(&mut self, session: &Session) -> Vec<Session> {
        let mut rivals = Vec::new();
        match self {
            Self::Few(few) => few.retain(|holder| {
                let is_rival = holder.is_accepted && share_site(&holder.session, session);
                if is_rival {
                    rivals.push(holder.session.clone());
                }
                !is_rival
            }),
            Self::Many(crowd) => rivals = crowd.take_rivals(session),
        }
        rivals
    }

    /// How many share their endpoint with a session.
    pub(super) fn count_rivals(&self, session: &Session) -> usize {
        match self {
            Self::Few(few) => {
                let rivals = few
                    .iter()
                    .filter(|holder| share_site(&holder.session, session));
                rivals.count()
            }
            Self::Many(crowd) => crowd.count_rivals(session),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Few(few) => few.is_empty(),
            Self::Many(crowd) => crowd.is_empty(),
        }
    }

    pub(super) fn find(&self, id: SessionId) -> Option<&Session> {
        match self {
            Self::Few(few) => {
                let mut sessions = few.iter().map(|holder| &holder.session);
                sessions.find(|session| session.id() == id)
            }
            Self::Many(crowd) => crowd.find(id),
        }
    }

    /// The open sessions that a push means: of those that share an endpoint, the newest that it has accepted, or if there is
    /// none, the newest that it is opening; unless it wants all.
    pub(super) fn targets(&self, endpoint: Option<EndpointId>) -> Vec<Session> {
        let few = match self {
            Self::Few(few) => few,
            Self::Many(crowd) => return crowd.targets(endpoint),
        };
        let mut targets: Vec<Session> = Vec::new();
        let accepted = few.iter().rev().filter(|holder| holder.is_accepted);
        let opening = few.iter().rev().filter(|holder| !holder.is_accepted);
        for Holder { session, .. } in accepted.chain(opening) {
            let is_served = session.site().on_duplicate != OnDuplicate::All
                && targets.iter().any(|other| share_site(other, session));
            if !is_served && is_online(session, endpoint) {
                targets.push(session.clone());
            }
        }
        targets
    }

    /// Whether a push means anybody.
    pub(super) fn is_online(&self, endpoint: Option<EndpointId>) -> bool {
        match self {
            Self::Few(few) => few
                .iter()
                .any(|holder| is_online(&holder.session, endpoint)),
            Self::Many(crowd) => crowd.is_online(endpoint),
        }
    }

    /// Adds the open sessions, the oldest first.
    pub(super) fn list_online(&self, endpoint: Option<EndpointId>, sessions: &mut Vec<Session>) {
        match self {
            Self::Few(few) => {
                let all = few.iter().map(|holder| &holder.session);
                sessions.extend(all.filter(|session| is_online(session, endpoint)).cloned());
            }
            Self::Many(crowd) => crowd.list_online(endpoint, sessions),
        }
    }

    fn push(&mut self, session: Session, is_accepted: bool) {
        match self {
            Self::Few(few) if few.len() < FEW => few.push(Holder {
                session,
                is_accepted,
            }),
            Self::Few(few) => {
                let mut crowd = Crowd::default();
                for holder in few.drain(..) {
                    crowd.push(holder.session, holder.is_accepted);
                }
                crowd.push(session, is_accepted);
                *self = Self::Many(Box::new(crowd));
            }
            Self::Many(crowd) => crowd.push(session, is_accepted),
        }
    }
}

/// Whether a push can reach a session, of this endpoint if one is said.
fn is_online(session: &Session, endpoint: Option<EndpointId>) -> bool {
    #[cfg(test)]
    tests::look();
    endpoint.is_none_or(|endpoint| endpoint == session.endpoint()) && session.is_open()
}
