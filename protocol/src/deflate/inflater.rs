use flate2::{Decompress, FlushDecompress, Status};

use super::negotiation::Agreement;
use super::pool;
use super::tail::TAIL;
use crate::error::ProtocolError;

/// An inflater for the messages that a connection receives, piece by piece (RFC 7692 §7.2.2).
///
/// # Blocks with BFINAL
///
/// Such a block ends a DEFLATE stream (RFC 1951 §3.2.3). RFC 7692 §7.2.1 lets another block follow at the
/// next byte, which is read as a new stream without history. If nothing follows, the message is complete.
///
/// # What is refused
///
/// Data that is not DEFLATE, and a message that stops inside a block. Without context takeover every such
/// stop is found. With it, some are found only because the next message makes no sense.
///
/// # Memory
///
/// An inflater takes about 48 KB while a message is unfinished, and with context takeover from the first
/// message on.
#[derive(Debug)]
pub(crate) struct Inflater {
    takeover: bool,
    /// Whether nothing arrived since a message was complete or a stream ended.
    complete: bool,
    /// The state, taken from the pool when a message needs it.
    state: Option<Box<Decompress>>,
}

/// The end of a message whose state is not needed again: the bytes that are not sent, and an empty final
/// block, which the inflater reports only if it comes between two blocks.
const TAIL_AND_FINAL: [u8; 6] = [0x00, 0x00, 0xff, 0xff, 0x03, 0x00];

impl Inflater {
    /// Creates an inflater for a new connection. It allocates nothing before the first message.
    pub(crate) fn new(agreement: &Agreement) -> Self {
        Self {
            takeover: agreement.incoming_takeover,
            complete: true,
            state: None,
        }
    }

    /// Inflates the next bytes of a message, the last ones if `last`.
    ///
    /// The output goes to `sink` in pieces of at most [`pool::PIECE`] bytes, with `true` for the last piece of
    /// the message. All output that `input` determines reaches `sink` before this returns.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::InvalidDeflate`], or the error of `sink`. Do not use the inflater after an error.
    pub(crate) fn inflate(
        &mut self,
        input: &[u8],
        last: bool,
        sink: impl FnMut(&[u8], bool) -> Result<(), ProtocolError>,
    ) -> Result<(), ProtocolError> {
        if input.is_empty() && !last {
            return Ok(());
        }
        // An error drops the state, so that no other message meets it.
        let mut state = self.state.take().unwrap_or_else(pool::take_inflater);
        pool::with_piece(|buffer| {
            let mut output = Output {
                buffer,
                filled: 0,
                total: 0,
                sink,
            };
            self.feed(&mut state, input, &mut output)?;
            if last {
                self.finish(&mut state, &mut output)?;
            }
            output.pass_on(last)
        })?;
        if last && !self.takeover {
            pool::give_inflater(state);
        } else {
            self.state = Some(state);
        }
        Ok(())
    }

    /// Inflates all of `input`.
    fn feed<S>(
        &mut self,
        state: &mut Decompress,
        mut input: &[u8],
        output: &mut Output<'_, S>,
    ) -> Result<(), ProtocolError>
    where
        S: FnMut(&[u8], bool) -> Result<(), ProtocolError>,
    {
        loop {
            let (total_in, total_out) = (state.total_in(), state.total_out());
            let result = state.decompress(input, output.room(), FlushDecompress::None);
            let taken = difference(total_in, state.total_in());
            let given = difference(total_out, state.total_out());
            input = &input[taken..];
            output.advance(given);
            let progress = taken > 0 || given > 0;
            match result {
                // The end may have waited for room, but not twice.
                Ok(Status::StreamEnd) if progress || !self.complete => {
                    self.complete = true;
                    state.reset(false);
                }
                Ok(_) if progress => self.complete = false,
                Ok(_) if input.is_empty() => {}
                // The next call would make no progress either.
                Ok(_) | Err(_) => return output.refuse(),
            }
            if output.room().is_empty() {
                // There may be more output although there is no more input.
                output.pass_on(false)?;
            } else if input.is_empty() {
                return Ok(());
            }
        }
    }

    /// Ends a message and checks that it may end there.
    fn finish<S>(
        &mut self,
        state: &mut Decompress,
        output: &mut Output<'_, S>,
    ) -> Result<(), ProtocolError>
    where
        S: FnMut(&[u8], bool) -> Result<(), ProtocolError>,
    {
        if !self.complete {
            let total = output.total;
            if self.takeover {
                self.feed(state, &TAIL, output)?;
            } else {
                self.feed(state, &TAIL_AND_FINAL, output)?;
            }
            if output.total != total || !(self.complete || self.takeover) {
                return output.refuse();
            }
        }
        self.complete = true;
        Ok(())
    }
}

/// A buffer that collects output until a piece is full.
struct Output<'a, S> {
    buffer: &'a mut [u8],
    filled: usize,
    /// The number of bytes so far, including those passed on.
    total: usize,
    sink: S,
}

impl<S> Output<'_, S>
where
    S: FnMut(&[u8], bool) -> Result<(), ProtocolError>,
{
    /// Counts bytes that were written to the front of [`room`](Self::room).
    fn advance(&mut self, bytes: usize) {
        self.filled += bytes;
        self.total += bytes;
    }

    fn pass_on(&mut self, last: bool) -> Result<(), ProtocolError> {
        (self.sink)(&self.buffer[..self.filled], last)?;
        self.filled = 0;
        Ok(())
    }

    /// Refuses the message, after its output so far was checked: so the error does not depend on how the
    /// message was cut.
    fn refuse(&mut self) -> Result<(), ProtocolError> {
        self.pass_on(false)?;
        Err(ProtocolError::InvalidDeflate)
    }

    fn room(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a call consumes and produces at most the lengths of its slices"
)]
fn difference(before: u64, after: u64) -> usize {
    (after - before) as usize
}

#[cfg(test)]
mod tests;
