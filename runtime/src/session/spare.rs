//! Buffers that were emptied, used again by the next that needs one on this thread: a small message then costs no
//! allocation on its way in and none on its way out.

use std::cell::Cell;

/// A larger buffer is not kept: what a thread holds for nothing stays small.
const LARGEST: usize = 16 * 1024;

thread_local! {
    static TEXT: Cell<String> = const { Cell::new(String::new()) };
    static BYTES: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A copy of `text`.
pub(crate) fn copy_text(text: &str) -> String {
    let mut copy = TEXT.take();
    copy.push_str(text);
    copy
}

/// Keeps the buffer of a text that nobody needs any more.
pub(crate) fn keep_text(mut text: String) {
    if (1..=LARGEST).contains(&text.capacity()) {
        text.clear();
        TEXT.set(text);
    }
}

/// An empty buffer.
pub(super) fn bytes() -> Vec<u8> {
    BYTES.take()
}

/// Keeps a buffer that was written.
pub(super) fn keep_bytes(mut bytes: Vec<u8>) {
    if (1..=LARGEST).contains(&bytes.capacity()) {
        bytes.clear();
        BYTES.set(bytes);
    }
}
