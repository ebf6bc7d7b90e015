//! The WebSocket protocol (RFC 6455, with RFC 7692) as pure code: bytes in, events out.
//!
//! This crate owns everything that the wire prescribes: frame headers, masking, the assembly of
//! fragments into messages, UTF-8, the rules of control and close frames, and the sizes that a peer
//! may make us hold. It does no I/O, reads no clock and knows no runtime, so every rule is tested
//! with byte slices.
//!
//! # The way of a frame
//!
//! ```text
//! received bytes ─▶ Decoder ─▶ FrameHeader::parse   frame.rs               the rules of one frame
//!                      │           └─▶ Payload::take  payload.rs, mask.rs    unmasks in place
//!                      │                 ├─ a whole message ─▶ lent to the caller
//!                      │                 └─ a part of one ───▶ Message   assembly.rs, utf8.rs
//!                      │                    or a compressed one, through Inflater   deflate/
//!                      └─▶ Event (Text, Binary, Part, Ping, Pong, Close) or ProtocolError
//!
//! encode_frame, encode_header, encode_close ─▶ bytes to send        encoder.rs
//!   └─ encode_compressed_… for what Deflater made                  deflate/
//! ```
//!
//! A message that lies whole in the input is unmasked where it lies, checked once and lent out: no
//! allocation and no copy. Anything else is copied once, into the message under assembly, or is handed over
//! in parts as it comes, where that is asked for. Nothing is held between messages, so an idle connection
//! costs the [`Decoder`] itself and no heap memory.
//!
//! What to do about an event (answer a ping, echo a close, close the socket) is not decided here: that is
//! the caller's work.

mod assembly;
mod close;
mod decoder;
mod deflate;
mod encoder;
mod error;
mod frame;
mod inline;
mod mask;
mod payload;
#[cfg(test)]
mod tests;
mod utf8;

use std::borrow::Cow;
use std::num::NonZeroU32;

pub use self::close::{CloseFrame, MAX_CLOSE_REASON, is_sendable_close_code};
pub use self::decoder::Decoder;
pub use self::deflate::{
    Agreement, CompressOnce, DeflateConfig, Deflater, InvalidAnswer, Level, WindowBits,
};
pub use self::encoder::{encode_close, encode_compressed_frame, encode_frame, mask};
pub use self::error::ProtocolError;
pub use self::frame::{
    MAX_CONTROL_PAYLOAD, MAX_HEADER, Opcode, encode_compressed_header, encode_header,
};
pub use self::inline::InlineBytes;
pub use self::mask::MaskingKey;

/// Which end of the connection we are; it decides who masks (RFC 6455 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// We accepted the connection: every frame that we receive must be masked.
    Server,
    /// We opened the connection: no frame that we receive may be masked.
    Client,
}

/// What a peer may make us hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest text message, in bytes of payload over all its fragments.
    pub max_text_size: usize,
    /// The largest binary message, in the same way.
    pub max_binary_size: usize,
    /// The most frames that one message may come in, empty ones counted. If nothing is said, it is one for each
    /// [`FRAGMENT`] bytes that the message may have, and at least [`FEWEST_FRAGMENTS`].
    pub max_fragments: Option<NonZeroU32>,
}

/// Bytes in each frame of a message of the largest size that comes in as many frames as it may.
const FRAGMENT: usize = 64;

/// What a small message may come in.
const FEWEST_FRAGMENTS: u32 = 1024;

impl Limits {
    /// The same size for messages of both kinds.
    pub const fn new(max_message_size: usize, max_fragments: Option<NonZeroU32>) -> Self {
        Self {
            max_text_size: max_message_size,
            max_binary_size: max_message_size,
            max_fragments,
        }
    }

    /// The most frames for a message that may have `size` bytes.
    fn fragments(self, size: usize) -> u32 {
        match self.max_fragments {
            Some(fragments) => fragments.get(),
            None => u32::try_from(size / FRAGMENT)
                .unwrap_or(u32::MAX)
                .max(FEWEST_FRAGMENTS),
        }
    }
}

/// Which messages are handed over in parts, as they come, and are never assembled.
///
/// For those, the sizes of [`Limits`] mean nothing, and [`Limits::max_fragments`] is how many frames there may be from
/// one part to the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct InParts {
    /// Text messages.
    pub text: bool,
    /// Binary messages.
    pub binary: bool,
}

/// Something complete that the peer sent.
///
/// A message borrows from the input where it lay there whole, and is owned where it was assembled.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A text message.
    Text(Cow<'a, str>),
    /// A binary message.
    Binary(Cow<'a, [u8]>),
    /// A part of a text message, for [`InParts`]; each part is whole characters.
    TextPart(Cow<'a, str>, Position),
    /// A part of a binary message, for [`InParts`].
    BinaryPart(Cow<'a, [u8]>, Position),
    /// A ping; it asks for a pong with the same payload (RFC 6455 §5.5.2).
    Ping(Cow<'a, [u8]>),
    /// A pong, asked for or not (RFC 6455 §5.5.3).
    Pong(Cow<'a, [u8]>),
    /// The peer's close frame, `None` if it carried no code; nothing comes after it (RFC 6455 §5.5.1).
    Close(Option<CloseFrame>),
}

/// Where a part stands in its message. One that is all of it comes as a whole message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The message begins, and goes on. Not empty.
    First,
    /// The message goes on. Not empty.
    Middle,
    /// The message ends; it may be empty.
    Last,
}

/// The payload of a ping or pong: at most 125 bytes, held inline.
pub type ControlPayload = InlineBytes<MAX_CONTROL_PAYLOAD>;
