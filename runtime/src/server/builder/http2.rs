//! How much one HTTP/2 connection may have.

use super::Builder;

impl Builder {
    /// Sets how many requests and sessions one HTTP/2 connection may have at a time (`SETTINGS_MAX_CONCURRENT_STREAMS`, RFC
    /// 9113 §6.5.2), 1 to 10,000. Clients wait with more of them, or open another connection. Default: 100.
    ///
    /// ```
    /// use wspring::Server;
    ///
    /// let server = Server::builder()
    ///     .http2_max_streams(250)
    ///     .http2_window(32 * 1024)
    ///     .http2_outbox_bytes(16 * 1024 * 1024);
    /// ```
    #[must_use]
    pub fn http2_max_streams(mut self, streams: usize) -> Self {
        self.settings.http2_max_streams = Some(streams);
        self
    }

    /// Sets how many bytes a client may send ahead on each stream of an HTTP/2 connection (RFC 9113 §6.9), at least 1,024.
    /// The connection has as much for all of its streams together, at most 2 GiB. Default: 65,536.
    #[must_use]
    pub fn http2_window(mut self, bytes: usize) -> Self {
        self.settings.http2_window = Some(bytes);
        self
    }

    /// Sets how many bytes all sessions of one HTTP/2 connection may have queued together, at least
    /// [`outbox_bytes`](Self::outbox_bytes). Beside them each session has 16 KiB of its own. Default: 4 MiB, or `outbox_bytes`
    /// if that is more.
    ///
    /// A push that finds this room full is treated like one that finds the outbox of its session full
    /// ([`slow_consumer`](Self::slow_consumer)), but a session that has not used up its own 16 KiB is not closed: its
    /// neighbors have filled the room. [`send`](crate::Session::send) waits for room. Endpoints that are mounted in another server have no
    /// such bound.
    #[must_use]
    pub fn http2_outbox_bytes(mut self, bytes: usize) -> Self {
        self.settings.http2_outbox_bytes = Some(bytes);
        self
    }
}
