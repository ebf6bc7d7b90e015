use http::HeaderName;

use super::deployment::Deployment;
use crate::log_limits::{LogKind, log_limited};
use crate::request::Handshake;

/// How many names of fields the log shows.
const SHOWN: usize = 5;

impl Deployment {
    /// Writes a line about header fields that a session does not keep: its handlers may look for them.
    pub(super) fn log_trimmed(&self, handshake: &Handshake, dropped: &[HeaderName]) {
        let shown = &dropped[..dropped.len().min(SHOWN)];
        log_limited!(
            self.defaults.logs,
            LogKind::LargeHeaders,
            peer = ?handshake.remote_addr(),
            endpoint = %handshake.site(),
            dropped = ?shown,
            "a session does not keep the largest header fields of its request: read them in `#[on_handshake]`, or raise `kept_header_bytes`"
        );
    }
}
