//! The data of an endpoint at its path: who it is, what a session of it is called, and what applies to its connections.

mod declared_at;
mod endpoint_id;
mod fast_producer;
mod key;
mod on_duplicate;
mod socket_buffers;
mod state;
mod terms;
mod unhandled;
mod unsent_reply;

pub(crate) use declared_at::DeclaredAt;
pub(crate) use endpoint_id::EndpointId;
pub use fast_producer::FastProducer;
pub(crate) use fast_producer::RateLimits;
pub(crate) use key::Key;
pub use on_duplicate::OnDuplicate;
pub(crate) use socket_buffers::SocketBuffers;
pub use state::Requirements;
pub(crate) use state::StateMap;
pub(crate) use terms::Terms;
pub use unhandled::Unhandled;
pub use unsent_reply::UnsentReply;
