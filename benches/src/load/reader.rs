//! Frames as servers send them, of which no more is looked at than has to be.

use std::fmt;

/// Where a connection's stream stands.
pub(crate) struct Reader {
    header: [u8; 14],
    header_length: usize,
    in_payload: bool,
    is_last: bool,
    is_compressed: bool,
    /// That of the frame.
    opcode: u8,
    /// That of the message, which stands in its first frame.
    kind: u8,
    /// What of the frame's payload is still to come.
    rest: usize,
    /// How much of the message's payload has come.
    offset: usize,
    /// Whether the payload of this message is shown.
    is_shown: bool,
    /// The payload of a control frame.
    control: Vec<u8>,
}

/// What is told of a connection; `token` is the connection's.
pub(crate) trait Receive {
    /// A message begins: is its payload to be shown?
    fn begin(&mut self, token: usize) -> bool;
    /// A part of the payload, from `offset` on.
    fn data(&mut self, token: usize, offset: usize, bytes: &[u8]);
    /// The message is complete.
    fn message(&mut self, token: usize, message: Received);
    /// A control frame.
    fn control(&mut self, token: usize, opcode: u8, payload: &[u8]);
}

/// A complete message.
#[derive(Clone, Copy)]
pub(crate) struct Received {
    pub(crate) opcode: u8,
    /// Its bytes on the wire.
    pub(crate) length: usize,
    pub(crate) is_compressed: bool,
}

/// A header that no server sends: the stream is not what it was taken for.
#[derive(Debug)]
pub(crate) struct LostFraming;

impl Reader {
    pub(crate) fn new() -> Self {
        Self {
            header: [0; 14],
            header_length: 0,
            in_payload: false,
            is_last: false,
            is_compressed: false,
            opcode: 0,
            kind: 0,
            rest: 0,
            offset: 0,
            is_shown: false,
            control: Vec::new(),
        }
    }

    /// Takes what was read.
    #[inline]
    pub(crate) fn feed(
        &mut self,
        mut bytes: &[u8],
        token: usize,
        receiver: &mut impl Receive,
    ) -> Result<(), LostFraming> {
        loop {
            if self.in_payload {
                let (part, behind) = bytes.split_at(self.rest.min(bytes.len()));
                bytes = behind;
                self.rest -= part.len();
                if self.opcode >= 8 {
                    self.control.extend_from_slice(part);
                } else {
                    if self.is_shown && !part.is_empty() {
                        receiver.data(token, self.offset, part);
                    }
                    self.offset += part.len();
                }
                if self.rest > 0 {
                    return Ok(());
                }
                self.in_payload = false;
                self.end(token, receiver);
            }
            if bytes.is_empty() {
                return Ok(());
            }
            match self.take_header(bytes, token, receiver)? {
                Some(behind) => bytes = behind,
                None => return Ok(()),
            }
        }
    }

    #[inline]
    fn end(&mut self, token: usize, receiver: &mut impl Receive) {
        if self.opcode >= 8 {
            receiver.control(token, self.opcode, &self.control);
            self.control.clear();
        } else if self.is_last {
            let message = Received {
                opcode: self.kind,
                length: self.offset,
                is_compressed: self.is_compressed,
            };
            receiver.message(token, message);
            self.offset = 0;
        }
    }

    /// What stands behind the header; `None` while it is not complete.
    #[inline]
    fn take_header<'b>(
        &mut self,
        mut bytes: &'b [u8],
        token: usize,
        receiver: &mut impl Receive,
    ) -> Result<Option<&'b [u8]>, LostFraming> {
        if self.header_length == 0
            && let Some((header, behind)) = split_header(bytes)
        {
            self.begin(header, token, receiver)?;
            return Ok(Some(behind));
        }
        loop {
            let header = self.header;
            if let Some((header, _)) = split_header(&header[..self.header_length]) {
                self.header_length = 0;
                self.begin(header, token, receiver)?;
                return Ok(Some(bytes));
            }
            let Some((byte, behind)) = bytes.split_first() else {
                return Ok(None);
            };
            self.header[self.header_length] = *byte;
            self.header_length += 1;
            bytes = behind;
        }
    }

    #[inline]
    fn begin(
        &mut self,
        header: &[u8],
        token: usize,
        receiver: &mut impl Receive,
    ) -> Result<(), LostFraming> {
        if header[0] & 0x30 != 0 {
            return Err(LostFraming);
        }
        self.is_last = header[0] & 0x80 != 0;
        self.opcode = header[0] & 0x0f;
        self.rest = match header[1] & 0x7f {
            126 => usize::from(u16::from_be_bytes([header[2], header[3]])),
            127 => {
                let (length, _) = header[2..].split_first_chunk().ok_or(LostFraming)?;
                usize::try_from(u64::from_be_bytes(*length)).map_err(|_| LostFraming)?
            }
            length => usize::from(length),
        };
        if self.opcode < 8 && self.offset == 0 {
            self.kind = self.opcode;
            self.is_compressed = header[0] & 0x40 != 0;
            self.is_shown = receiver.begin(token);
        }
        self.in_payload = true;
        Ok(())
    }
}

/// The header at the beginning of `bytes`, if all of it is there. A server that only sends back what it reads sends
/// masked frames.
#[inline]
fn split_header(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let second = bytes.get(1)?;
    let length = match second & 0x7f {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    bytes.split_at_checked(length + mask)
}

impl fmt::Display for LostFraming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a header with reserved bits came: the framing is lost")
    }
}

impl std::error::Error for LostFraming {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;

    #[derive(Default)]
    struct Seen {
        data: Vec<u8>,
        messages: Vec<(u8, usize, bool)>,
        controls: Vec<(u8, Vec<u8>)>,
    }

    impl Receive for Seen {
        fn begin(&mut self, _: usize) -> bool {
            true
        }

        fn data(&mut self, _: usize, offset: usize, bytes: &[u8]) {
            let before: usize = self.messages.iter().map(|(_, length, _)| length).sum();
            assert_eq!(self.data.len(), before + offset);
            self.data.extend_from_slice(bytes);
        }

        fn message(&mut self, _: usize, message: Received) {
            let Received {
                opcode,
                length,
                is_compressed,
            } = message;
            self.messages.push((opcode, length, is_compressed));
        }

        fn control(&mut self, _: usize, opcode: u8, payload: &[u8]) {
            self.controls.push((opcode, payload.to_vec()));
        }
    }

    /// Unmasked frames as servers send them, cut at every place.
    #[test]
    fn a_stream_reads_the_same_wherever_it_is_cut() {
        let mut stream = vec![0x81, 3];
        stream.extend(b"abc");
        stream.extend([0x89, 2, 7, 8]); // a ping
        stream.extend([0xc1, 1, b'd']); // compressed
        stream.extend([0x82, 126, 0, 200]);
        stream.extend([9; 200]);
        stream.extend([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        stream.extend(vec![8; 65536]);
        stream.extend(Frame::new(2, &[5; 130], [0; 4]).bytes); // what a raw server sends back
        for at in (0..30).chain([200, 220, 225, 70000, stream.len()]) {
            let mut seen = Seen::default();
            let mut reader = Reader::new();
            let at = at.min(stream.len());
            reader.feed(&stream[..at], 0, &mut seen).expect("frames");
            reader.feed(&stream[at..], 0, &mut seen).expect("frames");
            let expected = [
                (1, 3, false),
                (1, 1, true),
                (2, 200, false),
                (2, 65536, false),
                (2, 130, false),
            ];
            assert_eq!(seen.messages, expected, "cut at {at}");
            assert_eq!(seen.controls, [(9, vec![7, 8])]);
            assert!(seen.data.starts_with(b"abcd"));
        }
    }

    #[test]
    fn reserved_bits_are_noticed() {
        let fed = Reader::new().feed(&[0xb1, 0], 0, &mut Seen::default());
        assert!(fed.is_err());
    }
}
