//! `Chat` of `Chat.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    async fn on_message(text: &str, peer: &Session) -> Result<(), BoxError> {
        Self::broadcast(text).except(peer).await?;
        Ok(())
    }
}
