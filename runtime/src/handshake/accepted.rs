use bytes::Bytes;

use super::{AnyFactory, Pass, Place, Stream};
use crate::protocol::Agreement;

/// A connection whose handshake is over, before its first handler runs.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) place: Place,
    pub(crate) stream: Stream,
    /// What the peer sent right behind its half of the handshake.
    pub(crate) received: Bytes,
    /// Its place at the door, where connections are counted.
    pub(crate) pass: Option<Pass>,
    /// Messages that come in may be compressed.
    pub(crate) deflate: Option<Agreement>,
    /// Makes the value of the endpoint, if somebody gave one that does.
    pub(crate) factory: Option<AnyFactory>,
}
