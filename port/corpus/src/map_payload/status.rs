//! `Status` of `Status.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;
use super::json;

#[derive(Default)]
pub struct Status;

#[server_endpoint("/status")]
impl Status {
    #[on_message]
    async fn on_message(text: &str, session: &Session) -> Result<(), BoxError> {
        let mut answer = serde_json::json!({});
        json::put(&mut answer, "text", text.to_owned());
        json::put(&mut answer, "length", text.encode_utf16().count());
        json::put(&mut answer, "ok", true);
        session.send(answer.to_string()).await?;
        Ok(())
    }
}
