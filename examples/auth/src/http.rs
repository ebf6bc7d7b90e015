//! Plain HTTP beside the endpoints: the page, and what gives out the cookie, the token and the ticket.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use wspring::{CloseCode, close_user};

use crate::{Login, Logins};

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
        .route("/renew", post(renew))
        .route("/new-ticket", post(ticket))
        .route("/logout", post(log_out))
        .with_state(logins)
}

/// A cookie that scripts cannot read, and the token for those who want it in the subprotocol.
async fn log_in(State(logins): State<Logins>, Json(who): Json<Credentials>) -> Response {
    if who.user.is_empty() || who.password != "secret" {
        return (StatusCode::UNAUTHORIZED, "the password is: secret\n").into_response();
    }
    logged_in(&logins, &who.user)
}

/// A new cookie and a new token, for a user whose login has not ended.
async fn renew(State(logins): State<Logins>, headers: HeaderMap) -> Response {
    match login(&logins, &headers) {
        Some(login) => logged_in(&logins, &login.user),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

fn logged_in(logins: &Logins, user: &str) -> Response {
    let token = logins.log_in(user);
    let milliseconds = u64::try_from(logins.life().as_millis()).unwrap_or(u64::MAX);
    // Behind TLS it is `Secure` too.
    let cookie = format!("login={token}; Path=/; HttpOnly; SameSite=Strict");
    (
        [(header::SET_COOKIE, cookie)],
        Json(json!({"token": token, "milliseconds": milliseconds})),
    )
        .into_response()
}

/// A ticket for one handshake, for who has logged in.
async fn ticket(State(logins): State<Logins>, headers: HeaderMap) -> Response {
    let Some(login) = login(&logins, &headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match logins.ticket(login) {
        Some(ticket) => Json(json!({"ticket": ticket})).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The login is forgotten first, so that nobody comes in while the sessions are closed.
async fn log_out(State(logins): State<Logins>, headers: HeaderMap) -> StatusCode {
    let Some(Login { user, .. }) = login(&logins, &headers) else {
        return StatusCode::UNAUTHORIZED;
    };
    logins.log_out(&user);
    match close_user(&user, CloseCode::POLICY, "you have logged out").await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The login of the cookie. A cookie of another program on this host that is not text hides no other.
fn login(logins: &Logins, headers: &HeaderMap) -> Option<Login> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|list| list.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|cookie| str::from_utf8(cookie).ok())
        .filter_map(|cookie| cookie.trim().strip_prefix("login="))
        .find_map(|token| logins.login(token))
}
