use flate2::{Decompress, FlushDecompress, Status};

use super::super::error::ProtocolError;
use super::{Agreement, TAIL, pool};

/// Inflates the messages that a connection receives, piece by piece as they come (RFC 7692 §7.2.2).
///
/// # Blocks with BFINAL
///
/// Such a block ends a DEFLATE stream (RFC 1951 §3.2.3). RFC 7692 §7.2.1 allows it and lets another block
/// follow at the next byte, so what follows is read as a new stream, one without history. If nothing
/// follows, the message is complete there.
///
/// # What is refused
///
/// Data that is not DEFLATE, and a message that stops inside a block. The latter is seen for certain without
/// context takeover. With it, some stops are seen only at the next message, which then makes no sense.
///
/// # Memory
///
/// An inflater takes about 48 KB while a message is half received, and with context takeover from the first
/// message on.
#[derive(Debug)]
pub(in super::super) struct Inflater {
    takeover: bool,
    /// Nothing has come since a message was complete or a stream ended.
    complete: bool,
    /// Taken from the pool when a message needs it.
    state: Option<Box<Decompress>>,
}

/// What a message ends with when its state is not needed again: the bytes that were not sent and an empty
/// final block, which the inflater reports only if it met it between two blocks.
const TAIL_AND_FINAL: [u8; 6] = [0x00, 0x00, 0xff, 0xff, 0x03, 0x00];

impl Inflater {
    /// An inflater for a new connection; it takes no memory of its own before the first message.
    pub(in super::super) fn new(agreement: &Agreement) -> Self {
        Self {
            takeover: agreement.incoming_takeover,
            complete: true,
            state: None,
        }
    }

    /// Inflates the next bytes of a message, the last ones of it if `last`.
    ///
    /// The output goes to `sink` in pieces of at most [`pool::PIECE`] bytes, with `true` for the last piece of
    /// the message. What `input` determines is all handed over before this returns.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::InvalidDeflate`], or what `sink` returns. Nothing must be inflated after either.
    pub(in super::super) fn inflate(
        &mut self,
        input: &[u8],
        last: bool,
        sink: impl FnMut(&[u8], bool) -> Result<(), ProtocolError>,
    ) -> Result<(), ProtocolError> {
        if input.is_empty() && !last {
            return Ok(());
        }
        // An error drops the state: whatever it holds, no other message may meet it.
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
            output.hand_over(last)
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
                // The end may have waited for room only, but not twice.
                Ok(Status::StreamEnd) if progress || !self.complete => {
                    self.complete = true;
                    state.reset(false);
                }
                Ok(_) if progress => self.complete = false,
                Ok(_) if input.is_empty() => {}
                // Without progress there will never be any.
                Ok(_) | Err(_) => return output.refuse(),
            }
            if output.room().is_empty() {
                // There may be more output, even if there is no more input.
                output.hand_over(false)?;
            } else if input.is_empty() {
                return Ok(());
            }
        }
    }

    /// Ends a message and checks that it stopped where one may stop.
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

/// Collects output until a piece is full.
struct Output<'a, S> {
    buffer: &'a mut [u8],
    filled: usize,
    /// Bytes of output so far, those handed over counted.
    total: usize,
    sink: S,
}

impl<S> Output<'_, S>
where
    S: FnMut(&[u8], bool) -> Result<(), ProtocolError>,
{
    /// Counts bytes that were written to the front of the room.
    fn advance(&mut self, bytes: usize) {
        self.filled += bytes;
        self.total += bytes;
    }

    fn hand_over(&mut self, last: bool) -> Result<(), ProtocolError> {
        (self.sink)(&self.buffer[..self.filled], last)?;
        self.filled = 0;
        Ok(())
    }

    /// Refuses the message, but lets what came before the fault be judged first: so the verdict does not depend
    /// on how the message was cut.
    fn refuse(&mut self) -> Result<(), ProtocolError> {
        self.hand_over(false)?;
        Err(ProtocolError::InvalidDeflate)
    }

    fn room(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "one call takes and gives no more than its slices hold"
)]
fn difference(before: u64, after: u64) -> usize {
    (after - before) as usize
}

#[cfg(test)]
mod tests;
