//! `Upload` of `Upload.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Upload {
    bytes: i64,
}

#[server_endpoint("/upload")]
impl Upload {
    #[on_message]
    async fn on_binary(
        &mut self,
        part: Partial<&[u8]>,
        session: &Session,
    ) -> Result<(), BoxError> {
        self.bytes += 1;
        if part.is_last {
            session.send("done").await?;
        }
        Ok(())
    }

    #[on_message]
    fn on_text(text: &str) {
        tracing::info!("{}", text.trim().to_owned());
    }

    #[on_message]
    fn on_pong(_pong: Pong) {
        tracing::info!("alive");
    }
}
