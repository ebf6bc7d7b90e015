use bytes::Bytes;

use super::{Pass, Place, Stream};
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
}
