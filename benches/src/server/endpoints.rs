//! The endpoints that are measured, as a user would write them.

use bytes::Bytes;
use wspring::prelude::*;

/// Sends every message back.
#[derive(Default)]
struct Echo;

#[server_endpoint("/echo")]
impl Echo {
    #[on_message]
    fn text(text: String) -> String {
        text
    }

    #[on_message]
    fn binary(bytes: Bytes) -> Bytes {
        bytes
    }
}

/// Sends every message to all its clients, the sender among them.
#[derive(Default)]
struct Broadcast;

#[server_endpoint("/broadcast")]
impl Broadcast {
    #[on_message]
    async fn text(text: String) -> Result<(), SendError> {
        Self::broadcast(text).await?;
        Ok(())
    }

    #[on_message]
    async fn binary(bytes: Bytes) -> Result<(), SendError> {
        Self::broadcast(bytes).await?;
        Ok(())
    }
}

/// The connection of one user, whom `/push/<uId>` reaches.
#[derive(Default)]
pub(crate) struct WebSocketServer;

#[server_endpoint("/webSocket/<uId>", heartbeat = "ping")]
impl WebSocketServer {
    #[on_open]
    fn on_open(&self, #[path_param("uId")] _u_id: i64) {}

    #[on_message]
    fn on_message(text: String) -> String {
        text
    }
}
