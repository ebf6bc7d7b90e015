//! `Divide` of `Divide.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Divide;

#[server_endpoint("/divide")]
impl Divide {
    #[on_message]
    async fn on_message(text: &str, session: &Session) -> Result<(), BoxError> {
        let mut answer: String = String::new();
        let failed: Option<BoxError> = 'attempt: {
            let number = (match text.parse::<i32>() {
                Ok(value) => value,
                Err(error) => break 'attempt Some(error.into()),
            });
            if number < 0 {
                break 'attempt Some(format!("negative: {number}").into());
            }
            answer = "fine".to_owned();
            None
        };
        if let Some(e) = failed {
            answer = format!("bad: {e}");
        }
        tracing::info!("done");
        session.send(&answer).await?;
        Ok(())
    }
}
