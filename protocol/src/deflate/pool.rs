//! Compressors and inflaters between two messages, per thread and without locks.
//!
//! Making a compressor takes about 200 µs (380 KB of fresh memory), making it forget takes about 4. So those
//! that are not part of a context go from message to message, on whichever thread the message is handled.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress};

use super::deflater::Recipe;

/// Inflaters kept per thread. More are in use only while that many messages are half received.
const MAX_INFLATERS: usize = 4;

/// Compressors kept per thread: one for each window size, because clients choose among those.
const MAX_COMPRESSORS: usize = 7;

/// Output of the inflater is handed on in pieces of at most this many bytes.
pub(super) const PIECE: usize = 16 * 1024;

/// Room for compressed output that a thread keeps, in bytes.
const MAX_OUTPUT: usize = 64 * 1024;

thread_local! {
    #[expect(clippy::vec_box, reason = "they move between here and connections, which are to be small")]
    static INFLATERS: RefCell<Vec<Box<Decompress>>> = const { RefCell::new(Vec::new()) };
    static COMPRESSORS: RefCell<Vec<(Recipe, Box<Compress>)>> = const { RefCell::new(Vec::new()) };
    static INFLATED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static COMPRESSED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// An inflater without history. It has the largest window, so it reads streams of every window.
pub(super) fn take_inflater() -> Box<Decompress> {
    INFLATERS
        .with_borrow_mut(Vec::pop)
        .unwrap_or_else(|| Box::new(Decompress::new(false)))
}

/// Takes an inflater that met no bad data, for the next message of any connection.
pub(super) fn give_inflater(mut inflater: Box<Decompress>) {
    INFLATERS.with_borrow_mut(|kept| {
        if kept.len() < MAX_INFLATERS {
            // Its stream has ended; but what one connection received must never reach another.
            inflater.reset(false);
            kept.push(inflater);
        }
    });
}

/// A compressor without history.
pub(super) fn take_compressor(recipe: Recipe) -> Box<Compress> {
    COMPRESSORS
        .with_borrow_mut(|kept| {
            let at = kept.iter().position(|(key, _)| *key == recipe)?;
            Some(kept.remove(at).1)
        })
        .unwrap_or_else(|| {
            let level = Compression::new(recipe.level.0.into());
            Box::new(Compress::new_with_window_bits(
                level,
                false,
                recipe.window_bits.0,
            ))
        })
}

/// Takes a compressor for the next message with the same recipe; the one longest unused makes room for it.
pub(super) fn give_compressor(recipe: Recipe, mut compressor: Box<Compress>) {
    compressor.reset();
    COMPRESSORS.with_borrow_mut(|kept| {
        if kept.len() == MAX_COMPRESSORS {
            kept.remove(0);
        }
        kept.push((recipe, compressor));
    });
}

/// Runs `f` with a buffer of [`PIECE`] bytes, whose content means nothing.
pub(super) fn with_piece<T>(f: impl FnOnce(&mut [u8]) -> T) -> T {
    INFLATED.with_borrow_mut(|buffer| {
        buffer.resize(PIECE, 0);
        f(buffer)
    })
}

/// Runs `f` with an empty buffer.
pub(super) fn with_output<T>(f: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    COMPRESSED.with_borrow_mut(|buffer| {
        buffer.clear();
        let result = f(buffer);
        buffer.clear();
        buffer.shrink_to(MAX_OUTPUT);
        result
    })
}
