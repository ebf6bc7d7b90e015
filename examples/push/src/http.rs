//! Plain HTTP beside the endpoint: the page, and the push that the Java original makes from its business code.

use axum::extract::Path;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json as Body, Router};
use serde_json::{Value, json};
use tracing::error;
use wspring::prelude::*;

use crate::endpoint::WebSocketServer;

/// `/` and its files, `POST /push/<uId>`, and at `/node` the name of the node, if there are several.
pub fn router(node: Option<String>) -> Router {
    let node = match node {
        Some(name) => (StatusCode::OK, name),
        None => (StatusCode::NO_CONTENT, String::new()),
    };
    Router::new()
        .route("/node", get(async move || node.clone()))
        .route("/", file("text/html", include_str!("../static/index.html")))
        .route(
            "/page.js",
            file("text/javascript", include_str!("../static/page.js")),
        )
        .route(
            "/socket.js",
            file("text/javascript", include_str!("../static/socket.js")),
        )
        .route(
            "/style.css",
            file("text/css", include_str!("../static/style.css")),
        )
        .route("/push/{uId}", post(push))
        .fallback(async || {
            Refusal(
                StatusCode::NOT_FOUND,
                "the page is at /, and POST /push/1 pushes to it".to_owned(),
            )
        })
}

/// Sends any JSON to the user's page: 200 with the number of sessions, 404 with advice when there is none.
async fn push(
    u_id: Result<Path<i64>, PathRejection>,
    message: Result<Body<Value>, JsonRejection>,
) -> Result<Body<Value>, Refusal> {
    let (Path(u_id), Body(message)) = (u_id?, message?);
    let delivered = WebSocketServer::send_info(Json(message), u_id).await?;
    Ok(Body(json!({"sessions": delivered.sessions})))
}

/// Why a push was not made: a status, and a sentence for the one who asked for it.
struct Refusal(StatusCode, String);

impl From<PathRejection> for Refusal {
    fn from(rejection: PathRejection) -> Self {
        let text = rejection.body_text();
        Self(
            rejection.status(),
            format!("the uId must be a whole number, as in /push/1 ({text})"),
        )
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

impl From<SendError> for Refusal {
    fn from(reason: SendError) -> Self {
        let status = match &reason {
            SendError::Offline { key, .. } => {
                error!("用户{key},不在线!");
                StatusCode::NOT_FOUND
            }
            SendError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self(status, reason.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, reason) = self;
        (status, Body(json!({"error": reason}))).into_response()
    }
}

fn file(kind: &'static str, text: &'static str) -> MethodRouter {
    get(move || async move {
        (
            [(header::CONTENT_TYPE, format!("{kind}; charset=utf-8"))],
            text,
        )
    })
}
