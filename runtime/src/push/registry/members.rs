use crate::push::roster::Roster;
use crate::session::Session;

/// The sessions of one endpoint: those that it has not accepted yet, those that are open, and those that are past it
/// and not yet gone.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) opening: Roster,
    pub(super) open: Roster,
    pub(super) ending: Roster,
}

impl Members {
    /// Those that have not ended.
    pub(super) fn unended(&self) -> impl Iterator<Item = &Session> {
        self.opening.iter().chain(self.open.iter())
    }

    /// Takes a session out that has not ended.
    pub(super) fn take(&mut self, session: &Session) -> Option<Session> {
        let opening = self.opening.take(session);
        opening.or_else(|| self.open.take(session))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.opening.is_empty() && self.open.is_empty() && self.ending.is_empty()
    }
}
