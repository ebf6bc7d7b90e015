//! Registered sessions: those of each server by endpoint and by key, those of the process by room, and the delivery of
//! messages to them.
//!
//! Each server has a [`Registry`] of its own. What runs in this process is found through a list of registries, so that
//! [`send_info`](crate::send_info) needs no handle, and servers that are gone leave nothing behind. Rooms belong to the
//! process.
//!
//! # Locks
//!
//! All are of `std`, and none is held across an `.await`:
//!
//! | lock | guards | taken by |
//! |---|---|---|
//! | `Outbox::queue` | one session's queue | senders and the connection, for one short step each |
//! | `Registry::by_key`, 64 shards | the sessions of a key, oldest first | the push and the registration |
//! | `Registry::by_endpoint` | the open sessions of an endpoint | the registration, `sessions()`, the drain |
//! | `Registry::served` | which endpoints can have keys | the start, and a push that found nobody |
//! | `Rooms`, 64 shards | the members of a room | joins, leaves, the end of a session in rooms, each send to a room |
//! | `Properties` | one session's values | handlers |
//! | `Door::state` | connections, sessions, and which connections wait for a request | connections, requests, handshakes |
//! | `Rate::buckets` | the pace of handshakes, in all and of each network | handshakes, with `handshakes_per_second` |
//! | `Node::directory` | who is where in the cluster | registrations, sends, first and last members of rooms; the node's task |
//! | `Links::state` | numbers and clocks of the other nodes | each packet, for one short step |
//! | a pipe's `State` | what waits for the reader of a stream | the connection, and the reader |
//!
//! 1. Order: a shard of `by_key` or of `Rooms`, then an outbox or, from `Rooms`, `directory`,
//!    because other nodes are told of first and last members in the order in which they came and
//!    went. No two others are held together.
//! 2. No code of the user runs under a lock, but for the `Clone` of a value in `Properties`.
//!    Messages are written before.
//! 3. Wakers are called after the lock is released.
//! 4. Sessions are closed after the registry's lock is released: they are collected first.
//! 5. A poisoned lock is used on: no step under a lock panics half-way.

mod announce;
mod closing;
mod count;
mod delivery;
mod holders;
mod members;
mod online;
mod registered;
mod rooms;
mod roster;
mod running;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

pub(crate) use self::announce::{Announce, Membership};
pub(crate) use self::closing::close_all;
pub use self::count::Count;
pub use self::delivery::Delivered;
pub(crate) use self::delivery::{
    deliver_at_sites, deliver_to_all, deliver_to_endpoint, deliver_to_key, deliver_to_members,
    deliver_to_room,
};
use self::holders::Holders;
use self::members::Members;
pub(crate) use self::registered::Registered;
#[cfg(test)]
use self::rooms::ROOMS;
pub(crate) use self::rooms::{count_in_room, count_members, join, leave, leave_all, members};
use self::roster::Snapshot;
pub(crate) use self::running::{announce, clustered, running};
use crate::session::{CloseCode, CloseRequest, Session, SessionId};
use crate::site::{EndpointId, Key, OnDuplicate, Site};

/// Keys are spread over this many locks, so that pushes from many threads seldom meet.
const SHARDS: usize = 64;

/// The sessions of one server.
#[derive(Debug)]
pub(crate) struct Registry {
    hasher: RandomState,
    by_key: [Mutex<HashMap<Key, Holders>>; SHARDS],
    by_endpoint: Mutex<HashMap<EndpointId, Members>>,
    draining: AtomicBool,
    /// The endpoints that are or were served, and whether their sessions can have a key.
    served: Mutex<HashMap<EndpointId, bool>>,
    cluster: OnceLock<Membership>,
}

/// There is no place for another session with this key.
#[derive(Debug)]
pub(crate) enum NoPlace {
    /// The key is taken, and the endpoint says `on_duplicate = "reject"`.
    Taken(Key),
    /// The key has as many connections as it may have.
    Full(Key),
}

impl Registry {
    pub(crate) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            by_key: std::array::from_fn(|_| Mutex::default()),
            by_endpoint: Mutex::default(),
            draining: AtomicBool::new(false),
            served: Mutex::default(),
            cluster: OnceLock::new(),
        }
    }

    /// Returns the registry of the server that serves a session; a client's session has none.
    pub(crate) fn of(session: &Session) -> Option<Arc<Self>> {
        Arc::downcast(session.site().server.upgrade()?).ok()
    }

    /// Whether the server of this registry serves a session.
    pub(super) fn serves(self: &Arc<Self>, session: &Session) -> bool {
        std::ptr::addr_eq(session.site().server.as_ptr(), Arc::as_ptr(self))
    }

    /// Makes these sessions known to a cluster, from the next one on.
    pub(crate) fn join_cluster(&self, membership: Membership) {
        // A server is in one cluster, which it joins before its first session.
        let _ = self.cluster.set(membership);
    }

    /// What this server is in its cluster.
    #[inline]
    pub(crate) fn node(&self) -> Option<&Arc<dyn Announce>> {
        self.cluster.get().map(Membership::node)
    }

    /// Notes that an endpoint is served at one of its paths.
    pub(crate) fn serve(&self, endpoint: EndpointId, can_have_key: bool) {
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        *served.entry(endpoint).or_default() |= can_have_key;
    }

    /// Whether sessions of an endpoint can have a key; `None` for an endpoint that is not served here.
    pub(crate) fn can_have_key(&self, endpoint: EndpointId) -> Option<bool> {
        let served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.get(&endpoint).copied()
    }

    /// The session of this id that has a key.
    pub(crate) fn find(&self, key: &Key, id: SessionId) -> Option<Session> {
        let shard = self.shard(key);
        shard.get(key)?.find(id).cloned()
    }

    /// Adds a session whose client is about to be told that it is open: from here on it is counted and pushes reach it,
    /// though they wait until its endpoint has accepted it.
    pub(crate) fn register(
        self: &Arc<Self>,
        session: Session,
        key: Option<Key>,
    ) -> Result<Registered, NoPlace> {
        if let Some(key) = &key {
            if session.site().on_duplicate == OnDuplicate::Reject
                && let Some(node) = self.node()
                && node.is_taken_elsewhere(key, &session)
            {
                return Err(NoPlace::Taken(key.clone()));
            }
            let mut shard = self.shard(key);
            let holders = shard.entry(key.clone()).or_default();
            let site = session.site();
            let rivals = holders.count_rivals(&session);
            match (site.on_duplicate, site.max_connections_per_key) {
                (OnDuplicate::Reject, _) if rivals > 0 => {
                    return Err(NoPlace::Taken(key.clone()));
                }
                // It makes room for itself.
                (OnDuplicate::Reject | OnDuplicate::CloseOlder, _) | (_, None) => {}
                (_, Some(max)) if rivals >= max => {
                    return Err(NoPlace::Full(key.clone()));
                }
                (_, Some(_)) => {}
            }
            holders.open(session.clone());
        }
        let registered = Registered {
            registry: Arc::clone(self),
            session,
            key,
        };
        registered.begin();
        Ok(registered)
    }

    /// The open sessions that a push to `key` means.
    pub(crate) fn targets(&self, endpoint: Option<EndpointId>, key: &Key) -> Vec<Session> {
        let shard = self.shard(key);
        let holders = shard.get(key);
        holders.map_or_else(Vec::new, |holders| holders.targets(endpoint))
    }

    /// The open sessions that a push to `key` means at the places for which this holds.
    fn targets_at(&self, key: &Key, is_meant: impl Fn(&Site) -> bool) -> Vec<Session> {
        let mut targets = self.targets(None, key);
        // Sessions of one place stand beside each other, and there are few places.
        let mut last: Option<(*const Site, bool)> = None;
        targets.retain(|session| {
            let site = session.site();
            match last {
                Some((known, is_meant)) if known == Arc::as_ptr(site) => is_meant,
                _ => {
                    let is_meant = is_meant(site);
                    last = Some((Arc::as_ptr(site), is_meant));
                    is_meant
                }
            }
        });
        targets
    }

    /// The first endpoint with sessions for which this holds.
    pub(crate) fn endpoint(&self, is_meant: impl Fn(EndpointId) -> bool) -> Option<EndpointId> {
        self.members()
            .keys()
            .copied()
            .find(|endpoint| is_meant(*endpoint))
    }

    pub(crate) fn count(&self, endpoint: EndpointId) -> usize {
        self.members()
            .get(&endpoint)
            .map_or(0, |members| members.open.len())
    }

    pub(crate) fn list(&self, endpoint: EndpointId, sessions: &mut Vec<Session>) {
        if let Some(members) = self.members().get(&endpoint) {
            sessions.extend(members.open.iter().cloned());
        }
    }

    /// The sessions of an endpoint that have not ended: those that a broadcast means.
    fn unended(&self, endpoint: EndpointId) -> Snapshot {
        let members = self.members();
        let members = members.get(&endpoint);
        members.map_or_else(Snapshot::default, |members| members.open.snapshot())
    }

    /// The sessions whose user has this name.
    pub(crate) fn of_principal(&self, name: &str, sessions: &mut Vec<Session>) {
        let members = self.members();
        let all = members.values().flat_map(|members| members.open.iter());
        let is_of = |session: &&Session| {
            session
                .principal()
                .is_some_and(|principal| principal.name() == name)
        };
        sessions.extend(all.filter(is_of).cloned());
    }

    /// Every session that is still there.
    pub(crate) fn all(&self) -> Vec<Session> {
        let members = self.members();
        let all = members
            .values()
            .flat_map(|members| members.open.iter().chain(members.ending.iter()));
        all.cloned().collect()
    }

    /// Closes every session with 1001.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
        let open: Vec<_> = self
            .members()
            .values()
            .flat_map(|members| members.open.iter().cloned())
            .collect();
        for session in open {
            go_away(&session);
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Cuts every session off that is still there, its handlers included.
    pub(crate) fn abort(&self) {
        for session in self.all() {
            session.outbox().abort();
        }
    }

    /// The sessions whose tasks are running at this moment. Of those that were cut off before, they are the ones whose
    /// handlers block their threads.
    pub(crate) fn running(&self) -> Vec<Session> {
        let mut running = self.all();
        running.retain(|session| session.outbox().is_running());
        running
    }

    /// How many keys are held, for the tests that look for leaks.
    #[cfg(test)]
    fn held_keys(&self) -> usize {
        self.by_key.iter().map(|shard| lock(shard).len()).sum()
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, HashMap<Key, Holders>> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "any bits of the hash will do"
        )]
        let hash = self.hasher.hash_one(key) as usize;
        lock(&self.by_key[hash % SHARDS])
    }

    fn members(&self) -> MutexGuard<'_, HashMap<EndpointId, Members>> {
        lock(&self.by_endpoint)
    }
}

/// Whether both are at the same endpoint and path of one server.
fn share_site(one: &Session, other: &Session) -> bool {
    Arc::ptr_eq(one.site(), other.site())
}

fn go_away(session: &Session) {
    let request = CloseRequest::runtime(CloseCode::GOING_AWAY, "the server is stopping");
    session.outbox().close(request);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that runs under these locks panics half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
