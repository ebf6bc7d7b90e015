//! `Relay` of `Relay.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;
use super::json;

pub struct Relay {
    user_id: String,
}

#[server_endpoint("/relay/{userId}")]
impl Relay {
    #[on_open]
    fn on_open(#[path_param("userId")] user_id: &str) -> Self {
        Self {
            user_id: user_id.to_owned(),
        }
    }

    #[on_message]
    async fn on_message(&self, message: &str) {
        tracing::info!("user {} says {message}", self.user_id);
        if !message.trim().is_empty() {
            let failed: Option<BoxError> = 'attempt: {
                let mut json = (match json::object(message) {
                    Ok(value) => value,
                    Err(error) => break 'attempt Some(error.into()),
                });
                json::put(&mut json, "from", self.user_id.clone());
                let to = json::text(&json, "to");
                if to.as_deref().is_some_and(|text| !text.trim().is_empty())
                    && Self::is_online(
                        (match to.as_deref().ok_or("null") {
                            Ok(value) => value,
                            Err(error) => break 'attempt Some(error.into()),
                        }),
                    )
                {
                    if let Err(error) = Self::send_info(
                            json.to_string(),
                            (match to.as_deref().ok_or("null") {
                                Ok(value) => value,
                                Err(error) => break 'attempt Some(error.into()),
                            }),
                        )
                        .await
                    {
                        break 'attempt Some(error.into());
                    }
                } else {
                    tracing::error!(
                        "{} is not on this server", to.as_deref().unwrap_or("null")
                    );
                }
                None
            };
            if let Some(e) = failed {
                tracing::error!("{e}");
            }
        }
    }
}
