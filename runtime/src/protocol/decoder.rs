use std::borrow::Cow;
use std::mem;

use super::assembly::Message;
use super::close::CloseFrame;
use super::error::ProtocolError;
use super::frame::{FrameHeader, MAX_CONTROL_PAYLOAD, MAX_HEADER, Opcode};
use super::inline::InlineBytes;
use super::payload::Payload;
use super::{ControlPayload, Event, Limits, Role};

/// Turns the bytes that a peer sends into [`Event`]s.
///
/// It keeps whatever an unfinished frame or message needs, so the caller never keeps input.
#[derive(Debug)]
pub(crate) struct Decoder {
    role: Role,
    limits: Limits,
    phase: Phase,
    /// A message between two of its frames.
    unfinished: Option<Box<Message>>,
}

// Thousands of connections are idle at any time.
const _: () = assert!(size_of::<Decoder>() <= 64);

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
    pub(crate) fn new(role: Role, limits: Limits) -> Self {
        Self {
            role,
            limits,
            phase: Phase::Header(InlineBytes::new()),
            unfinished: None,
        }
    }

    /// Takes bytes off the front of `input` until an event is complete.
    ///
    /// Returns `None` when the input is used up. The bytes taken are unmasked where they lie, and an
    /// event may lend them out. After [`Event::Close`] or an error all input is taken and ignored.
    ///
    /// # Errors
    ///
    /// As soon as the bytes so far break RFC 6455 or a limit.
    pub(crate) fn decode<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        let result = self.advance(input);
        if matches!(result, Ok(Some(Event::Close(_))) | Err(_)) {
            self.phase = Phase::Over;
            self.unfinished = None;
        }
        result
    }

    /// Whether a frame or a message is begun and not finished.
    pub(crate) fn is_mid_message(&self) -> bool {
        self.unfinished.is_some()
            || match &self.phase {
                Phase::Header(received) => !received.is_empty(),
                Phase::Data(..) | Phase::Control(..) => true,
                Phase::Over => false,
            }
    }

    #[inline]
    fn advance<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        loop {
            let event = if let Phase::Header(received) = &mut self.phase {
                let Some(header) = read_header(received, input, self.role)? else {
                    return Ok(None);
                };
                if self.is_whole_message(header, input) {
                    let max_size = self.limits.max_message_size;
                    let payload = Payload::new(header, 0, max_size)?.take(input);
                    return whole_message(header.opcode, payload).map(Some);
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

    /// Whether a frame is a message of its own, all of whose payload lies in `input`.
    fn is_whole_message(&self, header: FrameHeader, input: &[u8]) -> bool {
        matches!(header.opcode, Opcode::Text | Opcode::Binary)
            && header.fin
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
            let payload = Payload::new(header, 0, MAX_CONTROL_PAYLOAD)?;
            return self.receive_control(payload, InlineBytes::new(), input);
        }
        let limits = self.limits;
        match (header.opcode, self.unfinished.take()) {
            (Opcode::Continuation, None) => Err(ProtocolError::UnexpectedContinuation),
            (Opcode::Continuation, Some(mut message)) => {
                message.count_fragment(limits.max_fragments)?;
                let payload = Payload::new(header, message.len(), limits.max_message_size)?;
                self.receive_data(payload, message, input)
            }
            (_, Some(_)) => Err(ProtocolError::ExpectedContinuation),
            (opcode, None) => {
                let payload = Payload::new(header, 0, limits.max_message_size)?;
                self.receive_data(payload, Box::new(Message::new(opcode)), input)
            }
        }
    }

    /// Takes what `input` has of the payload that is awaited.
    fn continue_frame<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        match mem::replace(&mut self.phase, Phase::Header(InlineBytes::new())) {
            Phase::Data(payload, message) => self.receive_data(payload, message, input),
            Phase::Control(payload, received) => self.receive_control(payload, *received, input),
            // Nothing is awaited (a header is `advance`'s business).
            Phase::Header(_) | Phase::Over => {
                self.phase = Phase::Over;
                *input = &mut [];
                Ok(None)
            }
        }
    }

    /// Moves what `input` has of a data frame into its message.
    fn receive_data<'a>(
        &mut self,
        mut payload: Payload,
        mut message: Box<Message>,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        let ceiling = if payload.fin {
            message.len() + payload.remaining
        } else {
            self.limits.max_message_size
        };
        message.push(payload.take(input), ceiling)?;
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
        mut received: ControlPayload,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        received.extend(payload.take(input));
        if payload.remaining > 0 {
            self.phase = Phase::Control(payload, Box::new(received));
            return Ok(None);
        }
        Ok(Some(match payload.opcode {
            Opcode::Ping => Event::Ping(received),
            Opcode::Pong => Event::Pong(received),
            _ => Event::Close(CloseFrame::parse(&received)?),
        }))
    }
}

/// Takes a header off the front of `input`, or what there is of it into `received`.
#[inline]
fn read_header(
    received: &mut InlineBytes<MAX_HEADER>,
    input: &mut &mut [u8],
    role: Role,
) -> Result<Option<FrameHeader>, ProtocolError> {
    if received.is_empty()
        && let Some((header, size)) = FrameHeader::parse(input, role)?
    {
        let _header = input.split_off_mut(..size);
        return Ok(Some(header));
    }
    read_header_in_pieces(received, input, role)
}

/// Takes a header, the bytes of which do not lie together in `input`.
#[cold]
fn read_header_in_pieces(
    received: &mut InlineBytes<MAX_HEADER>,
    input: &mut &mut [u8],
    role: Role,
) -> Result<Option<FrameHeader>, ProtocolError> {
    while let Some(byte) = input.split_off_first_mut() {
        received.extend(&[*byte]);
        if let Some((header, _)) = FrameHeader::parse(received, role)? {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::frame::encode_header;
    use super::*;

    const LIMITS: Limits = Limits {
        max_message_size: 10_000,
        max_fragments: 8,
    };

    /// Bytes of memory held for a message under assembly.
    fn held(decoder: &Decoder) -> usize {
        match (&decoder.phase, &decoder.unfinished) {
            (Phase::Data(_, message), _) | (_, Some(message)) => message.capacity(),
            _ => 0,
        }
    }

    fn is_idle(decoder: &Decoder) -> bool {
        matches!(decoder.phase, Phase::Header(_)) && decoder.unfinished.is_none()
    }

    #[test]
    fn a_whole_frame_is_lent_out_and_leaves_nothing_behind() {
        let mut decoder = Decoder::new(Role::Client, LIMITS);
        let mut wire = *b"\x81\x05Hello\x82\x02\xff\xfe";
        let mut input = wire.as_mut_slice();
        let first = decoder.decode(&mut input).unwrap();
        assert!(matches!(first, Some(Event::Text(Cow::Borrowed("Hello")))));
        assert!(is_idle(&decoder));
        let second = decoder.decode(&mut input).unwrap();
        assert!(matches!(
            second,
            Some(Event::Binary(Cow::Borrowed(b"\xff\xfe")))
        ));
        assert!(is_idle(&decoder) && input.is_empty());
    }

    #[test]
    fn an_assembled_message_leaves_nothing_behind() {
        let mut decoder = Decoder::new(Role::Client, LIMITS);
        let mut wire = *b"\x01\x03Hel\x80\x02lo";
        let mut input = wire.as_mut_slice();
        let event = decoder.decode(&mut input).unwrap();
        assert_eq!(event, Some(Event::Text("Hello".into())));
        assert!(is_idle(&decoder));
    }

    #[test]
    fn a_close_frame_ends_what_was_begun() {
        let mut decoder = Decoder::new(Role::Client, LIMITS);
        let mut wire = *b"\x01\x03Hel\x88\x00";
        let event = decoder.decode(&mut wire.as_mut_slice()).unwrap();
        assert_eq!(event, Some(Event::Close(None)));
        assert_eq!(held(&decoder), 0);
        assert!(!decoder.is_mid_message());
    }

    proptest! {
        #[test]
        fn memory_is_bounded_by_what_came_and_by_the_limit(
            text in any::<bool>(),
            fragments in proptest::collection::vec(0..4_000_usize, 1..8),
            piece in 1..2_000_usize,
        ) {
            let mut decoder = Decoder::new(Role::Client, LIMITS);
            let mut opcode = if text { Opcode::Text } else { Opcode::Binary };
            let mut content = "€".bytes().cycle();
            let mut received = 0;
            'frames: for length in fragments {
                let mut wire = encode_header(opcode, false, None, length).to_vec();
                opcode = Opcode::Continuation;
                wire.extend(content.by_ref().take(length));
                for chunk in wire.chunks_mut(piece) {
                    received += chunk.len();
                    let mut input = chunk;
                    if decoder.decode(&mut input).is_err() {
                        prop_assert_eq!(held(&decoder), 0);
                        break 'frames;
                    }
                    prop_assert!(held(&decoder) <= LIMITS.max_message_size);
                    prop_assert!(held(&decoder) <= 2 * received);
                }
            }
        }
    }
}
