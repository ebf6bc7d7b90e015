//! `Board` of `Board.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Board;

#[server_endpoint("/board")]
impl Board {
    #[on_open]
    fn on_open(&self, session: &Session) {
        tracing::info!("{} is here, {} in all", session.id(), Self::sessions().len());
    }

    #[on_message]
    async fn on_message(text: &str) {
        if let Err(error) = Self::broadcast(text).await {
            tracing::warn!("not sent: {error}");
        }
    }

    #[on_error]
    fn on_error(session: &Session, error: &Error) {
        tracing::error!("failed in {}: {error}", session.id());
    }
}
