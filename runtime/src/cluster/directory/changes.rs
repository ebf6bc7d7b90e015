//! What becomes of the tables when a node says that something has changed.

use std::collections::HashSet;
use std::ops::Bound::{Excluded, Unbounded};

use super::own::OPENING;
use super::table::Found;
use super::{Directory, Effect, Event};
use crate::cluster::wire::{Announced, Change, Entry, NodeId};
use crate::session::SessionId;
use crate::site::OnDuplicate;

impl Directory {
    pub(super) fn apply(&mut self, node: NodeId, changes: Vec<Change>, effects: &mut Vec<Effect>) {
        for change in changes {
            match change {
                Change::Joined(announced) => self.insert(node, announced, effects),
                Change::Left { key, session } => {
                    let session = SessionId::from_bits(session);
                    let is_last = self.table.remove(node, key.key(), session);
                    if is_last == Some(true) {
                        self.tell(Event::Vanished(key.into_key()));
                    }
                }
                Change::Occupied(room) => self.rooms.insert(node, room),
                Change::Vacated(room) => self.rooms.remove(node, &room),
            }
        }
    }

    pub(super) fn replace(&mut self, node: NodeId, all: Vec<Entry>, effects: &mut Vec<Effect>) {
        let (mut kept, mut rooms) = (HashSet::new(), HashSet::new());
        for entry in all {
            match entry {
                Entry::Session(announced) => {
                    kept.insert(announced.session());
                    self.insert(node, announced, effects);
                }
                Entry::Room(room) => _ = rooms.insert(room),
            }
        }
        for key in self.table.remove_all_but(node, &kept) {
            self.tell(Event::Vanished(key));
        }
        self.rooms.replace(node, rooms);
    }

    pub(super) fn insert(&mut self, node: NodeId, announced: Announced, effects: &mut Vec<Effect>) {
        let found = Found {
            node,
            session: announced.session(),
            stamp: announced.stamp,
            place: announced.place,
        };
        let key = announced.key.into_key();
        if self.table.insert(found, &key) {
            self.tell(Event::Appeared(key));
        } else if node != self.me && found.stamp > OPENING {
            let mine = (self.me, found.place);
            let closed = match found.place.policy {
                OnDuplicate::CloseOlder => {
                    let accepted = (OPENING + 1, SessionId::from_bits([0, 0]));
                    self.table.find_at(&key, mine, accepted..found.age())
                }
                // It came first, and there is place for one only.
                OnDuplicate::Reject => {
                    let newer = (Excluded(found.age()), Unbounded);
                    self.table.find_at(&key, mine, newer)
                }
                OnDuplicate::Newest | OnDuplicate::All => Vec::new(),
            };
            effects.extend(closed.into_iter().map(|session| Effect::Close {
                key: key.clone(),
                session,
            }));
        }
    }

    /// Everything of a node goes; `false` when it was not known.
    pub(super) fn forget(&mut self, node: NodeId) -> bool {
        let is_known = self.peers.remove(&node).is_some();
        if is_known {
            for key in self.table.remove_all_but(node, &HashSet::new()) {
                self.tell(Event::Vanished(key));
            }
            self.rooms.replace(node, HashSet::new());
        }
        is_known
    }

    pub(super) fn tell(&mut self, event: Event) {
        if self.is_watched {
            self.events.push(event);
        }
    }
}
