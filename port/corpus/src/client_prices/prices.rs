//! `Prices` of `Prices.java`, ported from Java.

use wspring::prelude::*;

pub struct Prices {
    session: Session,
}

#[client_endpoint]
impl Prices {
    #[on_open]
    fn on_open(session: &Session) -> Self {
        Self { session: session.clone() }
    }

    #[on_message]
    fn on_message(price: &str) {
        tracing::info!("{price}");
    }

    pub fn subscribe(&self, name: &str) {
        if let Err(error) = self.session.try_send(format!("subscribe {name}")) {
            tracing::warn!("not sent: {error}");
        }
    }
}
