/// Something that is due on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::connection) enum Due {
    /// Send a ping.
    Ping,
    /// The peer has not answered the last ping, if that has reached it.
    Pong,
    /// The peer has not finished the message that it began.
    Message,
    /// A message in parts has taken too long to arrive.
    Arrival,
    /// It is time to see whether the peer takes what waits for it.
    Write,
    /// It is time to see whether this side has finished the message that it began.
    Unfinished,
    /// Nothing has gone either way that counts as activity.
    Idle,
    /// The session has reached its greatest age.
    Age,
    /// The login behind the session has ended.
    Login,
    /// The peer has been within its limits for long enough.
    Pause,
    /// The peer has not answered the Close frame, if that has reached it.
    Close,
}
