/// The longest payload of a control frame, in bytes (RFC 6455 §5.5).
pub const MAX_CONTROL_PAYLOAD: usize = 125;

/// The longest reason of a close frame, in bytes of UTF-8: what the two bytes of the code leave of
/// [`MAX_CONTROL_PAYLOAD`] (RFC 6455 §5.5.1).
pub const MAX_CLOSE_REASON: usize = MAX_CONTROL_PAYLOAD - size_of::<u16>();

/// The longest frame header, in bytes: two, a 64-bit length and a masking key (RFC 6455 §5.2).
pub const MAX_HEADER: usize = 14;
