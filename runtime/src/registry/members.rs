use crate::registry::roster::Roster;

/// The sessions of one endpoint: those that have not ended, and those that have and are not yet gone.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) open: Roster,
    pub(super) ending: Roster,
}

impl Members {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.ending.is_empty()
    }
}
