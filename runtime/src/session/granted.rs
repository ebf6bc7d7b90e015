use http::HeaderValue;

use crate::request::Principal;

/// What the answer to the handshake settled about a session. Most sessions have nothing of it.
#[derive(Debug, Default)]
pub(crate) struct Granted {
    pub(crate) principal: Option<Principal>,
    pub(crate) subprotocol: Option<Box<str>>,
    /// The value of `Sec-WebSocket-Extensions`.
    pub(crate) extensions: Option<HeaderValue>,
}

impl Granted {
    /// On the heap, and only where there is something, because every session has a place for it.
    pub(super) fn boxed(self) -> Option<Box<Self>> {
        let Self {
            principal,
            subprotocol,
            extensions,
        } = &self;
        let is_empty = principal.is_none() && subprotocol.is_none() && extensions.is_none();
        (!is_empty).then(|| Box::new(self))
    }
}
