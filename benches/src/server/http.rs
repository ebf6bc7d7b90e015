//! Plain HTTP beside the endpoints: the push.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::routing::get;
use serde::Deserialize;
use wspring::prelude::*;

use crate::endpoints::WebSocketServer;

/// The query of `/push/<uId>`.
#[derive(Deserialize)]
struct Push {
    message: Option<String>,
}

/// `GET /push/<uId>?message=…`, and `POST /push/<uId>` with the message as its body.
pub(crate) fn router() -> Router {
    Router::new().route("/push/{uId}", get(push).post(push))
}

/// Pushes to one user: 200 with the number of sessions, 404 when there is none.
async fn push(
    Path(u_id): Path<i64>,
    Query(query): Query<Push>,
    body: String,
) -> (StatusCode, String) {
    let message = query.message.unwrap_or(body);
    match WebSocketServer::send_info(message, u_id).await {
        Ok(delivered) => (StatusCode::OK, delivered.sessions.to_string()),
        Err(error @ SendError::Offline { .. }) => (StatusCode::NOT_FOUND, error.to_string()),
        Err(error @ SendError::TooLarge { .. }) => {
            (StatusCode::PAYLOAD_TOO_LARGE, error.to_string())
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}
