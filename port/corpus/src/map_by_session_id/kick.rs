//! `Kick` of `Kick.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Kick;

#[server_endpoint("/kick")]
impl Kick {
    pub fn kick(id: &str) -> Result<(), BoxError> {
        let session = Self::sessions()
            .into_iter()
            .find(|given| given.id().to_string() == id);
        if session.is_some() {
            session.clone().ok_or("null")?.close_with(CloseCode::POLICY, "out")?;
        }
        Ok(())
    }

    pub async fn tell(text: &str) {
        if let Err(error) = Self::broadcast(text).await {
            tracing::warn!("not sent: {error}");
        }
    }
}
