//! The members of a room or of an endpoint: a set that is cheap to change, and cheap to look at while it changes.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::session::{Session, SessionId};

/// A piece is divided when the pieces have more sessions than this on average.
const FULL: usize = 32;

/// Two pieces become one when the pieces have fewer sessions than this on average.
const SPARSE: usize = 8;

/// A set of sessions in pieces, which its [snapshots](Snapshot) share.
///
/// A snapshot of 10,000 sessions copies some 300 pointers to pieces and touches no session. A change copies at most one
/// piece, and only while a snapshot has it too. The set grows and shrinks by a piece at a time (linear hashing), so that nobody
/// who joins pays for all others. A session is found by its id, which is random, and known by its address.
#[derive(Debug, Default)]
pub(super) struct Roster {
    pieces: Vec<Arc<Vec<Session>>>,
    len: usize,
}

/// The sessions that a [`Roster`] had at one moment.
#[derive(Debug, Default)]
pub(super) struct Snapshot(Vec<Arc<Vec<Session>>>);

impl Roster {
    /// Puts a session in; `false` if it was in already.
    pub(super) fn insert(&mut self, session: Session) -> bool {
        if self.contains(&session) {
            return false;
        }
        if self.len >= self.pieces.len() * FULL {
            self.divide();
        }
        if let Some(piece) = self.piece_of(&session) {
            piece.push(session);
            self.len += 1;
        }
        true
    }

    /// Takes a session out, if it is in.
    pub(super) fn take(&mut self, session: &Session) -> Option<Session> {
        let at = self.position(session)?;
        let taken = self.piece_of(session)?.swap_remove(at);
        self.len -= 1;
        if self.pieces.len() > 1 && self.len < self.pieces.len() * SPARSE {
            self.unite();
        }
        Some(taken)
    }

    pub(super) fn contains(&self, session: &Session) -> bool {
        self.position(session).is_some()
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.pieces.iter().flat_map(|piece| piece.iter())
    }

    /// Those that are in now.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot(self.pieces.clone())
    }

    /// Where in its piece a session is. Sessions are compared by address, so that none of the others is touched.
    fn position(&self, session: &Session) -> Option<usize> {
        let piece = self.pieces.get(place(session.id(), self.pieces.len()))?;
        piece.iter().position(|other| other.is_same(session))
    }

    /// The piece of a session, to be changed: a copy, if a snapshot has it.
    fn piece_of(&mut self, session: &Session) -> Option<&mut Vec<Session>> {
        let place = place(session.id(), self.pieces.len());
        self.pieces.get_mut(place).map(Arc::make_mut)
    }

    /// Adds a piece, and moves what belongs there from the one piece that had it.
    fn divide(&mut self) {
        let added = self.pieces.len();
        let mut moved = Vec::new();
        if let Some(piece) = self.pieces.get_mut(place_of(added, added)) {
            let moves = |session: &mut Session| place(session.id(), added + 1) == added;
            moved.extend(Arc::make_mut(piece).extract_if(.., moves));
        }
        self.pieces.push(Arc::new(moved));
    }

    /// Takes the last piece away, and moves what it had to where it would be without it.
    fn unite(&mut self) {
        let Some(last) = self.pieces.pop() else {
            return;
        };
        let count = self.pieces.len();
        if let Some(piece) = self.pieces.get_mut(place_of(count, count)) {
            Arc::make_mut(piece).extend(Arc::unwrap_or_clone(last));
        }
    }
}

impl Snapshot {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.0.iter().flat_map(|piece| piece.iter())
    }

    /// Those of them that are meant.
    pub(super) fn only(&self, is_meant: impl Fn(&Session) -> bool) -> Self {
        let meant = self.iter().filter(|session| is_meant(session)).cloned();
        Self(vec![Arc::new(meant.collect())])
    }
}

/// Which of `count` pieces has the session.
fn place(id: SessionId, count: usize) -> usize {
    place_of(id.low_bits(), count)
}

/// As many of the bits as `count` has; one less where that is a piece that is not there yet.
fn place_of(bits: usize, count: usize) -> usize {
    let mask = count.next_power_of_two() - 1;
    let place = bits & mask;
    if place < count {
        place
    } else {
        place & (mask >> 1)
    }
}
