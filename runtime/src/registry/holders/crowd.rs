use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::is_online;
use crate::session::{Session, SessionId};
use crate::site::{EndpointId, OnDuplicate};

/// Many sessions of one key, by their endpoints and in their order.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    /// The number of the next session: a newer one has a higher number.
    next: u64,
    /// By the address of the site. None of them is empty.
    sites: HashMap<usize, AtSite>,
    known: HashMap<SessionId, Known>,
}

/// The sessions at one site, the newest last.
#[derive(Debug, Default)]
struct AtSite {
    accepted: BTreeMap<u64, Session>,
    opening: BTreeMap<u64, Session>,
}

/// Where a session is.
#[derive(Clone, Copy, Debug)]
struct Known {
    site: usize,
    is_accepted: bool,
    number: u64,
}

impl Crowd {
    pub(super) fn push(&mut self, session: Session, is_accepted: bool) {
        let known = Known {
            site: address(&session),
            is_accepted,
            number: self.next,
        };
        self.next += 1;
        self.known.insert(session.id(), known);
        let site = self.sites.entry(known.site).or_default();
        site.list(is_accepted).insert(known.number, session);
    }

    pub(super) fn remove(&mut self, session: &Session) {
        let Some(known) = self.known.remove(&session.id()) else {
            return;
        };
        if let Some(site) = self.sites.get_mut(&known.site) {
            site.list(known.is_accepted).remove(&known.number);
            if site.len() == 0 {
                self.sites.remove(&known.site);
            }
        }
    }

    pub(super) fn take_rivals(&mut self, session: &Session) -> Vec<Session> {
        let Some(site) = self.sites.get_mut(&address(session)) else {
            return Vec::new();
        };
        let rivals: Vec<_> = std::mem::take(&mut site.accepted).into_values().collect();
        if site.len() == 0 {
            self.sites.remove(&address(session));
        }
        for rival in &rivals {
            self.known.remove(&rival.id());
        }
        rivals
    }

    pub(super) fn count_rivals(&self, session: &Session) -> usize {
        self.sites.get(&address(session)).map_or(0, AtSite::len)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(super) fn find(&self, id: SessionId) -> Option<&Session> {
        let known = self.known.get(&id)?;
        let site = self.sites.get(&known.site)?;
        let list = if known.is_accepted {
            &site.accepted
        } else {
            &site.opening
        };
        list.get(&known.number)
    }

    pub(super) fn targets(&self, endpoint: Option<EndpointId>) -> Vec<Session> {
        let mut targets = Vec::new();
        for site in self.sites.values() {
            let newest_first = site
                .accepted
                .values()
                .rev()
                .chain(site.opening.values().rev());
            let mut online = newest_first.filter(|session| is_online(session, endpoint));
            let Some(newest) = online.next() else {
                continue;
            };
            targets.push(newest.clone());
            if newest.site().on_duplicate == OnDuplicate::All {
                targets.extend(online.cloned());
            }
        }
        targets
    }

    pub(super) fn is_online(&self, endpoint: Option<EndpointId>) -> bool {
        let mut all = self.sites.values().flat_map(AtSite::iter);
        all.any(|(_, session)| is_online(session, endpoint))
    }

    pub(super) fn list_online(&self, endpoint: Option<EndpointId>, sessions: &mut Vec<Session>) {
        let all = self.sites.values().flat_map(AtSite::iter);
        let mut online: Vec<_> = all
            .filter(|(_, session)| is_online(session, endpoint))
            .collect();
        online.sort_unstable_by_key(|(number, _)| **number);
        sessions.extend(online.into_iter().map(|(_, session)| session.clone()));
    }
}

impl AtSite {
    fn list(&mut self, is_accepted: bool) -> &mut BTreeMap<u64, Session> {
        if is_accepted {
            &mut self.accepted
        } else {
            &mut self.opening
        }
    }

    fn len(&self) -> usize {
        self.accepted.len() + self.opening.len()
    }

    fn iter(&self) -> impl Iterator<Item = (&u64, &Session)> {
        self.accepted.iter().chain(&self.opening)
    }
}

/// Two sessions share an endpoint at a path if they share this.
fn address(session: &Session) -> usize {
    Arc::as_ptr(session.site()).addr()
}
