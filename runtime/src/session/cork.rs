use super::Session;

/// Holds back what is sent on a session, so that it goes out in one write. Java: `setBatchingAllowed(true)`.
///
/// [`Session::cork`] makes it and says more; dropping it writes what was held back.
#[must_use = "what is sent is held back only while this lives"]
#[derive(Debug)]
pub struct Cork {
    session: Session,
    /// A session that was not open has nothing to hold back.
    holds: bool,
}

impl Cork {
    pub(super) fn new(session: Session) -> Self {
        Self {
            holds: session.outbox().cork(),
            session,
        }
    }
}

impl Drop for Cork {
    fn drop(&mut self) {
        if self.holds {
            self.session.outbox().uncork();
        }
    }
}
