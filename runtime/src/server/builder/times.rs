//! How long things may take.

use std::time::Duration;

use super::Builder;

impl Builder {
    /// How long [`Session::send`](crate::Session::send) and its kin, and the replies of handlers, wait for room in an
    /// outbox before they fail with [`SendError::Timeout`](crate::SendError::Timeout); see
    /// [`Session::set_send_timeout`](crate::Session::set_send_timeout). Default: without an end, or until
    /// [`write_timeout`](Self::write_timeout) ends the session.
    ///
    /// Java: `WebSocketContainer.setAsyncSendTimeout`.
    #[must_use]
    pub fn send_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.send_timeout = timeout.into();
        self
    }

    /// How often each peer is pinged (RFC 6455 §5.5.2). Default: 25 s.
    #[must_use]
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.settings.ping_interval = interval;
        self
    }

    /// How long a peer may be silent after a ping before it counts as gone (1006). Default: 20 s.
    #[must_use]
    pub fn pong_timeout(mut self, timeout: Duration) -> Self {
        self.settings.pong_timeout = timeout;
        self
    }

    /// How long a peer may take from the first to the last byte of one message, or from one part to the next of one that is
    /// taken in parts; then the connection ends with 1008. Default: 60 s.
    #[must_use]
    pub fn message_timeout(mut self, timeout: Duration) -> Self {
        self.settings.message_timeout = timeout;
        self
    }

    /// How long a peer may take nothing of what waits for it, messages or answers to its requests, before it is cut
    /// off (1006). Default: 60 s.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.settings.write_timeout = timeout;
        self
    }

    /// How long a session may be idle before it is closed with 1001. Default: for ever, because the runtime's pings find
    /// the peers that are gone.
    ///
    /// Messages, pings and pongs count as activity, in either direction; what is sent counts when it is written. The
    /// pings that the runtime sends by itself do not count, nor do the pongs that answer them: they say that a peer is
    /// there, and not that it is used.
    ///
    /// An endpoint may have its own, and so may each session ([`Session::set_idle_timeout`](crate::Session::set_idle_timeout)).
    ///
    /// Java: `WebSocketContainer.setDefaultMaxSessionIdleTimeout`.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.idle_timeout = timeout.into();
        self
    }

    /// How long a session may live, from 1 ms to 365 days. Default: for ever.
    ///
    /// A random tenth of the time is left out, so that sessions which opened together do not end together. The session is
    /// then closed with 1012 and the reason `the session is too old: connect again`, after what was queued for its peer.
    /// Clients should connect again, and those of wspring do: [`Client::keep_connected`](crate::Client::keep_connected),
    /// and the `socket.js` of the example `push`. So sessions spread over new servers in time, and nothing that is
    /// checked at a handshake alone holds for ever. For the end of a login, see
    /// [`Accept::expires_at`](crate::Accept::expires_at).
    #[must_use]
    pub fn max_age(mut self, age: impl Into<Option<Duration>>) -> Self {
        self.settings.max_age = age.into();
        self
    }

    /// How long a client may take for the handshake of TLS, to send the head of a request, and then `#[on_handshake]` to
    /// decide about it. Default:
    /// 10 s.
    #[must_use]
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.settings.handshake_timeout = timeout;
        self
    }

    /// How long a peer may take to answer a Close frame, counted from the last byte that it took, and twelve times as
    /// long in all. Default: 5 s.
    #[must_use]
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.settings.close_timeout = timeout;
        self
    }

    /// How long the drain waits for handlers and goodbyes. Default: 30 s.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.settings.drain_timeout = timeout;
        self
    }

    /// How long a handler may run before it is dropped where it waits, and its session closed with 1011, from 1 ms to 24 h.
    /// `#[on_error]` is told ([`ErrorKind::Timeout`](crate::ErrorKind::Timeout)), and a log line names the endpoint. Default: any time.
    ///
    /// It is for each call of a handler, `#[on_open]` and `#[on_close]` too. A handler can be dropped only where it awaits
    /// something: one that computes or blocks its thread runs on. A task that it has spawned runs on as well.
    #[must_use]
    pub fn handler_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.handler_timeout = timeout.into();
        self
    }

    /// How long a handler may still run when its session has ended, from 1 ms to 24 h. Default: 30 s.
    ///
    /// After that it is dropped where it waits, a log line names its endpoint, and `#[on_close]` runs, which has the same time
    /// for itself. A handler learns of the end from [`Session::closed`](crate::Session::closed), and may stop earlier.
    ///
    /// A session that has ended counts nowhere, though a handler of it still runs: not in
    /// [`sessions()`](crate::Endpoint::sessions), not in [`max_connections`](Self::max_connections), and its key is free. Only
    /// where no handler waits when it ends, the key is free when its `#[on_close]` has returned.
    #[must_use]
    pub fn handler_grace(mut self, time: Duration) -> Self {
        self.settings.handler_grace = time;
        self
    }
}
