use super::{Decoder, Phase};
use crate::Event;
use crate::assembly::Message;
use crate::error::ProtocolError;
use crate::payload::Payload;

/// What came of a frame waits for the rest of the frame until it is this much, in bytes: where a network cuts small
/// frames, nobody is to notice.
const HELD: usize = 4 * 1024;

/// So much of a frame is handed over at most, in bytes, and what was held.
const LARGEST: usize = 64 * 1024;

/// So much of a compressed message is handed over as soon as it is there, in bytes.
const INFLATED: usize = 32 * 1024;

/// Compressed bytes that are inflated before what they gave is looked at. DEFLATE makes up to 1032 bytes of each, so
/// they add up to 33 KiB to [`INFLATED`], whatever a peer packs.
const STEP: usize = 32;

impl Decoder {
    /// Hands over what `input` has of a data frame, without waiting for the rest of its message.
    pub(super) fn receive_part<'a>(
        &mut self,
        mut payload: Payload,
        mut message: Box<Message>,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        loop {
            let event = self.take_part(&mut payload, &mut message, input)?;
            if payload.remaining == 0 {
                if !payload.fin {
                    self.unfinished = Some(message);
                }
                return Ok(event);
            }
            if event.is_some() || input.is_empty() {
                self.phase = Phase::Data(payload, message);
                return Ok(event);
            }
        }
    }

    /// Takes the next bytes of the payload. With those before them they are a part, if they are enough or if the frame
    /// ends.
    fn take_part<'a>(
        &mut self,
        payload: &mut Payload,
        message: &mut Message,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        if let Some(inflater) = &mut self.inflater
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
}
