use std::sync::Arc;

use crate::cluster::{self, Audience, endpoint_number};
use crate::registry::{Count, Registry, clustered, count_members, running};
use crate::session::RoomName;
use crate::site::EndpointId;

/// How many sessions are in a room on all nodes.
pub(super) async fn of_room(name: Option<RoomName>) -> Count {
    let Some(name) = name else {
        return Count::default();
    };
    let here = Count::here(count_members(&name));
    here.and(elsewhere(Audience::Room(name)).await)
}

/// How many sessions an endpoint has on all nodes.
pub(crate) async fn of_endpoint(endpoint: EndpointId) -> Count {
    let sessions = |registry: &Arc<Registry>| registry.count(endpoint);
    let here = Count::here(running().iter().map(sessions).sum());
    let audience = Audience::Endpoint(endpoint_number(endpoint));
    here.and(elsewhere(audience).await)
}

async fn elsewhere(audience: Audience) -> Count {
    match clustered() {
        Some(registries) => cluster::count(&registries, audience).await,
        None => Count::default(),
    }
}
