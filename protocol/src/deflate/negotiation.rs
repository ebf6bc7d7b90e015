use std::error::Error;
use std::fmt;

use super::config::{DeflateConfig, WindowBits};
use super::header::{Malformed, extensions};
use super::params::{NAME, Params};

/// The result of a successful negotiation, from the point of view of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Whether our messages may refer to earlier ones.
    pub(super) outgoing_takeover: bool,
    /// The window of our messages.
    pub(super) outgoing_window_bits: WindowBits,
    /// Whether the peer's messages may refer to earlier ones.
    pub(super) incoming_takeover: bool,
}

/// The error for a server's answer that does not fit our offer: the client must fail the connection
/// (RFC 7692 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAnswer;

impl DeflateConfig {
    /// Accepts the first of a client's offers that a server can honor.
    ///
    /// `headers` are the values of all `Sec-WebSocket-Extensions` headers of the request. Returns the
    /// agreement and the value of the same header for the response, or `None` if there is no offer to
    /// accept; then the response must not have that header.
    ///
    /// It skips other extensions, and offers that are malformed, have an unknown, repeated or invalid
    /// parameter, or ask for a server window of 8 bits.
    pub fn accept<'a>(
        &self,
        headers: impl IntoIterator<Item = &'a [u8]>,
    ) -> Option<(Agreement, String)> {
        headers
            .into_iter()
            .flat_map(extensions)
            .flatten()
            .filter(|extension| extension.name == NAME)
            .filter_map(|extension| Params::parse(&extension))
            .find_map(|offer| self.answer(offer))
    }

    /// Returns a client's offer, the value of the `Sec-WebSocket-Extensions` header of its request.
    pub fn offer(&self) -> String {
        self.wishes().to_string()
    }

    /// Checks a server's answer to a client's [offer](Self::offer).
    ///
    /// `headers` are the values of all `Sec-WebSocket-Extensions` headers of the response. Returns `None` if
    /// the server declined; then no message may be compressed.
    ///
    /// # Errors
    ///
    /// If the answer has an extension that was not offered, or parameters that do not follow from the
    /// offer. The client must fail the connection.
    pub fn check<'a>(
        &self,
        headers: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Option<Agreement>, InvalidAnswer> {
        let mut answers = headers.into_iter().flat_map(extensions);
        let Some(answer) = answers.next() else {
            return Ok(None);
        };
        if answers.next().is_some() {
            return Err(InvalidAnswer);
        }
        let answer = answer.map_err(|Malformed| InvalidAnswer)?;
        if answer.name != NAME {
            return Err(InvalidAnswer);
        }
        let answer = Params::parse(&answer).ok_or(InvalidAnswer)?;
        self.agree(answer).map(Some).ok_or(InvalidAnswer)
    }

    fn answer(&self, offer: Params) -> Option<(Agreement, String)> {
        let server_max = self.server_max_window_bits;
        let server_bits = match offer.server_max_window_bits {
            Some(bits) => WindowBits::new(bits)?.min(server_max),
            None => server_max,
        };
        let client_max = self.client_max_window_bits.get();
        let answer = Params {
            server_no_context_takeover: offer.server_no_context_takeover
                || !self.server_context_takeover,
            client_no_context_takeover: offer.client_no_context_takeover
                || !self.client_context_takeover,
            // If the offer has it, the answer must repeat it; without it, the full window is meant.
            server_max_window_bits: (offer.server_max_window_bits.is_some()
                || server_bits < WindowBits::MAX)
                .then_some(server_bits.get()),
            // Only a client that offers it can be told to use less.
            client_max_window_bits: offer
                .client_max_window_bits
                .filter(|hint| client_max < hint.unwrap_or(WindowBits::MAX.get()))
                .map(|_| Some(client_max)),
        };
        let agreement = Agreement {
            outgoing_takeover: !answer.server_no_context_takeover,
            outgoing_window_bits: server_bits,
            incoming_takeover: !answer.client_no_context_takeover,
        };
        Some((agreement, answer.to_string()))
    }

    fn wishes(&self) -> Params {
        let less_than_max = |bits: WindowBits| (bits < WindowBits::MAX).then_some(bits.get());
        Params {
            server_no_context_takeover: !self.server_context_takeover,
            client_no_context_takeover: !self.client_context_takeover,
            server_max_window_bits: less_than_max(self.server_max_window_bits),
            client_max_window_bits: Some(less_than_max(self.client_max_window_bits)),
        }
    }

    fn agree(&self, answer: Params) -> Option<Agreement> {
        let wishes = self.wishes();
        if wishes.server_no_context_takeover && !answer.server_no_context_takeover {
            return None;
        }
        match (wishes.server_max_window_bits, answer.server_max_window_bits) {
            (Some(_), None) => return None,
            (Some(most), Some(bits)) if bits > most => return None,
            _ => {}
        }
        let client_bits = match answer.client_max_window_bits {
            None => self.client_max_window_bits,
            // The answer needs a value that zlib can honor and that does not exceed the offer.
            Some(bits) => {
                WindowBits::new(bits?).filter(|bits| *bits <= self.client_max_window_bits)?
            }
        };
        Some(Agreement {
            outgoing_takeover: self.client_context_takeover && !answer.client_no_context_takeover,
            outgoing_window_bits: client_bits,
            incoming_takeover: !answer.server_no_context_takeover,
        })
    }
}

impl fmt::Display for InvalidAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the server's Sec-WebSocket-Extensions header does not fit our offer; connect without compression",
        )
    }
}

impl Error for InvalidAnswer {}

#[cfg(test)]
mod tests;
