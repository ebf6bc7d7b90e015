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

    /// Sets how long a peer may be silent after a ping before it counts as gone (1006). Default: 20 s.
    ///
    /// On Linux, the time begins when the ping can have reached the peer: as long as the peer acknowledges what was sent
    /// before the ping, it has more time.
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

    /// Sets the longest time from the first to the last byte of a message that is taken in parts, by a
    /// [`Partial`](crate::Partial) or a [`MessageReader`](crate::MessageReader), or `None` for any time. A longer message
    /// ends the connection with 1008. Default: none, because streams are meant to be long;
    /// [`message_timeout`](Self::message_timeout) limits the time between two parts, and all of a message that is taken
    /// whole.
    ///
    /// Time in which a slow handler keeps the next part from being read does not count.
    #[must_use]
    pub fn max_receive_time(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.settings.max_receive_time = time.into();
        self
    }

    /// Sets how long a peer may take nothing of what waits for it, messages or answers to its requests, before it is cut
    /// off (1006). Default: 60 s.
    ///
    /// On Linux, a peer takes what it acknowledges. It is looked at four times in each timeout, so a dead peer may stay a
    /// quarter longer. On other systems and over HTTP/2 only what the system takes is known, and a session has twice the
    /// time.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.settings.write_timeout = timeout;
        self
    }

    /// Sets how many bytes per second a peer must take while something waits for it, or `None` for any number. A slower
    /// peer is cut off (1006). Default: 2,048, which a modem exceeds.
    ///
    /// The average counts, over as much waiting as [`write_timeout`](Self::write_timeout) is long. Time in which nothing
    /// waits does not count.
    #[must_use]
    pub fn min_throughput(mut self, bytes_per_second: impl Into<Option<usize>>) -> Self {
        self.settings.min_throughput = bytes_per_second.into();
        self
    }

    /// Sets the longest time that a peer may need for one message, or for one part of a message in parts, while something
    /// waits for it. A peer that needs longer is cut off (1006). Default: none, because
    /// [`min_throughput`](Self::min_throughput) and [`outbox_bytes`](Self::outbox_bytes) limit it already.
    ///
    /// It is checked four times in each [`write_timeout`](Self::write_timeout).
    #[must_use]
    pub fn max_send_time(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.settings.max_send_time = time.into();
        self
    }

    /// Sets how long the program may leave a message to a peer unfinished, or `None` for any time: the time from one part
    /// of a message in parts to the next, and the time that a [`Cork`](crate::Cork) holds messages back. Default: 60 s.
    ///
    /// Other messages wait behind an unfinished one, so the session is closed with 1011. What a cork holds back is sent
    /// instead, and the session stays open. The log says so in both cases. Parts that wait for a slow peer are finished
    /// as far as this is concerned: [`write_timeout`](Self::write_timeout) applies to the peer.
    #[must_use]
    pub fn unfinished_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.unfinished_timeout = timeout.into();
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

    /// Sets how long a peer may take to answer a Close frame and then to close its side of the connection, counted from
    /// the last byte that it took. Default: 5 s.
    ///
    /// What is queued before the Close frame is sent first. A peer that takes it has twelve times as long, and longer if
    /// it takes [`min_throughput`](Self::min_throughput).
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
