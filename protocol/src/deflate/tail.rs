/// The content of the empty block that a flush makes. It ends every message and is not sent
/// (RFC 7692 §7.2.1).
pub(super) const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
