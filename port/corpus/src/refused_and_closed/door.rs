//! `Door` of `Door.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Door;

#[server_endpoint("/door/{user}")]
impl Door {
    #[on_open]
    async fn on_open(
        &self,
        session: &Session,
        #[path_param]
        user: &str,
    ) -> Result<(), BoxError> {
        if "nobody" == user {
            session.close_with(CloseCode::POLICY, "who are you?")?;
            return Ok(());
        }
        session.send(format!("hello {user}")).await?;
        Ok(())
    }

    #[on_message]
    async fn on_message(text: &str, #[path_param] user: &str) {
        for entry_key in Self::keys() {
            if !(entry_key == user) {
                if let Err(error) = Self::send_info(
                        format!("{user}: {text}"),
                        &entry_key,
                    )
                    .await
                {
                    tracing::warn!("not sent: {error}");
                }
            }
        }
    }
}
