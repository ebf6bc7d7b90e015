//! A server's side of a connection over a byte slice, without any I/O.
//!
//! Run it with `cargo run -p wspring-protocol --example bytes`.

use wspring_protocol::{
    Decoder, Event, Limits, MaskingKey, Opcode, ProtocolError, Role, encode_close, encode_frame,
};

fn main() -> Result<(), ProtocolError> {
    let mut received = client();
    // A network cuts anywhere. The decoder keeps what is unfinished.
    let mut replies = Vec::new();
    let mut server = Server::new();
    for piece in received.chunks_mut(7) {
        server.receive(piece, &mut replies)?;
    }
    println!("the server sends {}", replies.escape_ascii());
    Ok(())
}

/// Returns the bytes of a client that sends a text in two fragments with a ping between them, then
/// closes.
pub(crate) fn client() -> Vec<u8> {
    // A real client takes a fresh random key for each frame.
    const KEY: Option<MaskingKey> = Some([0x37, 0xfa, 0x21, 0x3d]);
    let mut sent = Vec::new();
    encode_frame(&mut sent, Opcode::Text, false, KEY, b"Hello, ");
    encode_frame(&mut sent, Opcode::Ping, true, KEY, b"there?");
    encode_frame(&mut sent, Opcode::Continuation, true, KEY, b"world");
    encode_close(&mut sent, KEY, Some(1000), "done");
    sent
}

/// An echo server's side of one connection.
pub(crate) struct Server(Decoder);

impl Server {
    /// Creates the state of a connection whose opening handshake is done.
    pub(crate) fn new() -> Self {
        Self(Decoder::new(Role::Server, Limits::new(64 * 1024, None)))
    }

    /// Handles bytes from the client, and appends the answers to `replies`.
    ///
    /// # Errors
    ///
    /// If the client broke the protocol. The close frame that says so is in `replies`.
    pub(crate) fn receive(
        &mut self,
        mut input: &mut [u8],
        replies: &mut Vec<u8>,
    ) -> Result<(), ProtocolError> {
        loop {
            match self.0.decode(&mut input) {
                Ok(Some(Event::Text(text))) => {
                    println!("the client says {text:?}");
                    encode_frame(replies, Opcode::Text, true, None, text.as_bytes());
                }
                Ok(Some(Event::Binary(bytes))) => {
                    encode_frame(replies, Opcode::Binary, true, None, &bytes);
                }
                Ok(Some(Event::Ping(payload))) => {
                    encode_frame(replies, Opcode::Pong, true, None, &payload);
                }
                Ok(Some(Event::Close(frame))) => {
                    let code = frame.map(|frame| frame.code);
                    println!("the client closes with {code:?}");
                    encode_close(replies, None, code, "");
                }
                // Nothing is owed for a pong, and no parts were asked for.
                Ok(Some(Event::Pong(_) | Event::TextPart(..) | Event::BinaryPart(..))) => {}
                Ok(None) => return Ok(()),
                Err(error) => {
                    encode_close(replies, None, Some(error.close_code()), &error.to_string());
                    return Err(error);
                }
            }
        }
    }
}
