//! `Tenant` of `Tenant.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Tenant;

#[server_endpoint("/{tenant}/inbox/{user}", key = "user")]
impl Tenant {
    #[on_open]
    fn on_open(&self, session: &Session, #[path_param] tenant: &str) {
        tracing::info!("{tenant} has {}", Self::sessions().len());
    }

    pub fn has(user: &str) -> bool {
        Self::is_online(user)
    }
}
