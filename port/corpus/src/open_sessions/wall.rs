//! `Wall` of `Wall.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Wall;

#[server_endpoint("/wall")]
impl Wall {
    #[on_message]
    fn on_message(text: &str, session: &Session) {
        for other in Self::sessions() {
            if other.is_open() && !(other.id().to_string() == session.id().to_string()) {
                if let Err(error) = other.try_send(text) {
                    tracing::warn!("not sent: {error}");
                }
            }
        }
    }
}
