/// A masking key as it is written in a frame header (RFC 6455 §5.3).
///
/// A client needs a fresh key for each frame, one that the peer's applications cannot predict.
pub type MaskingKey = [u8; 4];

/// A masking key (RFC 6455 §5.3), rotated to the position of the next byte of its payload.
///
/// It is a number instead of bytes because a number is copied in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mask(u32);

impl Mask {
    /// The key for a payload that is not masked: zeros change nothing.
    pub(super) const NONE: Self = Self(0);

    #[inline]
    pub(super) fn new(key: MaskingKey) -> Self {
        Self(u32::from_le_bytes(key))
    }

    /// Masks or unmasks the next bytes of the payload in place.
    ///
    /// The key stays rotated, so a payload that arrives in pieces takes one call for each piece.
    pub(super) fn apply(&mut self, data: &mut [u8]) {
        if *self == Self::NONE {
            return;
        }
        let word = (u64::from(self.0) << 32 | u64::from(self.0)).to_le();
        for _ in 0..data.len() % 4 {
            self.0 = self.0.rotate_right(8);
        }

        // Whole words, which the compiler turns into vector instructions.
        let (words, rest) = data.as_chunks_mut::<8>();
        for bytes in words {
            *bytes = (u64::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
        }
        for (byte, mask) in rest.iter_mut().zip(word.to_ne_bytes()) {
            *byte ^= mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition in RFC 6455 §5.3, byte by byte.
    fn section_5_3(data: &[u8], key: [u8; 4]) -> Vec<u8> {
        data.iter()
            .enumerate()
            .map(|(i, byte)| byte ^ key[i % 4])
            .collect()
    }

    #[test]
    fn section_5_7_example_of_a_masked_hello() {
        let mut data = [0x7f, 0x9f, 0x4d, 0x51, 0x58];
        Mask::new([0x37, 0xfa, 0x21, 0x3d]).apply(&mut data);
        assert_eq!(&data, b"Hello");
    }

    #[test]
    fn agrees_with_section_5_3_for_every_length_and_alignment() {
        let source: Vec<u8> = (0..=255).collect();
        let key = [0x12, 0x34, 0x56, 0x78];
        for start in 0..16 {
            for end in start..source.len() {
                let mut data = source.clone();
                Mask::new(key).apply(&mut data[start..end]);
                assert_eq!(data[start..end], section_5_3(&source[start..end], key));
                assert_eq!(data[..start], source[..start]);
                assert_eq!(data[end..], source[end..]);
            }
        }
    }

    #[test]
    fn pieces_give_the_same_as_the_whole() {
        let source: Vec<u8> = (0..=63).collect();
        let key = [0xde, 0xad, 0xbe, 0xef];
        for piece in 1..=source.len() {
            let mut data = source.clone();
            let mut mask = Mask::new(key);
            for chunk in data.chunks_mut(piece) {
                mask.apply(chunk);
            }
            assert_eq!(data, section_5_3(&source, key), "pieces of {piece}");
        }
    }
}
