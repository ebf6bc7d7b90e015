//! How much a session may send and have queued.

use super::super::shedding::MemoryBudget;
use super::Builder;
use crate::session::SlowConsumer;
use crate::site::FastProducer;

impl Builder {
    /// The largest message that a peer may send, in bytes over all its fragments; beyond it the connection ends
    /// with 1009. An endpoint may have its own. It does not apply to a [`Partial`](crate::Partial) or a
    /// [`MessageReader`](crate::MessageReader). Default: 65,536.
    #[must_use]
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.settings.max_message_size = bytes;
        self
    }

    /// The most fragments that one message may come in; beyond it the connection ends with 1008. Default: one for
    /// each 64 bytes that the message may have, and at least 1,024. Where a message is taken in parts, it is how many
    /// there may be from one part to the next.
    #[must_use]
    pub fn max_fragments(mut self, fragments: usize) -> Self {
        self.settings.max_fragments = Some(fragments);
        self
    }

    /// How many messages one peer may send in a second, at least 1. As many may come at once after a pause. Pings and pongs
    /// count too. An endpoint may have its own. Default: no limit.
    ///
    /// ```
    /// use wspring::{FastProducer, Server};
    ///
    /// let server = Server::builder()
    ///     .messages_per_second(50)
    ///     .bytes_per_second(256 * 1024)
    ///     .fast_producer(FastProducer::Close);
    /// ```
    #[must_use]
    pub fn messages_per_second(mut self, messages: impl Into<Option<usize>>) -> Self {
        self.settings.messages_per_second = messages.into();
        self
    }

    /// How many bytes of messages one peer may send in a second, at least 1, counted when they are decompressed. As many
    /// may come at once after a pause, and one larger message: those behind it wait until it is paid for. An endpoint may
    /// have its own. Default: no limit.
    #[must_use]
    pub fn bytes_per_second(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.settings.bytes_per_second = bytes.into();
        self
    }

    /// What happens to a peer that sends more than [`messages_per_second`](Self::messages_per_second) or
    /// [`bytes_per_second`](Self::bytes_per_second) allow: `wait`, `drop` or `close`. An endpoint may have its own.
    /// Default: [`FastProducer::Wait`].
    #[must_use]
    pub fn fast_producer(mut self, policy: FastProducer) -> Self {
        self.settings.fast_producer = policy;
        self
    }

    /// The bytes of header fields of its request that a session keeps, or `None` for all of them. If there are more, the
    /// largest fields are dropped when `#[on_handshake]` has returned; the target of the request always stays. Default:
    /// 8,192, which is more than most servers take at all.
    ///
    /// A session may live for days, and strangers can make a head as large as
    /// [`max_head_bytes`](Self::max_head_bytes) allows.
    #[must_use]
    pub fn kept_header_bytes(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.settings.kept_header_bytes = bytes.into();
        self
    }

    /// How many bytes one session may have queued. Default: 1,048,576.
    #[must_use]
    pub fn outbox_bytes(mut self, bytes: usize) -> Self {
        self.settings.outbox_bytes = bytes;
        self
    }

    /// How many messages one session may have queued. Default: 1,024.
    #[must_use]
    pub fn outbox_messages(mut self, messages: usize) -> Self {
        self.settings.outbox_messages = messages;
        self
    }

    /// How many bytes all sessions of this server may hold, at least 1, in their outboxes and read ahead of their handlers;
    /// `None` is without a limit. Default: half of the memory of the machine, or of its container (cgroup).
    ///
    /// Beyond it, the sessions that hold the most are cut off, so that the system need not end the whole process: `#[on_close]`
    /// gets 1013, and the peer, which reads nothing, no Close frame. Less than 16 KiB of a session is not counted, and
    /// neither are messages that are not complete, which [`max_message_size`](Self::max_message_size) bounds. A payload of
    /// more than 4 KiB that many sessions have queued counts for each of them, though it is in memory once; so nothing
    /// happens while the whole process is smaller than the budget.
    #[must_use]
    pub fn memory_budget(mut self, bytes: impl Into<Option<usize>>) -> Self {
        let bytes = bytes.into();
        self.settings.memory_budget = bytes.map_or(MemoryBudget::Off, MemoryBudget::Bytes);
        self
    }

    /// What happens to a session whose outbox is full when something is pushed to it: `close` or `drop`.
    /// Default: [`SlowConsumer::Close`].
    #[must_use]
    pub fn slow_consumer(mut self, policy: SlowConsumer) -> Self {
        self.settings.slow_consumer = policy;
        self
    }

    /// Sets how many bytes the kernel may keep for each connection until the peer acknowledges them (`SO_SNDBUF`; Linux
    /// doubles it for its own needs), or `None` to let the kernel decide. Default: the kernel decides.
    ///
    /// A small buffer limits the throughput of long distances: one buffer is sent in each round trip.
    /// [`unsent_bytes`](Self::unsent_bytes) saves as much memory for slow peers and costs nothing there.
    #[must_use]
    pub fn send_buffer(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.settings.send_buffer = bytes.into();
        self
    }

    /// Sets how many bytes the kernel takes for each connection beyond those that are on their way to the peer
    /// (`TCP_NOTSENT_LOWAT`), or `None` for as many as it has room for. Default: 65,536. It has no effect on systems other
    /// than Linux and Android.
    ///
    /// The kernel may exceed it by one segment. What it does not take waits in the outbox, which is limited. So a peer that
    /// reads nothing costs little memory, and pings and Close frames do not wait behind megabytes.
    #[must_use]
    pub fn unsent_bytes(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.settings.unsent_bytes = bytes.into();
        self
    }
}
