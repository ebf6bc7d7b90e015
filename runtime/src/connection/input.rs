//! What was received: bytes that are not decoded yet, and messages that wait for their handler.

mod buffer;
mod inbox;

pub(super) use self::buffer::Input;
pub(super) use self::inbox::Inbox;
