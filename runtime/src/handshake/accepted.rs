use std::time::Duration;

use bytes::Bytes;

use super::Stream;
use crate::protocol::{Agreement, Limits};
use crate::push::Registered;

/// A connection that was accepted and upgraded, before its first handler runs.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) registered: Registered,
    pub(crate) stream: Stream,
    /// What the peer sent right behind its request.
    pub(crate) received: Bytes,
    /// Messages that come in may be compressed.
    pub(crate) deflate: Option<Agreement>,
}

/// What applies to a connection while it lives: the server's settings, overridden by the endpoint's.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) limits: Limits,
    pub(crate) ping_interval: Duration,
    pub(crate) pong_timeout: Duration,
    pub(crate) message_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) close_timeout: Duration,
    /// A text message that equals it is sent straight back.
    pub(crate) heartbeat: Option<Box<str>>,
}
