//! Frames as clients send them (RFC 6455 §5.2).

/// A masked frame, ready to be written.
pub(crate) struct Frame {
    pub(crate) bytes: Vec<u8>,
    /// Where the payload begins.
    pub(crate) header: usize,
    pub(crate) mask: [u8; 4],
}

/// The opcodes of control frames (§5.5).
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

impl Frame {
    pub(crate) fn new(opcode: u8, payload: &[u8], mask: [u8; 4]) -> Self {
        let mut bytes = vec![0x80 | opcode];
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(length @ 0..126), _) => bytes.push(0x80 | length),
            (_, Ok(length)) => {
                bytes.push(0x80 | 126);
                bytes.extend(length.to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                bytes.extend((payload.len() as u64).to_be_bytes());
            }
        }
        bytes.extend(mask);
        let header = bytes.len();
        let masked = payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, key)| byte ^ key);
        bytes.extend(masked);
        Self {
            bytes,
            header,
            mask,
        }
    }

    /// The payload as it stands on the wire, which a server that knows no WebSocket sends back.
    pub(crate) fn masked(&self) -> &[u8] {
        &self.bytes[self.header..]
    }

    /// Overwrites the beginning of the payload.
    pub(crate) fn stamp(&mut self, start: [u8; 8]) {
        let masked = start
            .iter()
            .zip(self.mask.iter().cycle())
            .map(|(byte, key)| byte ^ key);
        for (byte, stamped) in self.bytes[self.header..].iter_mut().zip(masked) {
            *byte = stamped;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc() {
        // RFC 6455 §5.7: a single-frame masked text message.
        let frame = Frame::new(1, b"Hello", [0x37, 0xfa, 0x21, 0x3d]);
        let expected = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        assert_eq!(frame.bytes, expected);
    }

    #[test]
    fn lengths_are_written_in_the_shortest_way() {
        for (length, header) in [(0, 6), (125, 6), (126, 8), (65535, 8), (65536, 14)] {
            let frame = Frame::new(2, &vec![0; length], [0; 4]);
            assert_eq!(frame.header, header, "{length}");
            assert_eq!(frame.masked().len(), length);
        }
    }
}
