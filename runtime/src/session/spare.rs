//! Buffers that were emptied, used again by the next that needs one on this thread: a small message then costs no
//! allocation on its way in and none on its way out.

use std::cell::Cell;

/// A larger buffer is not kept: what a thread holds for nothing stays small.
const LARGEST: usize = 16 * 1024;

thread_local! {
    static TEXT: Cell<String> = const { Cell::new(String::new()) };
    static BYTES: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A copy of `text`, with little more memory than it needs: a handler may keep it.
pub(crate) fn copy_text(text: &str) -> String {
    let mut copy = TEXT.take();
    if !(text.len()..=2 * text.len()).contains(&copy.capacity()) {
        return text.to_owned();
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_for_a_text_of_its_size_and_for_no_short_one() {
        let first = copy_text("hello");
        let place = first.as_ptr();
        keep_text(first);
        let second = copy_text("world");
        assert_eq!((second.as_str(), second.as_ptr()), ("world", place));

        keep_text(String::with_capacity(10_000));
        let short = copy_text("short");
        assert_eq!((short.as_str(), short.capacity()), ("short", 5));
        keep_text("tiny".to_owned());
        assert_eq!(copy_text("longer than that"), "longer than that");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        keep_bytes(vec![0; LARGEST + 1]);
        assert_eq!(bytes().capacity(), 0);
        keep_bytes(vec![0; LARGEST]);
        let kept = bytes();
        assert_eq!((kept.len(), kept.capacity()), (0, LARGEST));
    }
}
