/// A figure that a scenario is to reach.
#[derive(Debug)]
pub(crate) enum Bar {
    None,
    /// At most so many times the processor time of raw TCP.
    OfRaw(f64),
    /// At most so many times the processor time of the same without compression.
    OfPlain(f64),
    /// Less processor time than every peer that a user could pick.
    AheadOfPeers,
    /// At most so many bytes of memory for a connection.
    Bytes(f64),
    /// At most so many MiB of memory more, and nobody else is delayed.
    GrowthMib(f64),
    /// All connections that were asked for are opened, pinged and closed.
    AllServed,
}
