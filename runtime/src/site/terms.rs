use std::time::Duration;

use super::{RateLimits, SocketBuffers, Unhandled, UnsentReply};
use crate::protocol::Limits;

/// What applies to a connection while it lives: the settings of the server or client, overridden by the endpoint's.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) limits: Limits,
    pub(crate) ping_interval: Duration,
    pub(crate) pong_timeout: Duration,
    pub(crate) message_timeout: Duration,
    /// The longest that a message in parts may take to arrive.
    pub(crate) max_receive_time: Option<Duration>,
    pub(crate) write_timeout: Duration,
    /// Bytes in a second that a peer takes at least while something waits for it.
    pub(crate) min_throughput: Option<usize>,
    /// The longest that a peer may take for one message.
    pub(crate) max_send_time: Option<Duration>,
    /// How long this side may leave a message unfinished.
    pub(crate) unfinished_timeout: Option<Duration>,
    pub(crate) buffers: SocketBuffers,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_age: Option<Duration>,
    pub(crate) rates: RateLimits,
    pub(crate) close_timeout: Duration,
    /// How long a handler may run; it is not for those that never wait.
    pub(crate) handler_timeout: Option<Duration>,
    /// How long a handler may still run when its session has ended.
    pub(crate) handler_grace: Duration,
    /// A text message that equals it is sent straight back.
    pub(crate) heartbeat: Option<Box<str>>,
    pub(crate) unhandled: Unhandled,
    pub(crate) unsent_reply: UnsentReply,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            limits: Limits::new(64 * 1024, None),
            ping_interval: Duration::from_secs(25),
            pong_timeout: Duration::from_secs(20),
            message_timeout: Duration::from_secs(60),
            max_receive_time: None,
            write_timeout: Duration::from_secs(60),
            min_throughput: Some(2048),
            max_send_time: None,
            unfinished_timeout: Some(Duration::from_secs(60)),
            buffers: SocketBuffers {
                send_buffer: None,
                unsent: Some(SocketBuffers::UNSENT),
            },
            idle_timeout: None,
            max_age: None,
            rates: RateLimits::default(),
            close_timeout: Duration::from_secs(5),
            handler_timeout: None,
            handler_grace: Duration::from_secs(30),
            heartbeat: None,
            unhandled: Unhandled::default(),
            unsent_reply: UnsentReply::default(),
        }
    }
}
