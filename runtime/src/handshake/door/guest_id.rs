/// One of the connections at the door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct GuestId(pub(super) u64);
