//! Frames, parsed and unmasked in place.

/// No message is larger.
const MAX: usize = 16 * 1024 * 1024;

enum Parsed {
    /// More bytes are needed: so many in all, if that is known.
    Partial(usize),
    Frame {
        first: u8,
        header: usize,
        length: usize,
        mask: [u8; 4],
    },
    Broken,
}

/// What a connection has of a message in fragments: its opcode, then its payload.
pub(super) type Fragments = Vec<u8>;

/// Appends the header of an unmasked frame.
pub(super) fn header(out: &mut Vec<u8>, first: u8, length: usize) {
    out.push(first);
    match length {
        0..126 => out.push(length as u8),
        126..65536 => {
            out.push(126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

/// Takes all complete frames of `bytes`, hands messages to `on_message`, and writes what is to be answered to `out`.
/// Returns how many bytes were used and how many the next frame needs, or nothing when the connection is to end.
#[inline]
pub(super) fn take(
    bytes: &mut [u8],
    fragments: &mut Fragments,
    out: &mut Vec<u8>,
    on_message: &mut impl FnMut(u8, &[u8], &mut Vec<u8>),
) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        let (first, header, length, mask) = match parse(&bytes[at..]) {
            Parsed::Partial(needed) => return Some((at, needed)),
            Parsed::Broken => return None,
            Parsed::Frame {
                first,
                header,
                length,
                mask,
            } => (first, header, length, mask),
        };
        let payload = &mut bytes[at + header..at + header + length];
        unmask(payload, mask);
        at += header + length;
        let is_last = first & 0x80 != 0;
        match first & 0x0f {
            opcode @ (1 | 2) if is_last && fragments.is_empty() => {
                message(opcode, payload, out, on_message)?;
            }
            opcode @ 0..=2 => {
                if (opcode == 0) == fragments.is_empty() {
                    return None;
                }
                if opcode != 0 {
                    fragments.push(opcode);
                }
                fragments.extend_from_slice(payload);
                if is_last {
                    let whole = std::mem::take(fragments);
                    message(whole[0], &whole[1..], out, on_message)?;
                }
            }
            8 => {
                let code = &payload[..length.min(2)];
                self::header(out, 0x88, code.len());
                out.extend_from_slice(code);
                return None;
            }
            9 => {
                self::header(out, 0x8a, length);
                out.extend_from_slice(payload);
            }
            10 => {}
            _ => return None,
        }
    }
}

#[inline]
fn message(
    opcode: u8,
    payload: &[u8],
    out: &mut Vec<u8>,
    on_message: &mut impl FnMut(u8, &[u8], &mut Vec<u8>),
) -> Option<()> {
    if opcode == 1 {
        std::str::from_utf8(payload).ok()?;
    }
    on_message(opcode, payload, out);
    Some(())
}

#[inline]
fn parse(bytes: &[u8]) -> Parsed {
    if bytes.len() < 6 {
        return Parsed::Partial(0);
    }
    if bytes[1] & 0x80 == 0 || bytes[0] & 0x70 != 0 {
        return Parsed::Broken;
    }
    let (header, length) = match bytes[1] & 0x7f {
        126 if bytes.len() < 8 => return Parsed::Partial(0),
        126 => (8, usize::from(u16::from_be_bytes([bytes[2], bytes[3]]))),
        127 => match bytes[2..].split_first_chunk() {
            Some((length, mask)) if mask.len() >= 4 => (14, u64::from_be_bytes(*length) as usize),
            _ => return Parsed::Partial(0),
        },
        length => (6, usize::from(length)),
    };
    if length > MAX {
        return Parsed::Broken;
    }
    if bytes.len() < header + length {
        return Parsed::Partial(header + length);
    }
    let mask = [
        bytes[header - 4],
        bytes[header - 3],
        bytes[header - 2],
        bytes[header - 1],
    ];
    Parsed::Frame {
        first: bytes[0],
        header,
        length,
        mask,
    }
}

#[inline]
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let key = u32::from_ne_bytes(mask);
    let (words, rest) = payload.as_chunks_mut::<4>();
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ key).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask) {
        *byte ^= key;
    }
}
