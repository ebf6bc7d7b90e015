use serde::Serialize;

/// A difference in behaviour that a class touches, in order of risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub enum Difference {
    /// A loop over a map, in a method that `onOpen` calls.
    OlderToo,
    /// A push by key while its connection opens.
    OpeningKey,
    /// An older connection of the same key.
    OlderConnection,
    /// `close` of the value of a map.
    CloseAll,
    /// An error in `onMessage`.
    ErrorLeavesOpen,
    /// A kind of message without a handler.
    Unhandled,
    /// Pages of other sites.
    Origins,
    /// A path variable that is a number.
    PathNumber,
    /// The number of sessions in a handler.
    Counts,
    /// `send_info` and its promise.
    Delivered,
    /// A service that may block.
    Blocking,
    /// The end of a connection.
    CloseCodes,
}

impl Difference {
    /// Returns what differs.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::OlderToo => {
                "A loop over the map of users runs while a session opens. It is a loop over all sessions here, so an older \
                 connection of the same user gets the message too, which Java had thrown out of the map."
            }
            Self::OpeningKey => {
                "While `#[on_open]` runs, an older connection of the same key still has the key: a push to it goes to the older \
                 one, if there is one. In Java the one that opens had replaced it."
            }
            Self::OlderConnection => {
                "When a user connects twice and the older connection ends, Java takes the newer one out of the map, and it \
                 gets nothing any more. Here the newer one keeps the key. Set `on_duplicate` for other rules."
            }
            Self::CloseAll => {
                "`close_key` closes all connections of the user; Java closed the one in the map."
            }
            Self::ErrorLeavesOpen => {
                "An error in `on_message` is passed to `on_error` and leaves the session open. Tomcat closes it."
            }
            Self::Unhandled => {
                "A kind of message without a handler ends the connection with 1003. Tomcat drops it silently: write \
                 `unhandled = \"ignore\"` beside the path for that."
            }
            Self::Origins => {
                "Pages of other sites cannot connect. Java lets everybody in: see the setting `origins`."
            }
            Self::PathNumber => {
                "A path variable that is not a number is answered with 400. In Java the session opens, and every handler fails."
            }
            Self::Counts => {
                "Counts are the numbers of open connections: the one that opens is included, the one that ends is not, and a \
                 user with two connections counts twice."
            }
            Self::Delivered => {
                "`send_info` means queued on an open session, and fails at once if there is none. It never blocks on a slow reader."
            }
            Self::Blocking => {
                "A call of a service runs where the handler runs. One that waits for a database or for HTTP holds a thread of \
                 the runtime: wrap it in `tokio::task::spawn_blocking`."
            }
            Self::CloseCodes => {
                "A client that vanishes is 1006 in `on_close` and no error; Java calls `onError` with an `EOFException` first."
            }
        }
    }
}
