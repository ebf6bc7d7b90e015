use std::sync::Arc;

use super::rooms::ROOMS;
use super::{Registry, Room, clustered, running};
use crate::cluster::{self, Audience, endpoint_number};
use crate::session::RoomName;
use crate::site::EndpointId;

/// A number of sessions, over all nodes where there is a cluster: of a [room](Room::count), of an
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
    pub(super) fn here(sessions: usize) -> Self {
        Self {
            sessions,
            is_partial: false,
        }
    }

    /// With those of other nodes.
    pub(super) fn and(self, there: Self) -> Self {
        Self {
            sessions: self.sessions + there.sessions,
            is_partial: self.is_partial || there.is_partial,
        }
    }
}

/// How many sessions are in a room on all nodes.
pub(super) fn of_room(room: &Room) -> impl Future<Output = Count> + Send + use<> {
    let name = room.checked();
    async move {
        let Ok(name) = name else {
            return Count::default();
        };
        let here = Count::here(ROOMS.len(&name));
        here.and(elsewhere(Audience::Room(name)).await)
    }
}

/// How many sessions an endpoint has on all nodes.
pub(crate) async fn of_endpoint(endpoint: EndpointId) -> Count {
    let sessions = |registry: &Arc<Registry>| registry.count(endpoint);
    let here = Count::here(running().iter().map(sessions).sum());
    let audience = Audience::Endpoint(endpoint_number(endpoint));
    here.and(elsewhere(audience).await)
}

/// How many sessions one server has in a room.
pub(crate) fn count_in_room(registry: &Arc<Registry>, room: &RoomName) -> usize {
    ROOMS.len_at(registry, room)
}

async fn elsewhere(audience: Audience) -> Count {
    match clustered() {
        Some(registries) => cluster::count(&registries, audience).await,
        None => Count::default(),
    }
}
