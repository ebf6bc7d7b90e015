//! `Lobby` of `Lobby.java`, ported from Java.

use wspring::prelude::*;

pub struct Lobby {
    name: String,
}

#[server_endpoint("/lobby/{name}")]
impl Lobby {
    #[on_open]
    fn on_open(#[path_param] name: &str) -> Self {
        Self::tell_all(&format!("{name} has come"));
        Self { name: name.to_owned() }
    }

    #[on_close]
    fn on_close(&self) {
        Self::tell_all(&format!("{} has gone", self.name));
    }

    pub fn tell_all(text: &str) {
        for lobby in Self::sessions() {
            if let Err(error) = lobby.try_send(text) {
                tracing::warn!("not sent: {error}");
            }
        }
    }
}
