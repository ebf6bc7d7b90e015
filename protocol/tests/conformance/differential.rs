//! Our encoder against tungstenite's decoder, and the other way round.

use std::io::{self, Cursor, Read, Write};

use proptest::prelude::*;
use tungstenite::Message as Theirs;
use tungstenite::protocol::frame::Frame as TheirFrame;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::{self, WebSocket};

use super::traffic::{Frame, encode, masks, messages, pieces};
use super::*;

/// A connection in memory.
struct Pipe {
    received: Cursor<Vec<u8>>,
    sent: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.received.read(buf)
    }
}

impl Write for Pipe {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.sent.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn tungstenite(role: protocol::Role, received: Vec<u8>) -> WebSocket<Pipe> {
    let pipe = Pipe {
        received: Cursor::new(received),
        sent: Vec::new(),
    };
    WebSocket::from_raw_socket(pipe, role, None)
}

/// Converts a frame to tungstenite's type.
fn their_frame(frame: &Frame) -> TheirFrame {
    let payload = frame.payload.clone();
    let data = match frame.opcode {
        Opcode::Ping => return TheirFrame::ping(payload),
        Opcode::Pong => return TheirFrame::pong(payload),
        Opcode::Close => unreachable!("traffic has no close frames"),
        Opcode::Continuation => Data::Continue,
        Opcode::Text => Data::Text,
        Opcode::Binary => Data::Binary,
    };
    TheirFrame::message(payload, OpCode::Data(data), frame.fin)
}

/// Converts a message from tungstenite's type.
fn our_event(message: Theirs) -> Event<'static> {
    match message {
        Theirs::Text(content) => text(content.as_str()),
        Theirs::Binary(content) => binary(&content),
        Theirs::Ping(payload) => Event::Ping(control(&payload)),
        Theirs::Pong(payload) => Event::Pong(control(&payload)),
        Theirs::Close(None) => Event::Close(None),
        Theirs::Close(Some(frame)) => close(frame.code.into(), frame.reason.as_str()),
        Theirs::Frame(frame) => unreachable!("frames are only given when written: {frame:?}"),
    }
}

proptest! {
    #[test]
    fn tungstenite_reads_what_we_write(
        messages in messages(),
        masks in masks(),
        end in proptest::option::of((3000..5000_u16, ".{0,30}")),
    ) {
        let frames: Vec<_> = messages.iter().flat_map(|message| message.frames()).collect();
        let mut wire = encode(&frames, masks.as_deref());
        let mut expected: Vec<_> = messages.iter().flat_map(|message| message.events()).collect();
        if let Some((code, reason)) = &end {
            let mask = masks.as_ref().map(|keys| keys[0]);
            encode_close(&mut wire, mask, Some(*code), reason);
            expected.push(close(*code, reason));
        }
        let role = if masks.is_some() { protocol::Role::Server } else { protocol::Role::Client };
        let mut theirs = tungstenite(role, wire);
        for event in expected {
            prop_assert_eq!(our_event(theirs.read().unwrap()), event);
        }
        prop_assert!(theirs.read().is_err(), "nothing is left");
    }

    #[test]
    fn we_read_what_tungstenite_writes(
        messages in messages(),
        from_client in any::<bool>(),
        pieces in pieces(),
        end in proptest::option::of((3000..5000_u16, ".{0,30}")),
    ) {
        let (their_role, our_role) = if from_client {
            (protocol::Role::Client, Role::Server)
        } else {
            (protocol::Role::Server, Role::Client)
        };
        let mut theirs = tungstenite(their_role, Vec::new());
        for frame in messages.iter().flat_map(|message| message.frames()) {
            theirs.write(Theirs::Frame(their_frame(&frame))).unwrap();
        }
        let mut expected: Vec<_> = messages.iter().flat_map(|message| message.events()).collect();
        if let Some((code, reason)) = end {
            expected.push(close(code, &reason));
            let frame = protocol::CloseFrame { code: code.into(), reason: reason.into() };
            theirs.write(Theirs::Close(Some(frame))).unwrap();
        }
        theirs.flush().unwrap();
        let wire = &theirs.get_ref().sent;
        let mut decoder = Decoder::new(our_role, LIMITS);
        prop_assert_eq!(decode(&mut decoder, wire, &pieces), (expected, None));
    }
}
