//! What messages are made of: the same bytes in every run.

/// A small generator of numbers (xorshift) that look random enough.
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.to_le_bytes()[2]
    }

    pub(crate) fn mask(&mut self) -> [u8; 4] {
        [(); 4].map(|()| self.byte() | 1)
    }

    /// Any bytes.
    pub(crate) fn binary(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }

    /// ASCII.
    pub(crate) fn text(&mut self, length: usize) -> Vec<u8> {
        const LETTERS: &[u8; 64] =
            b"abcdefghijklmnopqrstuvwxyz 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.";
        let letter = |_| LETTERS[usize::from(self.byte() % 64)];
        (0..length).map(letter).collect()
    }

    /// A JSON array of records as a program pushes them, after `head` bytes of something else.
    pub(crate) fn json(&mut self, head: usize, length: usize) -> Vec<u8> {
        let mut json = self.text(head);
        json.extend(b"[");
        while json.len() < length {
            let (id, user, step) = (json.len() * 7919, self.byte(), self.byte() % 5);
            let record = format!(
                r#"{{"id":{id},"user":"user-{user}","step":{step},"type":"message","read":false}},"#
            );
            json.extend(record.bytes());
        }
        json.truncate(length);
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_have_their_length() {
        let mut noise = Noise::new();
        for length in [16, 64, 1024, 65536] {
            assert_eq!(noise.binary(length).len(), length);
            assert_eq!(noise.text(length).len(), length);
            assert_eq!(noise.json(8, length).len(), length);
        }
        assert!(noise.text(1000).is_ascii());
    }
}
