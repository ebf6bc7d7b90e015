//! The WebSocket protocol without I/O: bytes in, events out (RFC 6455 and RFC 7692).
//!
//! The crate knows everything that a connection must do with bytes: frame headers, masking,
//! fragments, UTF-8, the rules for control and close frames, limits on the memory that a peer can
//! claim, and compression with permessage-deflate. It opens no socket, reads no clock and needs no
//! async runtime, so it fits into any program that can move bytes. It is the engine of the framework
//! [`wspring`](https://docs.rs/wspring).
//!
//! # Receiving
//!
//! Give a [`Decoder`] whatever the peer sent, cut anywhere. It returns complete [`Event`]s and keeps
//! what belongs to an unfinished frame.
//!
//! ```
//! use wspring_protocol::{Decoder, Event, Limits, Role};
//!
//! let mut decoder = Decoder::new(Role::Client, Limits::new(64 * 1024, None));
//! let mut received = *b"\x81\x05Hello\x89\x02hi";
//! let mut input = received.as_mut_slice();
//!
//! assert_eq!(decoder.decode(&mut input)?, Some(Event::Text("Hello".into())));
//! assert_eq!(decoder.decode(&mut input)?, Some(Event::Ping(b"hi".into())));
//! assert_eq!(decoder.decode(&mut input)?, None);
//! # Ok::<(), wspring_protocol::ProtocolError>(())
//! ```
//!
//! A message that lies in the input as one whole frame is unmasked in place, checked once and lent to
//! the caller, without an allocation or a copy. Any other message is copied once, while it is
//! assembled; with [`InParts`] the decoder passes it on in parts and never assembles it. Between
//! messages the decoder holds no memory on the heap, except with context takeover.
//!
//! # Sending
//!
//! [`encode_frame`] and [`encode_close`] append frames to a `Vec<u8>`. [`encode_header`] writes only
//! the header, for a payload that is sent from where it lies.
//!
//! ```
//! use wspring_protocol::{Opcode, encode_close, encode_frame};
//!
//! let mut out = Vec::new();
//! encode_frame(&mut out, Opcode::Text, true, None, b"Hello");
//! encode_close(&mut out, None, Some(1000), "bye");
//! assert_eq!(out, b"\x81\x05Hello\x88\x05\x03\xe8bye");
//! ```
//!
//! # Compression
//!
//! [`DeflateConfig`] negotiates permessage-deflate and yields an [`Agreement`], from which the two
//! directions are made: [`Decoder::with_deflate`] inflates what is received, and a [`Deflater`]
//! compresses what is sent. [`CompressOnce`] shares the compressed payload of one message among many
//! receivers.
//!
//! # What the caller must do
//!
//! * **I/O and buffers.** Read into a buffer, pass it to the decoder, and write what was encoded. Each
//!   frame must reach the peer whole and in order.
//! * **The opening handshake** (RFC 6455 §4). The example `echo.rs` does it by hand; an HTTP library
//!   does it better.
//! * **Pings.** Answer each [`Event::Ping`] with a pong that carries the same payload
//!   (RFC 6455 §5.5.2).
//! * **The closing handshake** (RFC 6455 §7). Answer [`Event::Close`] with a close frame unless you
//!   have sent one, send nothing after it, and close the connection; the server closes TCP first.
//!   After a [`ProtocolError`], send a close frame with its [code](ProtocolError::close_code), then
//!   close the connection.
//! * **Order within a message.** Between the fragments of a message, send only control frames.
//! * **Masking keys.** A client needs a fresh, unpredictable [`MaskingKey`] for each frame
//!   (RFC 6455 §5.3). A server passes `None`.
//! * **Timers.** Limit how long you wait for the handshake, for the rest of a message
//!   ([`Decoder::is_mid_message`] tells whether one has begun), for a pong, and for the peer's close
//!   frame.
//!
//! # Limits
//!
//! Whatever a peer sends, the decoder holds at most one message of the size that [`Limits`] allows,
//! one frame header, one control frame and the state of one inflater. Memory grows with the bytes that
//! arrive, not with the length that a header announces. Compressed data is inflated in small steps and
//! counted as it grows, so a message that would exceed the limit is refused early.
//!
//! # Where things are
//!
//! ```text
//! received bytes ─▶ Decoder ─▶ FrameHeader::parse   header.rs              the rules for one frame
//!  decoder.rs          │           └─▶ Payload::take  payload.rs, mask.rs    unmasks in place
//!                      │                 ├─ a whole message ─▶ lent to the caller
//!                      │                 └─ a part of one ───▶ Message   assembly.rs, utf8.rs
//!                      │                    or a compressed one, through Inflater   deflate/
//!                      └─▶ Event (event.rs) or ProtocolError (error.rs)
//!
//! encode_frame, encode_header, encode_close ─▶ bytes to send        encoder.rs
//!   └─ encode_compressed_… for the output of Deflater              deflate/
//! ```

mod assembly;
mod close;
mod control;
mod decoder;
mod deflate;
mod encoder;
mod error;
mod event;
mod header;
mod inline;
mod limits;
mod mask;
mod opcode;
mod payload;
mod role;
mod sizes;
mod utf8;

pub use self::close::{CloseFrame, is_sendable_close_code};
pub use self::control::ControlPayload;
pub use self::decoder::Decoder;
pub use self::deflate::{
    Agreement, CompressOnce, DeflateConfig, Deflater, InvalidAnswer, Level, WindowBits,
};
pub use self::encoder::{
    encode_close, encode_compressed_frame, encode_compressed_header, encode_frame, encode_header,
    mask,
};
pub use self::error::ProtocolError;
pub use self::event::{Event, Position};
pub use self::limits::{InParts, Limits};
pub use self::mask::MaskingKey;
pub use self::opcode::Opcode;
pub use self::role::Role;
pub use self::sizes::{MAX_CLOSE_REASON, MAX_CONTROL_PAYLOAD, MAX_HEADER};

/// The examples of the README, compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
