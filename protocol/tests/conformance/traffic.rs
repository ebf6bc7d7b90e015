//! Random well-formed traffic: what one side sends, and the events that the other must see.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A message and the way it is sent.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) content: Content,
    /// The positions where it is cut into fragments, modulo its length.
    cuts: Vec<usize>,
    /// The control frames sent after each fragment but the last.
    between: Vec<Control>,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Text(String),
    Binary(Vec<u8>),
}

#[derive(Clone, Debug)]
pub(super) enum Control {
    Ping(Vec<u8>),
    Pong(Vec<u8>),
}

/// A frame to send.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) opcode: Opcode,
    pub(super) fin: bool,
    pub(super) payload: Vec<u8>,
}

impl Message {
    pub(super) fn frames(&self) -> Vec<Frame> {
        let (mut opcode, bytes) = match &self.content {
            Content::Text(text) => (Opcode::Text, text.as_bytes()),
            Content::Binary(bytes) => (Opcode::Binary, bytes.as_slice()),
        };
        let mut cuts: Vec<usize> = self
            .cuts
            .iter()
            .map(|cut| cut % (bytes.len() + 1))
            .collect();
        cuts.sort_unstable();
        let mut frames = Vec::new();
        let mut start = 0;
        for (i, end) in cuts.into_iter().enumerate() {
            frames.push(Frame {
                opcode,
                fin: false,
                payload: bytes[start..end].to_vec(),
            });
            opcode = Opcode::Continuation;
            start = end;
            frames.extend(self.between.get(i).map(Control::frame));
        }
        frames.push(Frame {
            opcode,
            fin: true,
            payload: bytes[start..].to_vec(),
        });
        frames
    }

    /// Returns the events in the order in which they become complete.
    pub(super) fn events(&self) -> Vec<Event<'static>> {
        let sent = self.between.iter().take(self.cuts.len());
        let mut events: Vec<_> = sent.map(Control::event).collect();
        events.push(match &self.content {
            Content::Text(content) => text(content),
            Content::Binary(content) => binary(content),
        });
        events
    }
}

impl Control {
    pub(super) fn frame(&self) -> Frame {
        let (opcode, payload) = match self {
            Self::Ping(payload) => (Opcode::Ping, payload),
            Self::Pong(payload) => (Opcode::Pong, payload),
        };
        Frame {
            opcode,
            fin: true,
            payload: payload.clone(),
        }
    }

    pub(super) fn event(&self) -> Event<'static> {
        match self {
            Self::Ping(payload) => Event::Ping(control(payload)),
            Self::Pong(payload) => Event::Pong(control(payload)),
        }
    }
}

/// Generates a few messages of any content, up to some thousand bytes long.
pub(super) fn messages() -> impl Strategy<Value = Vec<Message>> {
    let content = prop_oneof![
        3 => any::<String>().prop_map(Content::Text),
        3 => vec(any::<u8>(), 0..300).prop_map(Content::Binary),
        1 => ("[aé€😀]{0,40}", 0..100_usize).prop_map(|(part, n)| Content::Text(part.repeat(n))),
        1 => (any::<u8>(), 60_000..65_536_usize).prop_map(|(first, n)| Content::Binary(counting(first, n))),
    ];
    let cuts = prop_oneof![Just(Vec::new()), vec(any::<usize>(), 0..6)];
    let payload = || vec(any::<u8>(), 0..=MAX_CONTROL_PAYLOAD);
    let control = prop_oneof![
        payload().prop_map(Control::Ping),
        payload().prop_map(Control::Pong)
    ];
    let message =
        (content, cuts, vec(control, 0..4)).prop_map(|(content, cuts, between)| Message {
            content,
            cuts,
            between,
        });
    vec(message, 0..6)
}

/// Returns bytes that count up from `first`, which are cheaper than random ones.
fn counting(first: u8, length: usize) -> Vec<u8> {
    (first..=u8::MAX)
        .chain(0..first)
        .cycle()
        .take(length)
        .collect()
}

/// Generates keys for the frames of a client, or `None` for those of a server.
pub(super) fn masks() -> impl Strategy<Value = Option<Vec<[u8; 4]>>> {
    proptest::option::of(vec(any::<[u8; 4]>(), 1..4))
}

/// Generates the lengths of the pieces in which the bytes are read.
pub(super) fn pieces() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![]),
        vec(1..20_usize, 1..8),
        vec(1..5_000_usize, 1..8)
    ]
}

/// Generates frames that need not fit together, with first bytes that need not be valid.
pub(super) fn loose_frames() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        20 => prop::sample::select(&[0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x89, 0x8a][..]),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        vec(any::<u8>(), 0..200),
        "[aé€😀]{0,60}".prop_map(String::into_bytes),
        Just(3001_u16.to_be_bytes().to_vec()),
    ];
    vec((first, payload, any::<[u8; 4]>()), 0..12).prop_map(|frames| {
        let mut wire = Vec::new();
        for (first, payload, key) in frames {
            let start = wire.len();
            encode_frame(&mut wire, Opcode::Binary, true, Some(key), &payload);
            wire[start] = first;
        }
        wire
    })
}

/// Encodes frames, using the keys in turn.
pub(super) fn encode(frames: &[Frame], masks: Option<&[[u8; 4]]>) -> Vec<u8> {
    let mut wire = Vec::new();
    for (i, frame) in frames.iter().enumerate() {
        let mask = masks.map(|keys| keys[i % keys.len()]);
        encode_frame(&mut wire, frame.opcode, frame.fin, mask, &frame.payload);
    }
    wire
}
