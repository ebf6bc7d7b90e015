//! `Words` of `Words.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Words {
    last: Option<String>,
}

#[server_endpoint("/words")]
impl Words {
    #[on_message]
    async fn on_message(
        &mut self,
        text: &str,
        session: &Session,
    ) -> Result<(), BoxError> {
        if self.last.is_none() {
            self.last = Some(text.to_owned());
        } else if self
            .last
            .as_deref()
            .is_some_and(|given| given.eq_ignore_ascii_case(text))
        {
            session.send("again").await?;
        } else if (text.encode_utf16().count() > 5 && !text.starts_with("x"))
            || "y" == text
        {
            self.last = Some(text.to_uppercase());
        } else {
            self.last = None;
        }
        Ok(())
    }

    #[on_error]
    fn on_error(error: &Error) {
        tracing::error!("{error}");
    }
}
