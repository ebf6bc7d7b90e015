use std::time::Instant;

use anyhow::ensure;

use wspring_bench::histogram::Histogram;

use crate::args::Args;
use crate::frame::CLOSE;
use crate::reader::{Receive, Received};

/// What every receiver got of every message. The token behind the last receiver's is the publisher's.
pub(crate) struct Receivers {
    count: usize,
    length: usize,
    is_deflate: bool,
    /// Messages do not count before all receivers got one.
    is_settling: bool,
    pub(crate) settled: usize,
    /// The messages that were sent; the first has the number 1.
    sent: Vec<Sent>,
    receivers: Vec<Receiver>,
    pub(crate) deliveries: usize,
    /// Messages that all receivers have.
    pub(crate) complete: usize,
    /// From the sending to the first receiver, and to the last.
    pub(crate) to_first: Histogram,
    pub(crate) to_last: Histogram,
    pub(crate) bad: usize,
    pub(crate) closed: usize,
}

/// A message that was sent.
struct Sent {
    at: Instant,
    deliveries: usize,
}

/// What one receiver got.
#[derive(Clone, Default)]
struct Receiver {
    /// The beginning of the message that comes in.
    stamp: [u8; 8],
    last: usize,
    got: usize,
    missed: usize,
}

/// The number of a message, as eight letters at its beginning.
pub(crate) fn stamp(number: usize) -> [u8; 8] {
    let digit = |place: usize| ((number >> (28 - 4 * place)) & 15).to_le_bytes()[0];
    [0, 1, 2, 3, 4, 5, 6, 7].map(|place| b'a' + digit(place))
}

/// The number that a stamp means.
#[inline]
fn number(stamp: [u8; 8]) -> Option<usize> {
    stamp.iter().try_fold(0, |number, letter| {
        let digit = letter.wrapping_sub(b'a');
        (digit < 16).then(|| number << 4 | usize::from(digit))
    })
}

impl Receivers {
    pub(crate) fn new(args: &Args, count: usize) -> anyhow::Result<Self> {
        ensure!(
            args.payload >= 16,
            "messages of this mode have 16 bytes or more"
        );
        Ok(Self {
            count,
            length: args.payload,
            is_deflate: args.deflate,
            is_settling: true,
            settled: 0,
            sent: Vec::new(),
            receivers: vec![Receiver::default(); count + 1],
            deliveries: 0,
            complete: 0,
            to_first: Histogram::new(),
            to_last: Histogram::new(),
            bad: 0,
            closed: 0,
        })
    }

    /// Notes that the next message is sent now, and returns its number.
    pub(crate) fn send(&mut self) -> usize {
        self.is_settling = false;
        self.sent.push(Sent {
            at: Instant::now(),
            deliveries: 0,
        });
        self.sent.len()
    }

    /// Ends the warming up.
    pub(crate) fn forget_times(&mut self) {
        self.to_first = Histogram::new();
        self.to_last = Histogram::new();
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn sent(&self) -> usize {
        self.sent.len()
    }

    /// Messages that not all receivers have yet.
    pub(crate) fn in_flight(&self) -> usize {
        self.sent.len() - self.complete
    }

    /// How many messages receiver `token` got.
    pub(crate) fn got(&self, token: usize) -> usize {
        self.receivers[token].got
    }

    /// How many messages were left out before others that came.
    pub(crate) fn missed(&self) -> usize {
        self.receivers.iter().map(|receiver| receiver.missed).sum()
    }

    #[inline]
    fn deliver(&mut self, token: usize, number: usize) -> Option<()> {
        let receiver = &mut self.receivers[token];
        let beyond = number.checked_sub(receiver.last + 1)?;
        receiver.missed += beyond;
        receiver.last = number;
        receiver.got += 1;
        let sent = self.sent.get_mut(number - 1)?;
        sent.deliveries += 1;
        self.deliveries += 1;
        if sent.deliveries == 1 {
            self.to_first.add(sent.at.elapsed());
        }
        if sent.deliveries == self.count {
            self.to_last.add(sent.at.elapsed());
            self.complete += 1;
        }
        Some(())
    }
}

impl Receive for Receivers {
    #[inline]
    fn begin(&mut self, _: usize) -> bool {
        true
    }

    #[inline]
    fn data(&mut self, token: usize, offset: usize, bytes: &[u8]) {
        let stamp = self.receivers[token].stamp.iter_mut().skip(offset);
        for (letter, byte) in stamp.zip(bytes) {
            *letter = *byte;
        }
    }

    #[inline]
    fn message(&mut self, token: usize, message: Received) {
        let number = if message.is_compressed && self.is_deflate {
            // What is compressed is not looked into: it must be the next one.
            Some(if self.is_settling {
                0
            } else {
                self.receivers[token].last + 1
            })
        } else if message.length == self.length {
            number(self.receivers[token].stamp)
        } else {
            None
        };
        let is_publisher = token == self.count;
        match number {
            Some(0) => self.settled += usize::from(!is_publisher),
            Some(_) if is_publisher => {}
            Some(number) if self.deliver(token, number).is_some() => {}
            _ => self.bad += 1,
        }
    }

    fn control(&mut self, _: usize, opcode: u8, _: &[u8]) {
        if opcode == CLOSE {
            self.closed += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_means_its_number() {
        for of in [0, 1, 15, 16, 0xffff_ffff] {
            assert_eq!(number(stamp(of)), Some(of));
        }
        assert_eq!(number(*b"aaaaaaaz"), None);
    }
}
