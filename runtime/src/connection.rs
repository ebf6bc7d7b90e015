//! The tokio side of one connection: a single task that drives protocol, outbox and handlers.
//!
//! ```text
//!            ┌────────────────────────── one task ──────────────────────────┐
//!  socket ──▶ Wire: read ▶ protocol::Decoder ▶ inbox ──▶ Life: one handler  │
//!         ◀── Wire: write ◀ Batch ◀────────── outbox ◀── at a time, in order│
//!            │            pings, pongs, close, deadlines     ▲              │
//!            └───────────────────────────────────────────────┼──────────────┘
//!                                     any task: send, send_info, close
//! ```
//!
//! * [`life`](self::life): which handler runs when; errors, panics, and the one `on_close`.
//! * [`wire`](self::wire): the socket with its inbox and its outbox, and how a connection ends.
//! * [`deadlines`](self::deadlines): pings, pongs and the close handshake, on one timer.
//! * [`rates`](self::rates): how fast the peer may send.
//!
//! The wire is polled beside the running handler, so that a slow handler stops neither pongs nor pushes. It
//! reads ahead up to a bound; then the peer feels back-pressure.
//!
//! # One task
//!
//! `Life::drive` polls two things in one task: the running handler and the `Wire`. So a slow
//! handler stops neither pongs nor pushes, and handlers need no lock around `&mut self`.
//!
//! * The task belongs to the runtime that calls `serve`, or with `workers` to a runtime of one
//!   thread, which `server/workers.rs` chooses when the connection is accepted. It never moves to
//!   another runtime.
//! * Each connection has a new value of the endpoint, made by `on_open`. No message is handled
//!   before that returned.
//! * `on_close` runs once and last, whatever ended the connection, if `on_open` made a value.
//! * When the drain's time is over, the running handler is dropped where it waits. So is one that
//!   takes longer than `handler_timeout`, and one that still waits `handler_grace` after its
//!   session ended (`overtime.rs`).
//! * A panic is caught where the handler is polled. `on_error` is told, and the connection ends
//!   with 1011.
//! * The task owns `Registered`, the session's place in the registry. The session is there before
//!   the 101: counted, known to other nodes, and reachable, because its client may ask for a push
//!   as soon as it has read the answer. Until `on_open` has returned, pushes wait in the outbox,
//!   and an older session keeps the key. When the session has ended it counts nowhere, though a
//!   handler may still wait (`Life::leave`).
//!
//! # A message comes in
//!
//! 1. `Wire::poll_read` reads up to 132 KiB into a buffer that all connections of a thread share
//!    (`input/buffer.rs`). Before the task waits, it gives the buffer back and copies the bytes
//!    that it has not decoded, so an idle connection holds none.
//! 2. `Wire::decode_one` has `protocol::Decoder` unmask the next frame in place. A message that is
//!    whole in the buffer is lent out; any other is assembled from its parts. A frame that is too
//!    big is refused when its header has been read. Pings, heartbeats and Close frames are answered
//!    here. If the endpoint takes a kind in parts or as a stream (`Endpoint::FORMS`, known at
//!    compile time), nothing of that kind is assembled (`wire/parts.rs`).
//! 3. `Life::take_messages` gives each message, or part of one, to `Endpoint::deliver` before the
//!    next one is decoded. The generated function chooses the handler and takes each parameter out
//!    of a `Call` (`endpoint/param.rs`).
//! 4. The handler's result becomes a reply (`endpoint/result.rs`) and is queued. Handlers that do
//!    not wait run through everything that was read before the socket is written, so that the
//!    replies to a burst go out together. After 32 messages the socket is written in any case, and
//!    other tasks have their turn.
//! 5. While a handler waits, the wire decodes ahead into the `Inbox`, up to 16 messages or 64 KiB.
//!    Then the socket is not read, and TCP makes the peer wait. The peer's time for a pong, and for
//!    the rest of its message, does not run meanwhile.
//! 6. The handler of a stream gets the first part with the reading end of a pipe
//!    (`message/pipe.rs`), and the wire puts the other parts into it while the handler runs. A full
//!    pipe stops reading like a full inbox. When the handler has returned, the wire drops the rest
//!    of the message; when the session ends, it breaks the pipe.
//!
//! # How a connection ends
//!
//! `wire::Stage` says how far the connection is, and `wire/closing.rs` has every step.
//!
//! ```text
//! Open ── we close ──▶ Closing ── the peer's Close ──┐
//!   │                                                ▼
//!   ├── the peer's Close, or a broken rule ─────▶ Answering ── written ──▶ Ended
//!   └── the socket broke, no pong ───────────────────────────────────────▶ Ended (1006)
//! ```
//!
//! Our Close frame goes behind everything that is queued, and nothing follows it. From then on the
//! peer has the close timeout, counted from the last byte that it took (`deadlines/closing.rs`).
//! After the last frame the task lingers until the peer has closed its side: closing a socket with
//! unread bytes resets it, and the reset would overtake what was sent.
//!
//! A slow peer is told from a dead one by what it acknowledges. When the deadline of a write, a
//! pong or a Close frame has passed, the connection asks the kernel
//! (`handshake/socket/tcp_info.rs`), and never for each message. `TCP_NOTSENT_LOWAT` keeps the
//! kernel from taking much more than the peer does, so pings and Close frames are soon on their
//! way.
//!
//! A connection has one timer for all its deadlines. It is polled again only when it has rung, or
//! when something is due earlier.

mod deadlines;
mod input;
mod life;
mod overtime;
mod rates;
mod wire;

pub(crate) use life::{code, run};
