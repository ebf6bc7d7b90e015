mod parts;

use std::borrow::Cow;
use std::mem;

use super::assembly::Message;
use super::close::CloseFrame;
use super::deflate::{Agreement, Inflater};
use super::error::ProtocolError;
use super::frame::{FrameHeader, MAX_CONTROL_PAYLOAD, MAX_HEADER, Opcode};
use super::inline::InlineBytes;
use super::payload::Payload;
use super::{ControlPayload, Event, InParts, Limits, Role};

/// Turns the bytes that a peer sends into [`Event`]s.
///
/// It keeps whatever an unfinished frame or message needs, so the caller never keeps input.
#[derive(Debug)]
pub struct Decoder {
    role: Role,
    in_parts: InParts,
    limits: Limits,
    phase: Phase,
    /// A message between two of its frames.
    unfinished: Option<Box<Message>>,
    /// For compressed messages, if they were agreed on.
    inflater: Option<Box<Inflater>>,
}

// Thousands of connections are idle at any time.
const _: () = assert!(size_of::<Decoder>() <= 80);

/// What the next byte belongs to.
#[derive(Debug)]
enum Phase {
    /// A header, of which these bytes have come.
    Header(InlineBytes<MAX_HEADER>),
    /// The payload of a frame that belongs to this message.
    Data(Payload, Box<Message>),
    /// The payload of a control frame, of which these bytes have come.
    Control(Payload, Box<ControlPayload>),
    /// Nothing: the peer closed, or broke the protocol.
    Over,
}

impl Decoder {
    /// A decoder for a new connection.
    pub fn new(role: Role, limits: Limits) -> Self {
        Self {
            role,
            in_parts: InParts::default(),
            limits,
            phase: Phase::Header(InlineBytes::new()),
            unfinished: None,
            inflater: None,
        }
    }

    /// The same decoder for a connection that agreed on permessage-deflate.
    pub fn with_deflate(mut self, agreement: &Agreement) -> Self {
        self.inflater = Some(Box::new(Inflater::new(agreement)));
        self
    }

    /// Which end of the connection it reads for.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Measures by other limits, from the next header of a frame on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The same decoder, which hands such messages over in parts.
    pub fn in_parts(mut self, in_parts: InParts) -> Self {
        self.in_parts = in_parts;
        self
    }

    /// Takes bytes off the front of `input` until an event is complete.
    ///
    /// Returns `None` when the input is used up. The bytes taken are unmasked where they lie, and an
    /// event may lend them out. After [`Event::Close`] or an error all input is taken and ignored.
    ///
    /// # Errors
    ///
    /// As soon as the bytes so far break RFC 6455 or a limit.
    pub fn decode<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        let result = self.advance(input);
        if matches!(result, Ok(Some(Event::Close(_))) | Err(_)) {
            self.end();
        }
        result
    }

    /// Whether a frame or a message is begun and not finished.
    pub fn is_mid_message(&self) -> bool {
        self.unfinished.is_some()
            || match &self.phase {
                Phase::Header(received) => !received.is_empty(),
                Phase::Data(..) | Phase::Control(..) => true,
                Phase::Over => false,
            }
    }

    /// Gives up all that is held; nothing more is expected.
    #[cold]
    fn end(&mut self) {
        self.phase = Phase::Over;
        self.unfinished = None;
        self.inflater = None;
    }

    // Inlined, it would build the result aside and copy it, which takes half as long as a small message.
    #[inline(never)]
    fn advance<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        loop {
            let event = if let Phase::Header(received) = &mut self.phase {
                let deflate = self.inflater.is_some();
                let Some(header) = read_header(received, input, self.role, deflate)? else {
                    return Ok(None);
                };
                if self.is_whole_message(header, input) {
                    let limit = match header.opcode {
                        Opcode::Text => self.limits.max_text_size,
                        _ => self.limits.max_binary_size,
                    };
                    // A larger one is refused below, or handed over in parts.
                    if header.payload_len <= limit as u64 {
                        let payload = Payload::new(header, 0, limit)?.take(input);
                        return whole_message(header.opcode, payload).map(Some);
                    }
                }
                self.begin_frame(header, input)?
            } else {
                self.continue_frame(input)?
            };
            if event.is_some() || input.is_empty() {
                return Ok(event);
            }
        }
    }

    /// Whether a frame is a message of its own that may be lent out: all of its payload lies in `input`.
    fn is_whole_message(&self, header: FrameHeader, input: &[u8]) -> bool {
        matches!(header.opcode, Opcode::Text | Opcode::Binary)
            && header.fin
            && !header.compressed
            && header.payload_len <= input.len() as u64
            && self.unfinished.is_none()
    }

    /// Checks a frame against what came before it and takes what `input` has of its payload.
    fn begin_frame<'a>(
        &mut self,
        header: FrameHeader,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        if header.opcode.is_control() {
            let mut payload = Payload::new(header, 0, MAX_CONTROL_PAYLOAD)?;
            if payload.remaining <= input.len() {
                let bytes = payload.take(input);
                return control(payload.opcode, Cow::Borrowed(bytes)).map(Some);
            }
            return self.receive_control(payload, Box::default(), input);
        }
        let mut message = match (header.opcode, self.unfinished.take()) {
            (Opcode::Continuation, None) => return Err(ProtocolError::UnexpectedContinuation),
            (Opcode::Continuation, Some(mut message)) => {
                let size = message.limit(&self.limits);
                message.count_fragment(self.limits.fragments(size))?;
                message
            }
            (_, Some(_)) => return Err(ProtocolError::ExpectedContinuation),
            (opcode, None) => {
                let in_parts = match opcode {
                    Opcode::Text => self.in_parts.text,
                    _ => self.in_parts.binary,
                };
                Box::new(Message::new(opcode, header.compressed, in_parts))
            }
        };
        let limit = if message.is_in_parts() {
            usize::MAX
        } else {
            message.limit(&self.limits)
        };
        let payload = message.announce(header, limit)?;
        self.receive_data(payload, message, input)
    }

    /// Takes what `input` has of the payload that is awaited.
    fn continue_frame<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        match mem::replace(&mut self.phase, Phase::Header(InlineBytes::new())) {
            Phase::Data(payload, message) => self.receive_data(payload, message, input),
            Phase::Control(payload, received) => self.receive_control(payload, received, input),
            // Nothing is awaited (a header is `advance`'s business).
            Phase::Header(_) | Phase::Over => {
                self.phase = Phase::Over;
                *input = &mut [];
                Ok(None)
            }
        }
    }

    /// Moves what `input` has of a data frame into its message, or hands it over.
    fn receive_data<'a>(
        &mut self,
        mut payload: Payload,
        mut message: Box<Message>,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        if message.is_in_parts() {
            return self.receive_part(payload, message, input);
        }
        let limit = message.limit(&self.limits);
        let whole_len = message.len() + payload.remaining;
        let bytes = payload.take(input);
        let last = payload.fin && payload.remaining == 0;
        match &mut self.inflater {
            Some(inflater) if message.is_compressed() => {
                message.inflate(inflater, bytes, last, limit)?;
            }
            _ => message.push(bytes, if payload.fin { whole_len } else { limit })?,
        }
        if payload.remaining > 0 {
            self.phase = Phase::Data(payload, message);
        } else if payload.fin {
            return message.finish().map(Some);
        } else {
            self.unfinished = Some(message);
        }
        Ok(None)
    }

    /// Adds what `input` has of a control frame to the part `received` before.
    fn receive_control<'a>(
        &mut self,
        mut payload: Payload,
        mut received: Box<ControlPayload>,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        received.extend(payload.take(input));
        if payload.remaining > 0 {
            self.phase = Phase::Control(payload, received);
            return Ok(None);
        }
        control(payload.opcode, Cow::Owned(received.to_vec())).map(Some)
    }
}

/// Takes a header off the front of `input`, or what there is of it into `received`.
#[inline]
fn read_header(
    received: &mut InlineBytes<MAX_HEADER>,
    input: &mut &mut [u8],
    role: Role,
    deflate: bool,
) -> Result<Option<FrameHeader>, ProtocolError> {
    if received.is_empty()
        && let Some((header, size)) = FrameHeader::parse(input, role, deflate)?
    {
        let _header = input.split_off_mut(..size);
        return Ok(Some(header));
    }
    read_header_in_pieces(received, input, role, deflate)
}

/// Takes a header, the bytes of which do not lie together in `input`.
#[cold]
fn read_header_in_pieces(
    received: &mut InlineBytes<MAX_HEADER>,
    input: &mut &mut [u8],
    role: Role,
    deflate: bool,
) -> Result<Option<FrameHeader>, ProtocolError> {
    while let Some(byte) = input.split_off_first_mut() {
        received.extend(&[*byte]);
        if let Some((header, _)) = FrameHeader::parse(received, role, deflate)? {
            received.clear();
            return Ok(Some(header));
        }
    }
    Ok(None)
}

/// A message that came in one frame and lies whole in the input.
fn whole_message(opcode: Opcode, payload: &[u8]) -> Result<Event<'_>, ProtocolError> {
    if opcode == Opcode::Text {
        let text = simdutf8::basic::from_utf8(payload).map_err(|_| ProtocolError::InvalidText)?;
        Ok(Event::Text(Cow::Borrowed(text)))
    } else {
        Ok(Event::Binary(Cow::Borrowed(payload)))
    }
}

/// A control frame, all of whose payload has come.
fn control(opcode: Opcode, payload: Cow<'_, [u8]>) -> Result<Event<'_>, ProtocolError> {
    Ok(match opcode {
        Opcode::Ping => Event::Ping(payload),
        Opcode::Pong => Event::Pong(payload),
        _ => Event::Close(CloseFrame::parse(&payload)?),
    })
}

#[cfg(test)]
mod tests;
