//! `WebSocketServerUtil.java`, without its two static collections: wspring knows who is connected.

use tracing::info;
use wspring::prelude::*;

/// The connection of one user.
pub(crate) struct WebSocketServer {
    u_id: i64,
}

#[server_endpoint("/webSocket/<uId>", heartbeat = "ping")]
impl WebSocketServer {
    #[on_open]
    fn on_open(#[path_param("uId")] u_id: i64) -> Self {
        let total = Self::sessions().len();
        info!(u_id, "【websocket消息】有新的连接,总数:{total}");
        Self { u_id }
    }

    #[on_close]
    fn on_close(&self, reason: &CloseReason) {
        let total = Self::sessions().len();
        info!(u_id = self.u_id, %reason, "【websocket消息】连接断开,总数:{total}");
    }

    #[on_message]
    fn on_message(&self, message: &str) {
        info!(
            u_id = self.u_id,
            "【websocket消息】收到客户端发来的消息:{message}"
        );
    }
}
