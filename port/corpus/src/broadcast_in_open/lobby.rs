//! `Lobby` of `Lobby.java`, ported from Java.

use wspring::prelude::*;

pub struct Lobby {
    name: String,
}

#[server_endpoint("/lobby/{name}")]
impl Lobby {
    #[on_open]
    async fn on_open(#[path_param] name: &str) -> Self {
        Self::tell_all(&format!("{name} has come")).await;
        Self { name: name.to_owned() }
    }

    #[on_close]
    async fn on_close(&self) {
        Self::tell_all(&format!("{} has gone", self.name)).await;
    }

    pub async fn tell_all(text: &str) {
        if let Err(error) = Self::broadcast(text).await {
            tracing::warn!("not sent: {error}");
        }
    }
}
