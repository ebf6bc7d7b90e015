/// Decides what happens when the reply of a handler is larger than the whole outbox: the setting `unsent_reply`.
///
/// `#[on_error]` gets an error of [`ErrorKind::Encode`](crate::ErrorKind::Encode) in both cases. The failure of an encoder
/// is not affected: it is an error of the program's own, as one that a handler returns, and `#[on_error]` decides what
/// the peer hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnsentReply {
    /// `"close"`: the session is closed with 1011 after `#[on_error]`, so that the peer does not wait for the reply.
    #[default]
    Close,
    /// `"ignore"`: the session stays open. Java: what Tomcat does.
    Ignore,
}
