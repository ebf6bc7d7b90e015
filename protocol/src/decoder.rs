mod parts;

use std::borrow::Cow;
use std::mem;

use super::assembly::Message;
use super::close::CloseFrame;
use super::control::ControlPayload;
use super::deflate::{Agreement, Inflater};
use super::error::ProtocolError;
use super::event::Event;
use super::header::FrameHeader;
use super::inline::InlineBytes;
use super::limits::{InParts, Limits};
use super::opcode::Opcode;
use super::payload::Payload;
use super::role::Role;
use super::sizes::{MAX_CONTROL_PAYLOAD, MAX_HEADER};

/// A decoder that turns the bytes of one peer into [`Event`]s.
///
/// It keeps whatever belongs to an unfinished frame or message, so the caller never has to keep input.
/// It takes 80 bytes, and no memory on the heap between messages, except with context takeover.
///
/// # Examples
///
/// A frame may arrive in any number of pieces:
///
/// ```
/// use wspring_protocol::{Decoder, Event, Limits, Role};
///
/// let mut decoder = Decoder::new(Role::Server, Limits::new(65_536, None));
/// let mut pieces = [*b"\x81\x85\x37\xfa\x21\x3d", *b"\x7f\x9f\x4d\x51\x58\x89"];
/// let [first, second] = &mut pieces;
///
/// assert_eq!(decoder.decode(&mut first.as_mut_slice())?, None);
/// let mut input = second.as_mut_slice();
/// assert_eq!(decoder.decode(&mut input)?, Some(Event::Text("Hello".into())));
/// assert_eq!(input, b"\x89", "the next frame has begun");
/// # Ok::<(), wspring_protocol::ProtocolError>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    role: Role,
    in_parts: InParts,
    limits: Limits,
    phase: Phase,
    /// A message between two of its frames.
    unfinished: Option<Box<Message>>,
    /// For compressed messages, if permessage-deflate was negotiated.
    inflater: Option<Box<Inflater>>,
}

// Thousands of connections are idle at any time.
const _: () = assert!(size_of::<Decoder>() <= 80);

/// The part of a frame that the next byte belongs to.
#[derive(Debug)]
enum Phase {
    /// A header, with the bytes of it received so far.
    Header(InlineBytes<MAX_HEADER>),
    /// The payload of a data frame, with its message.
    Data(Payload, Box<Message>),
    /// The payload of a control frame, with the bytes of it received so far.
    Control(Payload, Box<ControlPayload>),
    /// None: the peer has closed, or has broken the protocol.
    Over,
}

impl Decoder {
    /// Creates a decoder for a new connection, without compression.
    ///
    /// `role` is our own role.
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

    /// Accepts compressed messages, as negotiated (RFC 7692).
    #[must_use]
    pub fn with_deflate(mut self, agreement: &Agreement) -> Self {
        self.inflater = Some(Box::new(Inflater::new(agreement)));
        self
    }

    /// Returns our role, as given to [`new`](Self::new).
    #[inline]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Changes the limits, from the next frame header on.
    #[inline]
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Passes messages of the given kinds on in parts, instead of assembling them.
    ///
    /// A part has at most 68 KiB.
    #[must_use]
    pub fn in_parts(mut self, in_parts: InParts) -> Self {
        self.in_parts = in_parts;
        self
    }

    /// Takes bytes off the front of `input` until an event is complete.
    ///
    /// Call it until it returns `None`, which means that it has taken all of the input and needs more.
    /// The bytes taken are unmasked in place, and the event may borrow them. After [`Event::Close`] or
    /// an error it ignores all input.
    ///
    /// # Errors
    ///
    /// As soon as the bytes so far break the protocol or exceed a limit.
    #[inline]
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

    /// Returns whether a frame or a message has begun and is not complete.
    ///
    /// While it is `true`, the peer owes us bytes; limit how long it may take.
    #[inline]
    pub fn is_mid_message(&self) -> bool {
        self.unfinished.is_some()
            || match &self.phase {
                Phase::Header(received) => !received.is_empty(),
                Phase::Data(..) | Phase::Control(..) => true,
                Phase::Over => false,
            }
    }

    /// Drops everything that is held, because nothing more is expected.
    #[cold]
    fn end(&mut self) {
        self.phase = Phase::Over;
        self.unfinished = None;
        self.inflater = None;
    }

    // Inlining builds the result elsewhere and copies it, which costs half as much as a small message.
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
                    // A larger one is refused below, or passed on in parts.
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

    /// Returns whether a frame is a whole message that can be lent out, with all its payload in `input`.
    fn is_whole_message(&self, header: FrameHeader, input: &[u8]) -> bool {
        matches!(header.opcode, Opcode::Text | Opcode::Binary)
            && header.fin
            && !header.compressed
            && header.payload_len <= input.len() as u64
            && self.unfinished.is_none()
    }

    /// Checks a frame against those before it and takes its payload, or the part that is in `input`.
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

    /// Takes more of the payload of the current frame off the front of `input`.
    fn continue_frame<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        match mem::replace(&mut self.phase, Phase::Header(InlineBytes::new())) {
            Phase::Data(payload, message) => self.receive_data(payload, message, input),
            Phase::Control(payload, received) => self.receive_control(payload, received, input),
            // No payload is awaited, and `advance` reads headers.
            Phase::Header(_) | Phase::Over => {
                self.phase = Phase::Over;
                *input = &mut [];
                Ok(None)
            }
        }
    }

    /// Moves the payload of a data frame from `input` into its message, or passes it on.
    fn receive_data<'a>(
        &mut self,
        mut payload: Payload,
        mut message: Box<Message>,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        if message.is_in_parts() {
            return self.receive_parts(payload, message, input);
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

    /// Passes on the payload of a data frame in `input`, without waiting for the rest of its message.
    fn receive_parts<'a>(
        &mut self,
        mut payload: Payload,
        mut message: Box<Message>,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        loop {
            let inflater = self.inflater.as_deref_mut();
            let event = parts::take(&mut payload, &mut message, inflater, input)?;
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

    /// Adds the payload of a control frame in `input` to the bytes `received` before.
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

/// Takes a header off the front of `input`, or moves the part that is there into `received`.
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

/// Takes a header whose bytes do not lie together in `input`.
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

/// Returns a message that came in one frame and lies whole in the input.
fn whole_message(opcode: Opcode, payload: &[u8]) -> Result<Event<'_>, ProtocolError> {
    if opcode == Opcode::Text {
        let text = simdutf8::basic::from_utf8(payload).map_err(|_| ProtocolError::InvalidText)?;
        Ok(Event::Text(Cow::Borrowed(text)))
    } else {
        Ok(Event::Binary(Cow::Borrowed(payload)))
    }
}

/// Returns the event for a control frame whose payload is complete.
fn control(opcode: Opcode, payload: Cow<'_, [u8]>) -> Result<Event<'_>, ProtocolError> {
    Ok(match opcode {
        Opcode::Ping => Event::Ping(payload),
        Opcode::Pong => Event::Pong(payload),
        _ => Event::Close(CloseFrame::parse(&payload)?),
    })
}

#[cfg(test)]
mod tests;
