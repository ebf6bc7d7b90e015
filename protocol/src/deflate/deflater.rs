use bytes::Bytes;
use flate2::{Compress, FlushCompress};

use super::{Agreement, DeflateConfig, Level, TAIL, WindowBits, pool};

/// Compresses the messages that a connection sends (RFC 7692 §7.2.1).
#[derive(Debug)]
pub struct Deflater {
    recipe: Recipe,
    threshold: usize,
    context: Context,
}

/// What the output of a compressor without history depends on, besides the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Recipe {
    pub(super) level: Level,
    pub(super) window_bits: WindowBits,
}

#[derive(Debug)]
enum Context {
    /// Each message stands alone.
    None,
    /// Messages refer to those before them, if a compressor that saw them is here.
    Takeover(Option<Box<Compress>>),
}

impl Deflater {
    /// A deflater for a new connection; it takes no memory of its own before the first message.
    pub fn new(config: &DeflateConfig, agreement: &Agreement) -> Self {
        Self {
            recipe: Recipe {
                level: config.level,
                window_bits: agreement.outgoing_window_bits,
            },
            // An empty message is two bytes as it is, and three compressed.
            threshold: config.threshold.max(1),
            context: if agreement.outgoing_takeover {
                Context::Takeover(None)
            } else {
                Context::None
            },
        }
    }

    /// The payload of a frame that carries `message` and has RSV1 set, or `None` if the message is to be sent as
    /// it is: it is below the threshold, or would not get smaller.
    ///
    /// With context takeover what is returned must be sent, whole and in the order of the calls: the next
    /// message may refer to it. For the same reason a message that was fed to the compressor is then sent
    /// compressed even if it did not get smaller.
    pub fn compress(&mut self, message: &[u8]) -> Option<Bytes> {
        if message.len() < self.threshold {
            return None;
        }
        match &mut self.context {
            Context::None => self.recipe.fitting(message).compress(message),
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

    /// Gives back the compressor that holds the context, about 380 KB, until the next message.
    ///
    /// The peer need not know: that message refers to nothing before it, and is a little larger for it. So
    /// a connection that falls idle can be made small again.
    pub fn forget(&mut self) {
        if let Context::Takeover(context) = &mut self.context
            && let Some(compressor) = context.take()
        {
            pool::give_compressor(self.recipe, compressor);
        }
    }

    /// The recipe by which any deflater would give the same payload for `message`; `None` if the payload
    /// depends on what was sent before, or is not compressed at all.
    pub(super) fn shared_recipe(&self, message: &[u8]) -> Option<Recipe> {
        match self.context {
            Context::None if message.len() >= self.threshold => Some(self.recipe.fitting(message)),
            _ => None,
        }
    }
}

impl Recipe {
    /// Compresses a message that stands alone, unless it would not get smaller.
    pub(super) fn compress(self, message: &[u8]) -> Option<Bytes> {
        let mut compressor = pool::take_compressor(self);
        let payload = compress(&mut compressor, message)?;
        pool::give_compressor(self, compressor);
        (payload.len() < message.len()).then_some(payload)
    }

    /// A message that fits in the window cannot refer beyond it, whatever the compressor could do: so all
    /// windows that it fits in share one payload and one compressor.
    fn fitting(self, message: &[u8]) -> Self {
        if message.len() <= self.window_bits.size() {
            Self {
                window_bits: WindowBits::MAX,
                ..self
            }
        } else {
            self
        }
    }
}

/// Compresses a message and flushes, without the [`TAIL`] that the flush leaves.
///
/// `None` says that the compressor failed, for which zlib-rs gives no reason while a stream is open. It must
/// not be used again then; a new one may go on in its place, because it refers to less.
fn compress(compressor: &mut Compress, message: &[u8]) -> Option<Bytes> {
    pool::with_output(|output| {
        let mut rest = message;
        loop {
            // At worst 9 bits for each byte, and some bytes for the blocks around them.
            output.reserve(rest.len() + rest.len() / 8 + 64);
            let before = compressor.total_in();
            compressor
                .compress_vec(rest, output, FlushCompress::Sync)
                .ok()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "one call takes no more than its slice holds"
            )]
            let taken = (compressor.total_in() - before) as usize;
            rest = &rest[taken..];
            // Room that is left means that the flush is complete.
            if rest.is_empty() && output.len() < output.capacity() {
                break;
            }
        }
        output.strip_suffix(&TAIL).map(Bytes::copy_from_slice)
    })
}

#[cfg(test)]
mod tests;
