//! Buffers that were emptied, used again by the next that needs one on this thread: a small message then costs no
//! allocation on its way in and none on its way out.

use std::cell::Cell;

/// A larger buffer is not kept: what a thread holds for nothing stays small.
const LARGEST: usize = 16 * 1024;

/// A message to many sessions fills many buffers before the first of them is written. So many are kept beside the one
/// that is always at hand, each of up to `SMALL` bytes: 32 KiB for a thread.
const MANY: usize = 128;
const SMALL: usize = 256;

thread_local! {
    static TEXT: Cell<String> = const { Cell::new(String::new()) };
    static BYTES: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    static MORE_BYTES: Cell<Vec<Vec<u8>>> = const { Cell::new(Vec::new()) };
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
    let bytes = BYTES.take();
    if bytes.capacity() == 0 {
        return one_of_many();
    }
    bytes
}

/// Keeps a buffer that was written.
pub(super) fn keep_bytes(mut bytes: Vec<u8>) {
    if (1..=LARGEST).contains(&bytes.capacity()) {
        bytes.clear();
        let other = BYTES.replace(bytes);
        if other.capacity() > 0 {
            keep_with_many(other);
        }
    }
}

#[inline(never)]
fn one_of_many() -> Vec<u8> {
    let mut many = MORE_BYTES.take();
    let bytes = many.pop().unwrap_or_default();
    MORE_BYTES.set(many);
    bytes
}

#[inline(never)]
fn keep_with_many(bytes: Vec<u8>) {
    if bytes.capacity() > SMALL {
        return;
    }
    let mut many = MORE_BYTES.take();
    if many.len() < MANY {
        many.push(bytes);
    }
    MORE_BYTES.set(many);
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

    #[test]
    fn of_many_buffers_the_small_ones_are_kept_up_to_a_bound() {
        keep_bytes(vec![0; SMALL + 1]);
        for _ in 0..2 * MANY {
            keep_bytes(vec![0; SMALL]);
        }
        let kept = std::iter::repeat_with(bytes).take_while(|bytes| bytes.capacity() > 0);
        let sizes: Vec<_> = kept.map(|bytes| bytes.capacity()).collect();
        assert_eq!(sizes, [SMALL; MANY + 1]);
    }
}
