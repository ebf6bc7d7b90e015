//! Plain HTTP beside the endpoints: the page, and what gives out the cookie, the token and the ticket.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use wspring::{CloseCode, close_user};

use crate::Logins;

/// What the page asks for a login. A real one has a better password.
#[derive(Debug, Deserialize)]
struct Credentials {
    user: String,
    password: String,
}

pub(crate) fn router(logins: Logins) -> Router {
    Router::new()
        .route(
            "/",
            get(async || Html(include_str!("../static/index.html"))),
        )
        .route("/login", post(log_in))
        .route("/new-ticket", post(ticket))
        .route("/logout", post(log_out))
        .with_state(logins)
}

/// A cookie that scripts cannot read, and the token for those who want it in the subprotocol.
async fn log_in(State(logins): State<Logins>, Json(who): Json<Credentials>) -> Response {
    if who.user.is_empty() || who.password != "secret" {
        return (StatusCode::UNAUTHORIZED, "the password is: secret\n").into_response();
    }
    let token = logins.log_in(&who.user);
    // Behind TLS it is `Secure` too.
    let cookie = format!("login={token}; Path=/; HttpOnly; SameSite=Strict");
    (
        [(header::SET_COOKIE, cookie)],
        Json(json!({"token": token})),
    )
        .into_response()
}

/// A ticket for one handshake, for who has logged in.
async fn ticket(State(logins): State<Logins>, headers: HeaderMap) -> Response {
    let Some(user) = user(&logins, &headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match logins.ticket(&user) {
        Some(ticket) => Json(json!({"ticket": ticket})).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The login is forgotten first, so that nobody comes in while the sessions are closed.
async fn log_out(State(logins): State<Logins>, headers: HeaderMap) -> StatusCode {
    let Some(user) = user(&logins, &headers) else {
        return StatusCode::UNAUTHORIZED;
    };
    logins.log_out(&user);
    match close_user(&user, CloseCode::POLICY, "you have logged out").await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The user of the cookie. A cookie of another program on this host that is not text hides no other.
fn user(logins: &Logins, headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|list| list.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|cookie| str::from_utf8(cookie).ok())
        .filter_map(|cookie| cookie.trim().strip_prefix("login="))
        .find_map(|token| logins.user(token))
}
