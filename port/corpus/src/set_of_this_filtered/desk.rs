//! `Desk` of `Desk.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

pub struct Desk {
    session: Session,
    sid: String,
}

#[server_endpoint("/desk/{sid}")]
impl Desk {
    #[on_open]
    async fn on_open(session: &Session, #[path_param] sid: &str) -> Self {
        tracing::info!("open: {sid}, now {}", Self::get_online_count());
        let this = Self {
            session: session.clone(),
            sid: sid.to_owned(),
        };
        if let Err(e) = this.send_message("welcome").await {
            tracing::info!("failed: {e}");
        }
        this
    }

    #[on_close]
    fn on_close() {
        tracing::info!("closed, now {}", Self::get_online_count());
    }

    #[on_message]
    async fn on_message(&self, message: &str) {
        tracing::info!("from {}: {message}", self.sid);
        if let Err(error) = Self::broadcast(message).await {
            tracing::warn!("not sent: {error}");
        }
    }

    #[on_error]
    fn on_error(error: &Error) {
        tracing::error!("{error}");
    }

    pub async fn send_message(&self, message: &str) -> Result<(), BoxError> {
        self.session.send(message).await?;
        Ok(())
    }

    pub fn push(message: &str, sid: Option<&str>) {
        for item in Self::sessions() {
            let failed: Option<BoxError> = 'attempt: {
                if sid.is_none() {
                    if let Err(error) = item.try_send(message) {
                        break 'attempt Some(error.into());
                    }
                } else if item.path_param("sid") == sid {
                    if let Err(error) = item.try_send(message) {
                        break 'attempt Some(error.into());
                    }
                }
                None
            };
            if failed.is_some() {
                continue;
            }
        }
    }

    pub fn get_online_count() -> i32 {
        i32::try_from(Self::sessions().len()).unwrap_or(i32::MAX)
    }
}
