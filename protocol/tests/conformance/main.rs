//! The protocol as a whole, through the public interface: its rules by section of RFC 6455 and RFC 7692,
//! properties that must hold for every input, and agreement with another implementation.

mod control;
mod deflate;
mod differential;
mod join;
mod messages;
mod parts;
mod properties;
mod traffic;

use std::borrow::Cow;
use std::num::NonZeroU32;

use wspring_protocol::{
    CloseFrame, CompressOnce, Decoder, DeflateConfig, Deflater, Event, InParts, Limits,
    MAX_CLOSE_REASON, MAX_CONTROL_PAYLOAD, Opcode, Position, ProtocolError, Role, encode_close,
    encode_compressed_frame, encode_frame, encode_header,
};

const LIMITS: Limits = Limits::new(65_536, NonZeroU32::new(MAX_FRAGMENTS));

const MAX_FRAGMENTS: u32 = 1_000;

const KEY: Option<[u8; 4]> = Some([0x37, 0xfa, 0x21, 0x3d]);

#[test]
fn a_connection_may_move_between_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Decoder>();
    check::<Deflater>();
    check::<CompressOnce>();
    check::<ProtocolError>();
}

/// The frames of a client, one after the other.
#[derive(Default)]
struct Wire(Vec<u8>);

impl Wire {
    fn frame(mut self, opcode: Opcode, fin: bool, payload: &[u8]) -> Self {
        encode_frame(&mut self.0, opcode, fin, KEY, payload);
        self
    }

    fn whole(self, opcode: Opcode, payload: &[u8]) -> Self {
        self.frame(opcode, true, payload)
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Lets a server read it, at once and byte by byte, with the same result.
    #[track_caller]
    fn gives(self, events: &[Event<'static>], error: Option<ProtocolError>) {
        for lengths in [&[] as &[usize], &[1]] {
            let mut decoder = Decoder::new(Role::Server, LIMITS);
            let (got, failed) = decode(&mut decoder, &self.0, lengths);
            assert_eq!(got, events, "pieces of {lengths:?}");
            assert_eq!(failed, error, "pieces of {lengths:?}");
        }
    }

    #[track_caller]
    fn fails(self, error: ProtocolError, code: u16) {
        assert_eq!(error.close_code(), code);
        self.gives(&[], Some(error));
    }
}

/// Decodes `wire` in pieces of the given lengths, used in turn. Returns every event, and the error if
/// there was one.
fn decode(
    decoder: &mut Decoder,
    wire: &[u8],
    lengths: &[usize],
) -> (Vec<Event<'static>>, Option<ProtocolError>) {
    let mut events = Vec::new();
    let mut lengths = lengths.iter().copied().cycle();
    let mut rest = wire;
    while !rest.is_empty() {
        let length = lengths
            .next()
            .map_or(rest.len(), |n| n.clamp(1, rest.len()));
        let (piece, others) = rest.split_at(length);
        rest = others;
        let mut piece = piece.to_vec();
        let mut input = piece.as_mut_slice();
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(event)) => events.push(event.into_owned()),
                Ok(None) => break,
                Err(error) => return (events, Some(error)),
            }
        }
        assert!(input.is_empty(), "input is used up when no event is left");
    }
    (events, None)
}

fn text(text: &str) -> Event<'static> {
    Event::Text(Cow::Owned(text.to_owned()))
}

fn binary(bytes: &[u8]) -> Event<'static> {
    Event::Binary(Cow::Owned(bytes.to_vec()))
}

fn control(payload: &[u8]) -> Cow<'static, [u8]> {
    Cow::Owned(payload.to_vec())
}

fn close(code: u16, reason: &str) -> Event<'static> {
    Event::Close(Some(CloseFrame {
        code,
        reason: reason.to_owned(),
    }))
}
