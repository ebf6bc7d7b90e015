//! `Notices` of `Notices.java`, ported from Java.

use wspring::BoxError;
use std::sync::Arc;
use super::services::NoticeService;
use wspring::prelude::*;

// TODO(line 4): the service `NoticeService`: `services.rs` has a trait with the methods that are used; write a type for it, and give it in `main.rs`
//     private static NoticeService noticeService;
pub struct Notices {
    user_id: String,
}

#[server_endpoint("/notices/{userId}")]
impl Notices {
    #[on_open]
    async fn on_open(
        #[path_param("userId")]
        user_id: &str,
        notice_service: State<Arc<dyn NoticeService>>,
    ) -> Self {
        let unread = notice_service.count_unread(user_id.to_owned());
        Self::push(user_id, &format!("{unread} unread")).await;
        Self {
            user_id: user_id.to_owned(),
        }
    }

    #[on_message]
    async fn on_message(
        &self,
        id: &str,
        notice_service: State<Arc<dyn NoticeService>>,
    ) -> Result<(), BoxError> {
        let text = notice_service.find(id.to_owned());
        if text.is_none() {
            Self::push(&self.user_id, "none").await;
            return Ok(());
        }
        self.mark_read(id, &notice_service);
        Self::push(&self.user_id, text.as_deref().ok_or("null")?).await;
        Ok(())
    }

    pub fn mark_read(&self, id: &str, notice_service: &Arc<dyn NoticeService>) {
        if !notice_service.is_read(id.to_owned(), self.user_id.clone()) {
            notice_service
                .mark_read(
                    id.to_owned(),
                    self.user_id.clone(),
                    std::time::SystemTime::now()
                        .duration_since(std::time::UNIX_EPOCH)
                        .map_or(
                            0,
                            |time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX),
                        ),
                );
        }
    }

    pub async fn push(user_id: &str, text: &str) {
        if Self::is_online(user_id) {
            if let Err(e) = Self::send_info(text, user_id).await {
                tracing::error!("{e}");
            }
        }
    }
}
