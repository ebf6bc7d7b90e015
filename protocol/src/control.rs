use std::ops::Deref;

use super::inline::InlineBytes;
use super::sizes::MAX_CONTROL_PAYLOAD;

/// The payload of a ping or pong, stored without an allocation (RFC 6455 §5.5).
///
/// # Examples
///
/// ```
/// use wspring_protocol::{ControlPayload, MAX_CONTROL_PAYLOAD};
///
/// assert_eq!(*ControlPayload::truncating(b"are you there?"), *b"are you there?");
/// assert_eq!(ControlPayload::truncating(&[0; 200]).len(), MAX_CONTROL_PAYLOAD);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControlPayload(InlineBytes<MAX_CONTROL_PAYLOAD>);

impl ControlPayload {
    /// Copies `bytes`, up to the first [`MAX_CONTROL_PAYLOAD`] of them.
    #[inline]
    pub fn truncating(bytes: &[u8]) -> Self {
        let mut payload = Self::default();
        payload.extend(bytes);
        payload
    }

    /// Appends as many bytes from the front of `bytes` as fit.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }
}

impl Deref for ControlPayload {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.0
    }
}
