use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::Stream;
use crate::endpoint::Registration;
use crate::message::MessageKind;
use crate::protocol::{Agreement, Limits};
use crate::push::Registered;

/// A connection that was accepted and upgraded, before its first handler runs.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) registered: Registered,
    pub(crate) stream: Stream,
    /// What the peer sent right behind its request.
    pub(crate) received: Bytes,
    pub(crate) terms: Arc<Terms>,
    /// Messages that come in may be compressed.
    pub(crate) deflate: Option<Agreement>,
}

/// What applies to a connection while it lives: the server's settings, overridden by the endpoint's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) limits: Limits,
    pub(crate) ping_interval: Duration,
    pub(crate) pong_timeout: Duration,
    pub(crate) message_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) close_timeout: Duration,
    /// A text message that equals it is sent straight back.
    pub(crate) heartbeat: Option<&'static str>,
}

impl Terms {
    /// The same terms, but for what the endpoint and its handlers ask for: of two that say something, the one nearer to
    /// the message has the last word.
    #[must_use]
    pub(crate) fn overridden_by(mut self, endpoint: &Registration) -> Self {
        let declaration = endpoint.declaration;
        self.heartbeat = declaration.heartbeat;
        let limit = |kind| (endpoint.max_message_size)(kind).or(declaration.max_message_size);
        if let Some(bytes) = limit(MessageKind::Text) {
            self.limits.max_text_size = bytes;
        }
        if let Some(bytes) = limit(MessageKind::Binary) {
            self.limits.max_binary_size = bytes;
        }
        self
    }
}
