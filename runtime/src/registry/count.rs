/// A number of sessions, over all nodes where there is a cluster: of a [room](crate::Room::count), of an
/// [endpoint](crate::Endpoint::count), or of those that were [closed](crate::close_key).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Count {
    /// How many.
    pub sessions: usize,
    /// Whether there may be more: a node did not answer within 500 ms, has not been heard yet, or the broker of the cluster
    /// was away. Always `false` where there is no cluster.
    pub is_partial: bool,
}

impl Count {
    /// Sessions of this process.
    pub(crate) fn here(sessions: usize) -> Self {
        Self {
            sessions,
            is_partial: false,
        }
    }

    /// With those of other nodes.
    pub(crate) fn and(self, there: Self) -> Self {
        Self {
            sessions: self.sessions + there.sessions,
            is_partial: self.is_partial || there.is_partial,
        }
    }
}
