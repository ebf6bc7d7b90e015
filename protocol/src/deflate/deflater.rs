use bytes::Bytes;
use flate2::{Compress, FlushCompress};

use super::config::DeflateConfig;
use super::negotiation::Agreement;
use super::pool;
use super::recipe::Recipe;
use super::tail::TAIL;

/// A compressor for the messages that one connection sends (RFC 7692 §7.2.1).
///
/// # Examples
///
/// ```
/// use wspring_protocol::{
///     DeflateConfig, Deflater, Opcode, encode_compressed_frame, encode_frame,
/// };
///
/// let config = DeflateConfig::default();
/// let (agreement, _) = config.accept([b"permessage-deflate".as_slice()]).expect("an offer");
/// let mut deflater = Deflater::new(&config, &agreement);
///
/// let message = "hello ".repeat(100);
/// let mut out = Vec::new();
/// match deflater.compress(message.as_bytes()) {
///     Some(payload) => encode_compressed_frame(&mut out, Opcode::Text, true, None, &payload),
///     None => encode_frame(&mut out, Opcode::Text, true, None, message.as_bytes()),
/// }
/// assert!(out.len() < 50);
/// ```
#[derive(Debug)]
pub struct Deflater {
    recipe: Recipe,
    threshold: usize,
    context: Context,
}

#[derive(Debug)]
enum Context {
    /// Each message stands alone.
    None,
    /// Messages refer to earlier ones, if there is a compressor that has seen them.
    Takeover(Option<Box<Compress>>),
}

impl Deflater {
    /// Creates a deflater for a new connection. It allocates nothing before the first message.
    pub fn new(config: &DeflateConfig, agreement: &Agreement) -> Self {
        Self {
            recipe: Recipe {
                level: config.level,
                window_bits: agreement.outgoing_window_bits,
            },
            // Compressed, an empty message would be larger.
            threshold: config.threshold.max(1),
            context: if agreement.outgoing_takeover {
                Context::Takeover(None)
            } else {
                Context::None
            },
        }
    }

    /// Compresses `message` into the payload for [`encode_compressed_frame`].
    ///
    /// Returns `None` if the message should be sent uncompressed, because it is below the
    /// [threshold](DeflateConfig::threshold) or would not get smaller.
    ///
    /// With context takeover, later messages may refer to this one. So each payload must be sent, whole
    /// and in the order of the calls, and it is returned even if it is larger than the message.
    ///
    /// [`encode_compressed_frame`]: crate::encode_compressed_frame
    pub fn compress(&mut self, message: &[u8]) -> Option<Bytes> {
        if message.len() < self.threshold {
            return None;
        }
        match &mut self.context {
            Context::None => compress_alone(self.recipe.fitting(message.len()), message),
            Context::Takeover(context) => {
                let mut compressor = context
                    .take()
                    .unwrap_or_else(|| pool::take_compressor(self.recipe));
                let payload = compress(&mut compressor, message)?;
                *context = Some(compressor);
                Some(payload)
            }
        }
    }

    /// Drops the context, which frees about 380 KB until the next message. Use it on idle connections.
    ///
    /// The peer need not know: the next message refers to no earlier one, and so is a little larger. It
    /// does nothing without context takeover.
    pub fn forget(&mut self) {
        if let Context::Takeover(context) = &mut self.context
            && let Some(compressor) = context.take()
        {
            pool::give_compressor(self.recipe, compressor);
        }
    }

    /// Returns the recipe with which every deflater gives the same payload for `message`, or `None` if the
    /// payload depends on earlier messages, or is not compressed.
    pub(super) fn shared_recipe(&self, message: &[u8]) -> Option<Recipe> {
        match self.context {
            Context::None if message.len() >= self.threshold => {
                Some(self.recipe.fitting(message.len()))
            }
            _ => None,
        }
    }
}

/// Compresses a message that stands alone, unless it would not get smaller.
pub(super) fn compress_alone(recipe: Recipe, message: &[u8]) -> Option<Bytes> {
    let mut compressor = pool::take_compressor(recipe);
    let payload = compress(&mut compressor, message)?;
    pool::give_compressor(recipe, compressor);
    (payload.len() < message.len()).then_some(payload)
}

/// Compresses a message and flushes, without the [`TAIL`] that the flush leaves.
///
/// Returns `None` if the compressor failed, which zlib-rs does not do while a stream is open. A failed
/// compressor must not be used again. A new one may replace it, because it refers to no earlier message.
fn compress(compressor: &mut Compress, message: &[u8]) -> Option<Bytes> {
    pool::with_output(|output| {
        let mut rest = message;
        loop {
            // In the worst case, 9 bits for each byte and a few bytes for each block.
            output.reserve(rest.len() + rest.len() / 8 + 64);
            let before = compressor.total_in();
            compressor
                .compress_vec(rest, output, FlushCompress::Sync)
                .ok()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a call consumes at most the length of its slice"
            )]
            let taken = (compressor.total_in() - before) as usize;
            rest = &rest[taken..];
            // The flush is complete if it left room.
            if rest.is_empty() && output.len() < output.capacity() {
                break;
            }
        }
        output.strip_suffix(&TAIL).map(Bytes::copy_from_slice)
    })
}

#[cfg(test)]
mod tests;
