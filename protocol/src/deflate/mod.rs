//! permessage-deflate: messages compressed one by one (RFC 7692).
//!
//! This folder owns all that the extension adds to RFC 6455: the words of the two headers by which it is
//! agreed on, the compressor of what we send, and the inflater of what the peer sends.
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
//! A compressor takes about 380 KB and an inflater about 48 KB, whatever the window. They are worth that
//! only while they work. So without context takeover a connection owns neither: it borrows one from a
//! [pool] of its thread for as long as a message takes, and costs nothing extra while it is idle. With
//! takeover the state *is* the context, and stays with the connection from its first compressed message
//! on.
//!
//! # What a peer can do to us
//!
//! A few bytes can inflate to a thousand times as many, so output is produced in pieces of a fixed size and
//! counted before the next piece is made: a bomb costs the message limit and one piece. Every round of the
//! inflater must use or produce a byte. State that met bad data is never used again.

mod deflater;
mod header;
mod inflater;
mod negotiation;
mod once;
mod params;
mod pool;

pub use self::deflater::Deflater;
pub(super) use self::inflater::Inflater;
pub use self::negotiation::{Agreement, InvalidAnswer};
pub use self::once::CompressOnce;

/// The name by which the extension is offered and accepted (RFC 7692 §7).
const NAME: &str = "permessage-deflate";

/// What ends every message and is not sent: the content of the empty block that a flush makes
/// (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// How this side wants messages to be compressed.
///
/// The same settings serve a server, which [accepts](Self::accept) an offer, and a client, which
/// [makes](Self::offer) one. The peer may always ask for less: for no context, or for smaller windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeflateConfig {
    /// How hard to compress what we send.
    pub level: Level,
    /// Messages of fewer bytes are sent as they are; empty ones always are.
    pub threshold: usize,
    /// Whether a server may refer to its earlier messages, for about 380 KB per connection at the server.
    pub server_context_takeover: bool,
    /// Whether a client may refer to its earlier messages, for about 48 KB per connection at the server.
    pub client_context_takeover: bool,
    /// How far back a server may refer.
    pub server_max_window_bits: WindowBits,
    /// How far back a client may refer, if it lets the server say so.
    pub client_max_window_bits: WindowBits,
}

impl Default for DeflateConfig {
    /// No context in either direction, so that idle connections stay small and one compressed frame serves
    /// many receivers; the fastest level; nothing below 256 bytes, which alone hardly gets smaller.
    fn default() -> Self {
        Self {
            level: Level::FASTEST,
            threshold: 256,
            server_context_takeover: false,
            client_context_takeover: false,
            server_max_window_bits: WindowBits::MAX,
            client_max_window_bits: WindowBits::MAX,
        }
    }
}

/// How far back a compressor refers: the base-2 logarithm of a window of 512 to 32,768 bytes.
///
/// RFC 7692 knows 8 as well. zlib does not: asked for 8 it uses 9 and so breaks the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowBits(u8);

impl WindowBits {
    /// The window that both sides may use if nothing else is said.
    pub const MAX: Self = Self(15);

    /// `None` unless `bits` is 9 to 15.
    pub fn new(bits: u8) -> Option<Self> {
        matches!(bits, 9..=15).then_some(Self(bits))
    }

    /// The size of the window in bytes.
    fn size(self) -> usize {
        1 << self.0
    }
}

/// How hard to compress, from 1 (fastest) to 9 (smallest).
///
/// Level 1 is another algorithm than the rest: on a JSON message of 1 KiB it takes a third of the time of
/// level 6 or less, and gives about a third more bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(u8);

impl Level {
    /// Level 1.
    pub const FASTEST: Self = Self(1);

    /// `None` unless `level` is 1 to 9.
    pub fn new(level: u8) -> Option<Self> {
        matches!(level, 1..=9).then_some(Self(level))
    }
}
