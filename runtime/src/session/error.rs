use crate::error::BoxError;

/// Why a message was not queued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// No open session has this key. It ends with the advice of the Java original.
    #[error(
        "user {key} is not online; the connection is closed, refresh the page and try again (连接已关闭,请刷新页面后重试)"
    )]
    Offline {
        /// The key that nobody has.
        key: String,
    },
    /// The session has ended, or begun to.
    #[error("the session is closed: connect again, then send again")]
    Closed,
    /// The session's outbox has no room: its peer reads more slowly than messages are sent.
    #[error(
        "the outbox is full: the peer reads too slowly; send less, or wait with `Session::send`"
    )]
    Full,
    /// The message is larger than the whole outbox.
    #[error(
        "a message of {size} bytes does not fit an outbox of {limit} bytes: send it in parts, or raise `outbox_bytes`"
    )]
    TooLarge {
        /// The message's length in bytes.
        size: usize,
        /// The outbox's bound in bytes.
        limit: usize,
    },
    /// The value could not be written as a message.
    #[error("the message cannot be encoded: {0}")]
    Encode(#[source] BoxError),
}
