//! Endpoints without handlers, for tests.

use std::sync::{Arc, Weak};
use std::time::Duration;

use wspring_path::Template;

use super::{EndpointId, OnDuplicate, ServerOf, Site, Terms};
use crate::log_limits::LogLimits;

struct Silent;

/// Returns an endpoint at `path` that no server serves.
pub(crate) fn sample(path: &str, on_duplicate: OnDuplicate) -> Arc<Site> {
    sample_at(Weak::<()>::new(), path, on_duplicate)
}

/// Returns an endpoint at `path` that this server serves.
pub(crate) fn sample_at(server: ServerOf, path: &str, on_duplicate: OnDuplicate) -> Arc<Site> {
    let second = Duration::from_secs(1);
    let template = Template::parse(path).unwrap_or_else(|problem| panic!("{problem}"));
    let key = (template.variables().count() == 1).then_some(0);
    Arc::new(Site {
        name: "Silent",
        endpoint: EndpointId::of::<Silent>(),
        template,
        declared_at: None,
        key,
        canonical: |_, _| None,
        can_have_key: key.is_some(),
        on_duplicate,
        state: Arc::default(),
        terms: Arc::new(Terms {
            ping_interval: second,
            pong_timeout: second,
            message_timeout: second,
            write_timeout: second,
            close_timeout: second,
            handler_grace: second,
            ..Terms::default()
        }),
        max_connections_per_key: None,
        server,
        logs: Arc::new(LogLimits::new()),
    })
}
