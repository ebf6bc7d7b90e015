use super::config::{Level, WindowBits};

/// The settings that the output of a compressor without history depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Recipe {
    pub(super) level: Level,
    pub(super) window_bits: WindowBits,
}

impl Recipe {
    /// Returns the recipe that gives the same output for a message of `len` bytes and is shared by the
    /// most connections.
    ///
    /// A message that fits in the window cannot refer beyond it, so the windows that it fits in share one
    /// payload and one compressor.
    pub(super) fn fitting(self, len: usize) -> Self {
        if len <= self.window_bits.size() {
            Self {
                window_bits: WindowBits::MAX,
                ..self
            }
        } else {
            self
        }
    }
}
