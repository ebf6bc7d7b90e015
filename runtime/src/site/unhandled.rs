/// What happens to a message of a kind that no handler takes: the setting `unhandled`, and `unhandled = "…"` of
/// [`#[server_endpoint]`](crate::server_endpoint).
///
/// A pong asks for nothing, and is ignored in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unhandled {
    /// `"close"`: the connection ends with 1003, so that the peer learns of it (RFC 6455 §7.4.1).
    #[default]
    Close,
    /// `"ignore"`: it is dropped, which is logged at level DEBUG. Java: what Tomcat does.
    Ignore,
}
