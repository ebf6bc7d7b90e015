use compact_str::CompactString;

/// The name of a room, which has from 1 to 256 bytes. Short ones need no allocation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RoomName(CompactString);

/// A name that no room can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRoom {
    /// The name is empty.
    #[error("the name of a room is empty: give it at least one character")]
    Empty,
    /// The name has more than 256 bytes.
    #[error(
        "the name of a room has at most 256 bytes, and this one has {bytes}: take a shorter one, such as an id"
    )]
    TooLong {
        /// The length of the name in bytes.
        bytes: usize,
    },
}

/// Why a session is not in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// No room can have this name.
    #[error(transparent)]
    Name(#[from] InvalidRoom),
    /// The session has ended, or begun to: it is in no room any more.
    #[error(
        "the session is closed, and a closed session joins no room: let the peer connect again"
    )]
    Closed,
    /// The session is in as many rooms as it may be in.
    #[error("the session is in {max} rooms, and may be in no more: leave one of them first")]
    TooMany {
        /// How many it may be in.
        max: usize,
    },
}

impl RoomName {
    const MAX_BYTES: usize = 256;

    pub(crate) fn new(name: CompactString) -> Result<Self, InvalidRoom> {
        match name.len() {
            0 => Err(InvalidRoom::Empty),
            bytes if bytes > Self::MAX_BYTES => Err(InvalidRoom::TooLong { bytes }),
            _ => Ok(Self(name)),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<RoomName> for CompactString {
    fn from(RoomName(name): RoomName) -> Self {
        name
    }
}
