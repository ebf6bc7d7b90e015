//! From an HTTP request to an accepted handshake, or to an HTTP answer that says what is wrong:
//! upgrade checks, origin, the door, compression, and taking the TCP stream back from the upgrade.

mod accept;
mod accepted;
mod compression;
mod door;
mod factory;
mod head_limits;
mod header;
mod hosts;
mod http_stream;
mod origin;
mod origins;
mod place;
mod refusal;
mod reject;
mod retry_after;
mod socket;
mod stream;
mod upgrade;
mod verify;

pub use accept::Accept;
pub(crate) use accepted::Accepted;
pub use compression::Compression;
pub(crate) use door::{Arrival, Door, DoorLimits, Network, Pass, Visit};
pub(crate) use factory::AnyFactory;
pub(crate) use head_limits::HeadLimits;
pub(crate) use header::is_reserved;
pub(crate) use hosts::Trust;
pub use hosts::{Hosts, InvalidHost};
pub(crate) use http_stream::HttpStream;
pub use origins::{InvalidOrigin, Origins};
pub(crate) use place::{Opening, Place};
pub(crate) use refusal::Refusal;
pub use reject::Reject;
pub(crate) use socket::Acknowledged;
pub(crate) use stream::{Stream, take_back, without_delay};
pub(crate) use upgrade::{Upgrading, upgrade};
pub(crate) use verify::{in_origin_form, is_handshake, only, verify};
