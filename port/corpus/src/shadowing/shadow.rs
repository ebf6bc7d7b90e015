//! `Shadow` of `Shadow.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Shadow;

#[server_endpoint("/shadow/{id}")]
impl Shadow {
    pub fn has_session(id: &str) -> bool {
        Self::is_online(id)
    }

    pub fn online_count() -> i32 {
        i32::try_from(Self::sessions().len()).unwrap_or(i32::MAX)
    }

    pub async fn send_message(text: &str, id: &str) -> Result<(), BoxError> {
        Self::send_info(text, id).await?;
        Ok(())
    }

    pub async fn send_message_2(text: &str) {
        for id in Self::keys() {
            if let Err(e) = Self::send_message(text, &id).await {
                tracing::error!("{e}");
            }
        }
    }
}
