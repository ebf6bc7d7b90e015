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

mod deadlines;
mod input;
mod life;
mod overtime;
mod rates;
mod wire;

pub(crate) use life::{code, run};
