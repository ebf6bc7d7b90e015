/// The settings for permessage-deflate (RFC 7692).
///
/// They serve both sides: a client [offers](Self::offer) them and [checks](Self::check) the answer, and a
/// server [accepts](Self::accept) an offer. The peer may always reduce them, to no context or to smaller
/// windows.
///
/// # Examples
///
/// ```
/// use wspring_protocol::{Decoder, DeflateConfig, Deflater, Limits, Role};
///
/// let config = DeflateConfig::default();
///
/// // The client sends the offer in the header Sec-WebSocket-Extensions of its request.
/// let offer = config.offer();
///
/// // The server sends the answer in the same header of its response.
/// let (agreement, answer) = config.accept([offer.as_bytes()]).expect("an offer of ours");
/// let decoder = Decoder::new(Role::Server, Limits::new(65_536, None)).with_deflate(&agreement);
/// let deflater = Deflater::new(&config, &agreement);
///
/// // The client makes its own pair of the answer; without one, nothing may be compressed.
/// let agreement = config.check([answer.as_bytes()])?.expect("the server accepted");
/// # Ok::<(), wspring_protocol::InvalidAnswer>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeflateConfig {
    /// The effort for outgoing messages; the default is [`Level::FASTEST`].
    pub level: Level,
    /// Messages with fewer bytes than this are not compressed; empty ones never are. The default is 256.
    pub threshold: usize,
    /// Whether the server may refer to its earlier messages (RFC 7692 §7.1.1.1). It costs the server about
    /// 380 KB per connection. The default is `false`.
    pub server_context_takeover: bool,
    /// Whether the client may refer to its earlier messages (RFC 7692 §7.1.1.2). It costs the server about
    /// 48 KB per connection. The default is `false`.
    pub client_context_takeover: bool,
    /// The server's largest window (RFC 7692 §7.1.2.1); the default is [`WindowBits::MAX`].
    pub server_max_window_bits: WindowBits,
    /// The client's largest window, if the client lets the server choose it (RFC 7692 §7.1.2.2); the
    /// default is [`WindowBits::MAX`].
    pub client_max_window_bits: WindowBits,
}

impl Default for DeflateConfig {
    /// Returns settings without context takeover, so that idle connections stay small and many receivers
    /// share one compressed payload. Messages below 256 bytes hardly get smaller alone, so they stay
    /// uncompressed.
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

/// The size of a compressor's window, as the base-2 logarithm of 512 to 32,768 bytes (RFC 7692 §7.1.2).
///
/// RFC 7692 also allows 8 bits, but zlib uses 9 when it is asked for 8, which would break the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowBits(u8);

impl WindowBits {
    /// 15 bits, the window that both sides may use unless they negotiate a smaller one.
    pub const MAX: Self = Self(15);

    /// Returns `None` unless `bits` is 9 to 15.
    pub const fn new(bits: u8) -> Option<Self> {
        if matches!(bits, 9..=15) {
            Some(Self(bits))
        } else {
            None
        }
    }

    /// Returns the number of bits, 9 to 15.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Returns the size of the window in bytes.
    pub(super) fn size(self) -> usize {
        1 << self.0
    }
}

/// The effort of compression, from 1 (fastest) to 9 (smallest).
///
/// Level 1 uses another algorithm than the others: a JSON message of 1 KiB takes at most a third of the
/// time of level 6, and comes out about a third larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(u8);

impl Level {
    /// Level 1.
    pub const FASTEST: Self = Self(1);

    /// Returns `None` unless `level` is 1 to 9.
    pub const fn new(level: u8) -> Option<Self> {
        if matches!(level, 1..=9) {
            Some(Self(level))
        } else {
            None
        }
    }

    /// Returns the level, 1 to 9.
    pub const fn get(self) -> u8 {
        self.0
    }
}
