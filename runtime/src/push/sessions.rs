use std::fmt;
use std::sync::Arc;

use super::sessions_at_endpoint;
use crate::registry::Registry;
use crate::session::Session;
use crate::site::{EndpointId, Site};

/// The open sessions of one endpoint, everywhere or at one path: a view, counted and listed when it is asked.
/// Java: `Session.getOpenSessions()`.
///
/// ```
/// # use wspring::prelude::*;
/// # fn example<Chat: Endpoint>() {
/// println!("{} online", Chat::sessions().len());
/// for session in Chat::sessions() {
///     let _ = session.try_send("the server restarts in a minute");
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Sessions {
    endpoint: EndpointId,
    registries: Vec<Arc<Registry>>,
    /// None: at whichever path the endpoint is.
    site: Option<Arc<Site>>,
}

impl Sessions {
    pub(crate) fn new(endpoint: EndpointId, registries: Vec<Arc<Registry>>) -> Self {
        Self {
            endpoint,
            registries,
            site: None,
        }
    }

    /// Those at the same path of the same server.
    pub(crate) fn beside(session: &Session) -> Self {
        Self {
            site: Some(Arc::clone(session.site())),
            ..sessions_at_endpoint(session.endpoint())
        }
    }

    /// How many there are now. Sessions are counted from before `#[on_open]`, which may yet refuse them, until
    /// they have ended.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.site.is_some() {
            return self.to_vec().len();
        }
        let count = |registry: &Arc<Registry>| registry.count(self.endpoint);
        self.registries.iter().map(count).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sessions that are open now; those that open later are not among them.
    #[must_use]
    pub fn to_vec(&self) -> Vec<Session> {
        let mut sessions = Vec::new();
        for registry in &self.registries {
            registry.list(self.endpoint, &mut sessions);
        }
        if let Some(site) = &self.site {
            sessions.retain(|session| Arc::ptr_eq(session.site(), site));
        }
        sessions
    }
}

impl IntoIterator for Sessions {
    type Item = Session;
    type IntoIter = std::vec::IntoIter<Session>;

    fn into_iter(self) -> Self::IntoIter {
        self.to_vec().into_iter()
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
