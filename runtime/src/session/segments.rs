//! Bytes on their way out: small frames gathered in one buffer, large payloads shared beside it.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::Bytes;

use super::{Frame, FrameEncoder, spare};
use crate::protocol::MAX_HEADER;

/// A buffer grows no longer, so that growing it copies little.
const GATHERED: usize = 64 * 1024;

/// How much a buffer grows at once: most hold one frame, and those that hold more hold many.
const GROWTH: usize = 4;

/// A queue of bytes, in the order in which they are to be written. Empty, it holds no memory.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    #[expect(
        clippy::box_collection,
        reason = "mostly there is none, and every session has two"
    )]
    sealed: Option<Box<VecDeque<Segment>>>,
    /// What small frames are appended to; behind everything in `sealed`.
    open: Vec<u8>,
    /// Messages whose last byte is in `open`.
    open_messages: usize,
    /// Bytes of the first segment that are written.
    offset: usize,
}

#[derive(Debug)]
struct Segment {
    bytes: SegmentBytes,
    /// Messages whose last byte is in here.
    messages: usize,
}

#[derive(Debug)]
enum SegmentBytes {
    Gathered(Vec<u8>),
    Shared(Bytes),
}

impl Segments {
    /// Up to this many segments are given to one vectored write.
    pub(crate) const SLICES: usize = 16;

    /// Appends a message and returns how many bytes that added.
    pub(super) fn push(&mut self, frame: &Frame, encoder: &mut FrameEncoder) -> usize {
        let copied = MAX_HEADER + frame.len().min(Frame::COPIED);
        if self.open.len() + copied > GATHERED {
            self.seal();
        }
        let before = self.open.len();
        if before == 0 && self.sealed.is_none() {
            self.open = spare::bytes();
        }
        if before + copied > self.open.capacity() {
            let grown = (before * GROWTH).min(GATHERED).max(before + copied);
            self.open.reserve_exact(grown - before);
        }
        let shared = encoder.encode(&mut self.open, frame);
        let mut added = self.open.len() - before;
        if let Some(payload) = shared {
            added += payload.len();
            self.seal();
            self.sealed.get_or_insert_default().push_back(Segment {
                bytes: SegmentBytes::Shared(payload),
                messages: 1,
            });
        } else {
            self.open_messages += 1;
        }
        added
    }

    /// Appends what `encode` writes and returns how many bytes that added.
    pub(super) fn push_with(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> usize {
        let before = self.open.len();
        encode(&mut self.open);
        self.open.len() - before
    }

    /// Moves everything out of `other`, behind what is here.
    pub(super) fn append(&mut self, other: &mut Self) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            std::mem::swap(self, other);
            return;
        }
        self.seal();
        if let Some(mut sealed) = other.sealed.take() {
            self.sealed.get_or_insert_default().append(&mut sealed);
        }
        self.open = std::mem::take(&mut other.open);
        self.open_messages = std::mem::take(&mut other.open_messages);
    }

    /// Drops the first `bytes` bytes, which were written, and returns how many messages that finished; small
    /// ones that were gathered are finished together.
    pub(super) fn advance(&mut self, mut bytes: usize) -> usize {
        let mut finished = 0;
        if let Some(sealed) = &mut self.sealed {
            while let Some(first) = sealed.front() {
                let left = first.as_slice().len() - self.offset;
                if bytes < left {
                    self.offset += bytes;
                    return finished;
                }
                bytes -= left;
                self.offset = 0;
                finished += first.messages;
                sealed.pop_front();
            }
            self.sealed = None;
        }
        self.offset += bytes;
        if self.offset == self.open.len() {
            finished += self.open_messages;
            let Self { open, .. } = std::mem::take(self);
            spare::keep_bytes(open);
        }
        finished
    }

    /// Returns all that is to be written, if it lies in one piece.
    #[inline]
    pub(super) fn gathered(&self) -> Option<&[u8]> {
        match self.sealed {
            None => self.open.get(self.offset..),
            Some(_) => None,
        }
    }

    /// Points `slices` at what is to be written next and returns how many it used.
    pub(crate) fn slices<'b>(&'b self, slices: &mut [IoSlice<'b>; Self::SLICES]) -> usize {
        let sealed = self.sealed.iter().flat_map(|sealed| sealed.iter());
        let open = (!self.open.is_empty()).then_some(self.open.as_slice());
        let mut used = 0;
        for (slice, bytes) in slices
            .iter_mut()
            .zip(sealed.map(Segment::as_slice).chain(open))
        {
            let skip = if used == 0 { self.offset } else { 0 };
            *slice = IoSlice::new(&bytes[skip..]);
            used += 1;
        }
        used
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sealed.is_none() && self.open.is_empty()
    }

    /// Bytes of memory that the gathered frames hold, for the tests.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        let sealed = self.sealed.iter().flat_map(|sealed| sealed.iter());
        let gathered = sealed.map(|segment| match &segment.bytes {
            SegmentBytes::Gathered(bytes) => bytes.capacity(),
            SegmentBytes::Shared(_) => 0,
        });
        self.open.capacity() + gathered.sum::<usize>()
    }

    fn seal(&mut self) {
        if !self.open.is_empty() {
            let segment = Segment {
                bytes: SegmentBytes::Gathered(std::mem::take(&mut self.open)),
                messages: std::mem::take(&mut self.open_messages),
            };
            self.sealed.get_or_insert_default().push_back(segment);
        }
    }
}
impl Segment {
    fn as_slice(&self) -> &[u8] {
        match &self.bytes {
            SegmentBytes::Gathered(bytes) => bytes,
            SegmentBytes::Shared(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;

    /// Writes everything, at most `step` bytes at a time.
    fn written(segments: &mut Segments, step: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while !segments.is_empty() {
            let mut slices = [IoSlice::new(&[]); Segments::SLICES];
            let used = segments.slices(&mut slices);
            let chunk: Vec<u8> = slices[..used]
                .iter()
                .flat_map(|slice| slice.to_vec())
                .take(step)
                .collect();
            segments.advance(chunk.len());
            out.extend(chunk);
        }
        out
    }

    #[test]
    fn partial_writes_keep_every_byte_in_order() {
        for step in [1, 7, 5000, usize::MAX] {
            let mut segments = Segments::default();
            let mut expected = Vec::new();
            for (size, length) in [
                (3, &[3][..]),
                (5000, &[126, 19, 136]),
                (0, &[0]),
                (300, &[126, 1, 44]),
            ] {
                let payload = vec![u8::try_from(size % 251).unwrap(); size];
                let frame = Frame::new(Message::Binary(payload.clone().into())).unwrap();
                let added = segments.push(&frame, &mut FrameEncoder::default());
                assert_eq!(added, 1 + length.len() + size);
                expected.push(0x82);
                expected.extend_from_slice(length);
                expected.extend_from_slice(&payload);
            }
            assert_eq!(written(&mut segments, step), expected);
        }
    }

    #[test]
    fn appending_keeps_what_is_half_written_first() {
        let frame = |text: &str| Frame::new(text).unwrap();
        let mut batch = Segments::default();
        batch.push(&frame("one"), &mut FrameEncoder::default());
        batch.advance(2);
        let mut queue = Segments::default();
        queue.push(&frame("two"), &mut FrameEncoder::default());
        batch.append(&mut queue);
        assert!(queue.is_empty());
        assert_eq!(written(&mut batch, 1), b"one\x81\x03two");
    }

    #[test]
    fn control_frames_one_after_the_other_are_one_slice() {
        let mut segments = Segments::default();
        for _ in 0..1_000 {
            segments.append(&mut Segments::default());
            segments.push_with(|out| out.extend_from_slice(b"\x8a\x00"));
        }
        assert_eq!(
            segments.slices(&mut [IoSlice::new(&[]); Segments::SLICES]),
            1
        );
        assert_eq!(written(&mut segments, 100).len(), 2_000);
    }

    #[test]
    fn a_large_payload_is_shared_and_not_copied() {
        let payload = Bytes::from(vec![7; 100_000]);
        let mut segments = Segments::default();
        segments.push(
            &Frame::new(payload.clone()).unwrap(),
            &mut FrameEncoder::default(),
        );
        let mut slices = [IoSlice::new(&[]); Segments::SLICES];
        let used = segments.slices(&mut slices);
        assert_eq!(used, 2);
        assert_eq!(slices[1].as_ptr(), payload.as_ptr());
    }
}
