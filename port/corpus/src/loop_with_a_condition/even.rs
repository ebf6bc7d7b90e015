//! `Even` of `Even.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

pub struct Even {
    number: i64,
}

#[server_endpoint("/even/{number}")]
impl Even {
    #[on_open]
    fn on_open(#[path_param] number: i64) -> Self {
        Self { number }
    }

    #[on_message]
    async fn on_message(&self, text: &str, session: &Session) -> Result<(), BoxError> {
        let mut reached: i32 = 0;
        for other in Self::sessions() {
            if other.id() != session.id()
                && other.path_param("number").and_then(|text| text.parse::<i64>().ok())
                    == Some(self.number)
            {
                if let Err(error) = other.try_send(text) {
                    tracing::warn!("not sent: {error}");
                }
                reached += 1;
            }
        }
        session.send(format!("{reached} reached")).await?;
        Ok(())
    }
}
