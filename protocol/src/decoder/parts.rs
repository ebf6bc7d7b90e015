use crate::assembly::Message;
use crate::deflate::Inflater;
use crate::error::ProtocolError;
use crate::event::Event;
use crate::payload::Payload;

/// Fewer bytes than this wait for the rest of their frame, so a network that cuts small frames into
/// pieces goes unnoticed.
const HELD: usize = 4 * 1024;

/// The most bytes of a frame that are passed on at once, not counting those held before.
const LARGEST: usize = 64 * 1024;

/// Inflated bytes are passed on as soon as there are this many.
const INFLATED: usize = 32 * 1024;

/// The number of compressed bytes that are inflated before the output is looked at. DEFLATE makes up to
/// 1032 bytes of each, so they add at most 33 KiB to [`INFLATED`].
const STEP: usize = 32;

/// Takes the next bytes of a payload. Together with those held before, they are returned as a part if
/// they are enough, or if the frame ends.
///
/// # Errors
///
/// If they are not the DEFLATE data, or not the text, that they should be.
pub(super) fn take<'a>(
    payload: &mut Payload,
    message: &mut Message,
    inflater: Option<&mut Inflater>,
    input: &mut &'a mut [u8],
) -> Result<Option<Event<'a>>, ProtocolError> {
    if let Some(inflater) = inflater
        && message.is_compressed()
    {
        let bytes = payload.take_up_to(STEP, input);
        inflater.inflate(bytes, payload.is_last(), |piece, _| {
            message.push(piece, LARGEST)
        })?;
    } else {
        let bytes = payload.take_up_to(LARGEST, input);
        let is_enough = payload.remaining == 0 || bytes.len() >= HELD;
        if message.len() == 0 && is_enough {
            return message.lend_part(bytes, payload.is_last());
        }
        message.push(bytes, HELD)?;
    }
    let enough = if input.is_empty() { HELD } else { INFLATED };
    if payload.remaining == 0 || message.len() >= enough {
        message.take_part(payload.is_last())
    } else {
        Ok(None)
    }
}
