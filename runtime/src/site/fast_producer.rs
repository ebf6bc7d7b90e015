/// What happens to a peer that sends more than `messages_per_second` or `bytes_per_second` allow: the setting
/// `fast_producer`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FastProducer {
    /// `"wait"`: nothing more is read until the peer is within its limits again. Its own sends block in the end, and no
    /// message is lost.
    #[default]
    Wait,
    /// `"drop"`: messages beyond the limits reach no handler. Those that are taken in parts wait instead.
    Drop,
    /// `"close"`: the session is closed with 1008.
    Close,
}

/// How much a peer may send in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RateLimits {
    pub(crate) messages: Option<usize>,
    pub(crate) bytes: Option<usize>,
    pub(crate) policy: FastProducer,
}
