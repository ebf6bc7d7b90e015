//! `Router` of `Router.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Router {
    calls: i32,
}

#[server_endpoint("/router")]
impl Router {
    #[on_message]
    async fn on_message(
        &mut self,
        message: &str,
        session: &Session,
    ) -> Result<(), BoxError> {
        self.calls += 1;
        match message {
            "ping" => {
                session.send("pong").await?;
            }
            "count" | "calls" => {
                session.send(format!("{}", self.calls)).await?;
            }
            "bye" => {
                session.close();
                return Ok(());
            }
            _ => {
                session.send(format!("unknown: {message}")).await?;
            }
        }
        tracing::info!("{} calls\n", self.calls);
        Ok(())
    }
}
