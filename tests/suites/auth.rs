//! The example `auth`: the three ways in which a browser can say who it is, and the end of a login.

use std::time::{Duration, SystemTime};

use auth::{ByCookie, BySubprotocol, ByTicket, Logins};
use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{RawClient, Response, TestServer};

/// A server, and who has logged in there.
struct Scene {
    server: TestServer,
    logins: Logins,
}

impl Scene {
    async fn start() -> Self {
        let logins = Logins::default();
        let server = TestServer::start_with(auth::server(logins.clone())).await;
        Self { server, logins }
    }

    async fn knock(&self, path: &str, headers: &[&str]) -> (RawClient, Response) {
        let mut client = self.server.raw().await;
        client.write(handshake(path, headers).as_bytes()).await;
        let response = client.response().await;
        (client, response)
    }

    async fn refused(&self, path: &str, headers: &[&str]) {
        let (_, response) = self.knock(path, headers).await;
        assert_eq!(response.status, 401, "{path} {headers:?}: {response:?}");
        assert_eq!(response.body, "log in first\n");
    }

    async fn post(&self, path: &str, cookie: &str, body: &str) -> Response {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        self.server.ask(request).await
    }
}

/// Lets the user say something.
async fn greeted(client: &mut RawClient, user: &str) {
    client.frame(0x81, b"hello").await;
    let answer = client.read_frame().await.payload;
    assert_eq!(
        String::from_utf8_lossy(&answer),
        format!("{user} says: hello")
    );
}

#[tokio::test]
async fn m1_i7_by_a_cookie() {
    let scene = Scene::start().await;
    let cookie = format!("Cookie: theme=dark; login={}", scene.logins.log_in("alice"));
    let (mut client, response) = scene.knock("/cookie", &[&cookie]).await;
    assert_eq!(response.status, 101);
    greeted(&mut client, "alice").await;
    for headers in [&[][..], &["Cookie: login=guessed"], &["Cookie: theme=dark"]] {
        scene.refused("/cookie", headers).await;
    }
    // A browser sends it for a page of another site too.
    let foreign = [cookie.as_str(), "Origin: https://evil.example"];
    assert_eq!(scene.knock("/cookie", &foreign).await.1.status, 403);
}

#[tokio::test]
async fn m1_i3_by_a_subprotocol_that_carries_a_token() {
    let scene = Scene::start().await;
    let token = scene.logins.log_in("alice");
    let offer = format!("Sec-WebSocket-Protocol: chat, bearer.{token}");
    let (mut client, response) = scene.knock("/subprotocol", &[&offer]).await;
    assert_eq!(response.header("sec-websocket-protocol"), Some("chat"));
    assert!(!response.head.contains(&token), "{}", response.head);
    greeted(&mut client, "alice").await;
    for offer in ["chat, bearer.guessed", "chat", "bearer."] {
        let offer = format!("Sec-WebSocket-Protocol: {offer}");
        scene.refused("/subprotocol", &[&offer]).await;
    }
}

#[tokio::test]
async fn m1_by_a_ticket_that_is_good_once() {
    let scene = Scene::start().await;
    let login = scene.logins.login(&scene.logins.log_in("alice"));
    let ticket = scene.logins.ticket(login.unwrap()).unwrap();
    let path = format!("/ticket?ticket={ticket}");
    let (mut client, response) = scene
        .knock(&path, &["Origin: https://elsewhere.example"])
        .await;
    assert_eq!(response.status, 101);
    greeted(&mut client, "alice").await;
    for path in [
        &path,
        "/ticket?ticket=guessed",
        "/ticket?ticket=",
        "/ticket",
    ] {
        scene.refused(path, &[]).await;
    }
}

#[tokio::test]
async fn m4_the_user_is_the_key_for_pushes() {
    let scene = Scene::start().await;
    let login = scene.logins.login(&scene.logins.log_in("alice"));
    let ticket = scene.logins.ticket(login.unwrap()).unwrap();
    let path = format!("/ticket?ticket={ticket}");
    let (mut client, _) = scene.knock(&path, &[]).await;
    greeted(&mut client, "alice").await;
    let handle = scene.server.handle();
    assert!(handle.send_info("news", "alice").await.is_ok());
    assert_eq!(client.read_frame().await.payload, b"news");
    assert!(handle.send_info("news", "bob").await.is_err());
}

/// As a page does it, from the login to the logout.
#[tokio::test]
async fn m5_a_logout_closes_the_sessions_of_the_user() {
    let scene = Scene::start().await;
    let wrong = r#"{"user": "carol", "password": "guessed"}"#;
    assert_eq!(scene.post("/login", "", wrong).await.status, 401);
    assert_eq!(
        scene
            .post("/new-ticket", "login=guessed", "{}")
            .await
            .status,
        401
    );
    let right = r#"{"user": "carol", "password": "secret"}"#;
    let response = scene.post("/login", "", right).await;
    let cookie = response.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let token = cookie.strip_prefix("login=").unwrap_or_default();

    let response = scene.post("/new-ticket", &cookie, "{}").await;
    let ticket: serde_json::Value = serde_json::from_str(&response.body).unwrap();
    let path = format!("/ticket?ticket={}", ticket["ticket"].as_str().unwrap());
    let offer = format!("Sec-WebSocket-Protocol: chat, bearer.{token}");
    let header = format!("Cookie: {cookie}");
    let mut clients = Vec::new();
    for (path, headers) in [
        (path.as_str(), &[][..]),
        ("/subprotocol", &[offer.as_str()]),
        ("/cookie", &[header.as_str()]),
    ] {
        let (mut client, response) = scene.knock(path, headers).await;
        assert_eq!(response.status, 101, "{path}: {response:?}");
        greeted(&mut client, "carol").await;
        clients.push(client);
    }
    let open =
        ByCookie::sessions().len() + BySubprotocol::sessions().len() + ByTicket::sessions().len();
    assert!(open >= 3, "{open}");
    assert_eq!(scene.post("/logout", &cookie, "").await.status, 204);
    for client in &mut clients {
        let goodbye = client.read_frame().await;
        assert_eq!(goodbye.first, 0x88);
        assert_eq!(goodbye.payload[..2], 1008u16.to_be_bytes());
        assert_eq!(&goodbye.payload[2..], b"you have logged out");
    }
    scene.refused("/cookie", &[&header]).await;
    assert_eq!(scene.post("/logout", &cookie, "").await.status, 401);
}

/// Sends a message, and returns the answer.
async fn told(client: &mut RawClient, text: &str) -> String {
    client.frame(0x81, text.as_bytes()).await;
    String::from_utf8(client.read_frame().await.payload).unwrap()
}

#[tokio::test]
async fn a_session_ends_with_its_login_unless_a_new_token_comes_over_the_open_connection() {
    let scene = Scene::start().await;
    let logins = &scene.logins;
    let end = SystemTime::now() + Duration::from_secs(3);
    let token = logins.log_in_until("alice", end);
    let cookie = format!("Cookie: login={token}");
    let offer = format!("Sec-WebSocket-Protocol: chat, bearer.{token}");
    let (mut forgetful, _) = scene.knock("/cookie", &[&cookie]).await;
    let (mut renewed, _) = scene.knock("/subprotocol", &[&offer]).await;

    let of_bob = logins.log_in("bob");
    for token in ["guessed", "", &of_bob] {
        let answer = told(&mut renewed, &format!("renew {token}")).await;
        assert!(answer.starts_with("not renewed"), "{answer}");
    }
    let response = scene.post("/renew", &format!("login={token}"), "{}").await;
    let answer: serde_json::Value = serde_json::from_str(&response.body).unwrap();
    let next = answer["token"].as_str().unwrap();
    assert_eq!(answer["milliseconds"], 600_000);
    assert_eq!(
        told(&mut renewed, &format!("renew {next}")).await,
        "renewed"
    );

    let (code, reason) = forgetful.read_close().await;
    assert_eq!((code, &*reason), (1008, "the login has expired"));
    assert!(SystemTime::now() >= end);
    greeted(&mut renewed, "alice").await;
    scene.refused("/cookie", &[&cookie]).await;
    scene.refused("/subprotocol", &[&offer]).await;
    assert_eq!(
        scene
            .post("/renew", &format!("login={token}"), "{}")
            .await
            .status,
        401
    );
}
