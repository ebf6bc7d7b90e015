//! Whether and how messages are compressed (RFC 7692), and what a connection agrees on with its client.

use http::{HeaderMap, HeaderValue, header};

use crate::protocol::{Agreement, DeflateConfig, Deflater, InvalidAnswer, Level, WindowBits};

/// Whether messages are compressed where the client offers it: permessage-deflate (RFC 7692). Off by default.
///
/// Browsers always offer it; a [`Client`](crate::Client) does when it is on there. It is agreed on in the handshake (RFC 7692 §5), for both directions; after that each
/// side chooses for each message. Pings, pongs and Close frames are never compressed (§6). A message that is pushed
/// to many sessions is compressed once for all of them, unless they have a context.
///
/// # Memory
///
/// | for each connection | idle | while a message is compressed | while a message comes in |
/// |---|---|---|---|
/// | [`on`](Self::on) | less than 200 bytes | about 380 KB, from a pool of the thread | about 48 KB, from a pool of the thread |
/// | with [`context_takeover`](Self::context_takeover) | up to 430 KB | included | included |
///
/// A message may inflate to no more than `max_message_size`, however small it came; beyond that the connection ends
/// with 1009. Data that does not inflate ends it with 1007.
///
/// # From Java
///
/// Tomcat has compression on, with a context in both directions: `Compression::on().context_takeover(true)`.
///
/// # Examples
///
/// ```
/// use wspring::{Compression, Server};
///
/// let server = Server::builder().compression(Compression::on());
/// let smallest = Server::builder().compression(Compression::on().context_takeover(true).level(9));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    is_on: bool,
    context_takeover: bool,
    threshold: usize,
    level: u8,
    window_bits: u8,
}

/// What a handshake agreed on.
#[derive(Debug)]
pub(crate) struct Agreed {
    /// For what the client sends.
    pub(crate) agreement: Agreement,
    /// For what is sent to the client.
    pub(crate) deflater: Deflater,
    /// The `Sec-WebSocket-Extensions` header of the answer.
    pub(crate) header: HeaderValue,
}

impl Compression {
    /// No compression: offers are declined.
    #[must_use]
    pub fn off() -> Self {
        Self {
            is_on: false,
            context_takeover: false,
            threshold: 256,
            level: 1,
            window_bits: 15,
        }
    }

    /// Compression where the client offers it: no context takeover, messages of 256 bytes and more, level 1.
    #[must_use]
    pub fn on() -> Self {
        Self::off().switched(true)
    }

    /// Whether messages may refer to those before them, in both directions (RFC 7692 §7.1.1). Default: `false`.
    ///
    /// It makes small messages that are alike much smaller. But each connection then keeps its own context, up to
    /// about 430 KB (380 KB of it only until two pings passed without a message to send), and a message that is
    /// pushed to many sessions is compressed for each of them. A client may decline it.
    #[must_use]
    pub fn context_takeover(mut self, yes: bool) -> Self {
        self.context_takeover = yes;
        self
    }

    /// Messages of fewer bytes are sent as they are, because they hardly get smaller. Default: 256.
    #[must_use]
    pub fn threshold(mut self, bytes: usize) -> Self {
        self.threshold = bytes;
        self
    }

    /// How hard to compress, from 1, the fastest, to 9, the smallest; another level is an error when the server
    /// starts. Default: 1.
    #[must_use]
    pub fn level(mut self, level: u8) -> Self {
        self.level = level;
        self
    }

    /// How far back a message refers, from 9 to 15: the base-2 logarithm of a window of 512 to 32,768 bytes, in both
    /// directions (RFC 7692 §7.1.2); another number is an error when the server starts. Default: 15.
    ///
    /// A smaller window takes less memory at the clients, not here, and makes large messages less small. A client may
    /// ask for a smaller one in what it receives. In what it sends it can only be told if it says so in its offer, as
    /// browsers do.
    #[must_use]
    pub fn window_bits(mut self, bits: u8) -> Self {
        self.window_bits = bits;
        self
    }

    /// The same, but on or off.
    pub(crate) fn switched(self, is_on: bool) -> Self {
        Self { is_on, ..self }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    /// What is wrong with it, a sentence each.
    pub(crate) fn problems(&self) -> impl Iterator<Item = String> {
        let (level, bits) = (self.level, self.window_bits);
        let level = Level::new(level).is_none().then(|| {
            format!(
                "the level of `compression` is {level}: it is 1, the fastest, to 9, the smallest"
            )
        });
        let window = WindowBits::new(bits).is_none().then(|| {
            format!("the window of `compression` has {bits} bits: it has 9, the smallest, to 15, the largest")
        });
        level.into_iter().chain(window)
    }

    /// Takes the first of the offers in a request that can be honoured, if there is one (RFC 7692 §5.1).
    pub(crate) fn accept(&self, headers: &HeaderMap) -> Option<Agreed> {
        let config = self.config()?;
        let offers = headers.get_all(header::SEC_WEBSOCKET_EXTENSIONS);
        let (agreement, answer) = config.accept(offers.iter().map(HeaderValue::as_bytes))?;
        Some(Agreed {
            agreement,
            deflater: Deflater::new(&config, &agreement),
            header: HeaderValue::try_from(answer).ok()?,
        })
    }

    /// The `Sec-WebSocket-Extensions` header of a client's request, if it offers compression.
    pub(crate) fn offer(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.config()?.offer()).ok()
    }

    /// What a server's answer to the [offer](Self::offer) means: for what it sends, and for what is sent to it.
    ///
    /// # Errors
    ///
    /// When the answer has an extension that was not offered, or not in this way (RFC 6455 §4.1).
    pub(crate) fn agree(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<(Agreement, Deflater)>, InvalidAnswer> {
        let answers = headers.get_all(header::SEC_WEBSOCKET_EXTENSIONS);
        let Some(config) = self.config() else {
            return match answers.iter().next() {
                None => Ok(None),
                Some(_) => Err(InvalidAnswer),
            };
        };
        let agreement = config.check(answers.iter().map(HeaderValue::as_bytes))?;
        Ok(agreement.map(|agreement| (agreement, Deflater::new(&config, &agreement))))
    }

    /// How this is agreed on; `None` if it is off.
    fn config(&self) -> Option<DeflateConfig> {
        if !self.is_on {
            return None;
        }
        let window_bits = WindowBits::new(self.window_bits)?;
        Some(DeflateConfig {
            level: Level::new(self.level)?,
            threshold: self.threshold,
            server_context_takeover: self.context_takeover,
            client_context_takeover: self.context_takeover,
            server_max_window_bits: window_bits,
            client_max_window_bits: window_bits,
        })
    }
}

impl Default for Compression {
    /// [`off`](Self::off).
    fn default() -> Self {
        Self::off()
    }
}
