//! `WebSocketServerUtil` of `WebSocketServerUtil.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

pub struct WebSocketServerUtil {
    u_id: i64,
}

#[server_endpoint("/webSocket/{uId}")]
impl WebSocketServerUtil {
    #[on_open]
    fn on_open(session: &Session, #[path_param("uId")] u_id: i64) -> Self {
        tracing::info!(
            "【websocket消息】有新的连接,总数:{}", Self::sessions().len()
        );
        Self { u_id }
    }

    #[on_close]
    fn on_close() {
        tracing::info!(
            "【websocket消息】连接断开,总数:{}", Self::sessions().len()
        );
    }

    #[on_message]
    fn on_message(message: &str) {
        tracing::info!("【websocket消息】收到客户端发来的消息:{message}");
    }

    pub async fn push(message: &str, u_id: i64) -> Result<(), BoxError> {
        if Self::is_online(u_id) {
            if let Err(error) = Self::send_info(message, u_id).await {
                tracing::warn!("not sent: {error}");
            }
        } else {
            tracing::error!("用户{u_id},不在线!");
            return Err("连接已关闭,请刷新页面后重试".into());
        }
        Ok(())
    }
}
