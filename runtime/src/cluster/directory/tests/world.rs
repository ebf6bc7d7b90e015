//! Nodes that talk through a network which loses, doubles, delays and cuts, by a seed.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

/// The longest that a packet is under way.
const SLOWEST: u64 = 300;

/// After so long without a cut nothing is excused any more.
const SETTLED: Duration = Duration::from_secs(10);

pub(super) struct World {
    pub(super) now: Instant,
    random: StdRng,
    pub(super) is_faulty: bool,
    pub(super) nodes: Vec<Member>,
    under_way: Vec<(Instant, usize, Said)>,
}

pub(super) struct Member {
    id: NodeId,
    directory: Directory,
    /// Cut off from all others, and from itself, until when.
    is_cut: bool,
    mended: Instant,
    /// What is true: the sessions of this node, and since when.
    sessions: Vec<(String, SessionId, Instant)>,
    /// And the rooms that it has members of.
    rooms: BTreeSet<&'static str>,
}

impl World {
    pub(super) fn new(nodes: usize, seed: u64) -> Self {
        let now = Instant::now() + Duration::from_secs(36_000);
        let mut started = now;
        let member = || {
            let id = NodeId::random();
            // They were started an hour apart.
            started -= Duration::from_secs(3600);
            Member {
                id,
                directory: Directory::new(id, 1024, started),
                is_cut: false,
                mended: now,
                sessions: Vec::new(),
                rooms: BTreeSet::new(),
            }
        };
        Self {
            now,
            random: StdRng::seed_from_u64(seed),
            is_faulty: true,
            nodes: std::iter::repeat_with(member).take(nodes).collect(),
            under_way: Vec::new(),
        }
    }

    pub(super) fn join(&mut self, at: usize, key: &str, policy: OnDuplicate) {
        let session = SessionId::random();
        let member = &mut self.nodes[at];
        let has_place = member
            .directory
            .join(&shared(key), session, place(policy), self.now);
        if !has_place {
            member.directory.leave(&shared(key), session);
            return;
        }
        member.sessions.push((key.to_owned(), session, self.now));
    }

    pub(super) fn leave(&mut self, at: usize, which: usize) {
        let member = &mut self.nodes[at];
        if !member.sessions.is_empty() {
            let (key, session, _) = member.sessions.remove(which % member.sessions.len());
            member.directory.leave(&shared(&key), session);
        }
    }

    /// The first member comes, or the last one goes.
    pub(super) fn turn_room(&mut self, at: usize, name: &'static str) {
        let member = &mut self.nodes[at];
        if member.rooms.remove(name) {
            member.directory.vacate(&room(name));
        } else {
            member.rooms.insert(name);
            member.directory.occupy(&room(name));
        }
    }

    pub(super) fn cut(&mut self, at: usize) {
        let member = &mut self.nodes[at];
        member.is_cut = !member.is_cut;
        member.mended = self.now;
    }

    pub(super) fn mend(&mut self) {
        self.is_faulty = false;
        for member in &mut self.nodes {
            if member.is_cut {
                member.is_cut = false;
                member.mended = self.now;
            }
        }
    }

    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(10);
            let due = self.under_way.extract_if(.., |(at, ..)| *at <= self.now);
            let mut due: Vec<_> = due.collect();
            due.sort_by_key(|(at, ..)| *at);
            for (_, to, (from, packet)) in due {
                let directory = &mut self.nodes[to].directory;
                let effects = directory.receive(from, packet, true, self.now);
                self.perform(to, effects);
            }
            for at in 0..self.nodes.len() {
                let effects = self.nodes[at].directory.tick(Some(1), self.now);
                self.perform(at, effects);
                while let Some(packet) = self.nodes[at].directory.next(self.now) {
                    for to in 0..self.nodes.len() {
                        self.send(at, to, &packet);
                    }
                }
            }
            self.check_synced();
        }
    }

    /// Every node knows exactly what is true.
    pub(super) fn check_all(&self) {
        let everything = self.nodes.iter().flat_map(|member| {
            let sessions = member.sessions.iter();
            sessions.map(|(key, session, _)| (key.clone(), member.id, *session))
        });
        let everything: BTreeSet<_> = everything.collect();
        for member in &self.nodes {
            let keys: Vec<_> = member.directory.keys().cloned().collect();
            let known = keys.iter().flat_map(|key| {
                let found = member.directory.find(key).into_iter();
                found.map(|found| (key.to_string(), found.node, found.session))
            });
            assert_eq!(known.collect::<BTreeSet<_>>(), everything);
            assert!(member.directory.is_synced(Some(1), self.now));
            for other in &self.nodes {
                let known = member.directory.rooms.of(other.id).map(RoomName::as_str);
                let known: BTreeSet<_> = known.collect();
                assert_eq!(known, other.rooms);
            }
            for key in keys {
                let order = |member: &Member| member.directory.find(&key);
                assert_eq!(order(member), order(&self.nodes[0]), "which is the newest");
            }
        }
    }

    /// A node that says of itself that it knows all, knows every session that is not brand new: else it would call
    /// somebody offline who is not.
    fn check_synced(&self) {
        let is_settled = |member: &Member| !member.is_cut && self.now - member.mended >= SETTLED;
        for member in self.nodes.iter().filter(|member| is_settled(member)) {
            if !member.directory.is_synced(Some(1), self.now) {
                continue;
            }
            for other in self.nodes.iter().filter(|other| is_settled(other)) {
                for (key, session, since) in &other.sessions {
                    let is_new = self.now - *since < SILENT + ALIVE;
                    let found = member.directory.find(&Key::new(key));
                    assert!(
                        is_new || found.iter().any(|found| found.session == *session),
                        "a session of {key} is not known after {:?}",
                        self.now - *since
                    );
                }
            }
        }
    }

    fn perform(&mut self, from: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Tell(to, packet) => {
                    let to = self.nodes.iter().position(|member| member.id == to);
                    self.send(from, to.unwrap(), &packet);
                }
                Effect::Close { key, session } => {
                    let member = &mut self.nodes[from];
                    // It may have been told before.
                    member.sessions.retain(|(_, other, _)| *other != session);
                    let key = SharedKey::new(&key).unwrap();
                    member.directory.leave(&key, session);
                }
                Effect::Probe(_) => {}
            }
        }
    }

    fn send(&mut self, from: usize, to: usize, packet: &Packet) {
        if self.nodes[from].is_cut || self.nodes[to].is_cut {
            return;
        }
        let copies = match self.random.random_range(0..10) {
            _ if !self.is_faulty => 1,
            0 => 0,
            1 => 2,
            _ => 1,
        };
        for _ in 0..copies {
            let is_slow = self.is_faulty && self.random.random_bool(0.3);
            let delay = if is_slow {
                self.random.random_range(0..SLOWEST)
            } else {
                1
            };
            let at = self.now + Duration::from_millis(delay);
            let said = (self.nodes[from].id, packet.clone());
            self.under_way.push((at, to, said));
        }
    }
}
