//! permessage-deflate: messages that are compressed one by one (RFC 7692).
//!
//! The folder has everything that the extension adds to RFC 6455: the two headers that negotiate it, the
//! compressor for outgoing messages and the inflater for incoming ones.
//!
//! ```text
//! Sec-WebSocket-Extensions ─▶ header.rs ─▶ params.rs ─▶ negotiation.rs ─▶ Agreement
//!                             the grammar  the 4 words  the two sides        │
//!                                                       ┌────────────────────┤
//! message to send ─▶ CompressOnce ─▶ Deflater ──────────┤                    │
//!                    once.rs         deflater.rs     pool.rs                 │
//!                                                       │                    │
//! compressed frames ─▶ Decoder ─▶ Inflater ─────────────┘◀───────────────────┘
//!                                 inflater.rs
//! ```
//!
//! # Memory
//!
//! A compressor takes about 380 KB and an inflater about 48 KB, whatever the window. Without context
//! takeover a connection keeps neither: it borrows one from a [pool] of its thread for the duration of a
//! message, and costs nothing extra while it is idle. With context takeover the state *is* the context,
//! and stays with the connection from its first compressed message on.
//!
//! # Hostile peers
//!
//! A few bytes can inflate to a thousand times as many. So output is produced in pieces of a fixed size
//! and counted before the next piece is made: a bomb costs the message limit and one piece. Every round
//! of the inflater must consume or produce a byte. State that met invalid data is never used again.

mod config;
mod deflater;
mod header;
mod inflater;
mod negotiation;
mod once;
mod params;
mod pool;
mod recipe;
mod tail;

pub use self::config::{DeflateConfig, Level, WindowBits};
pub use self::deflater::Deflater;
pub(crate) use self::inflater::Inflater;
pub use self::negotiation::{Agreement, InvalidAnswer};
pub use self::once::CompressOnce;
