//! What a session knows of its request and of the others: rows F4, F8, F15 to F18, F21, I7, D7 and M5.

use wspring::prelude::*;
use wspring::{CloseCode, StatusCode, close_user};
use wspring_tests::client::handshake;
use wspring_tests::{Client, RawClient, TestServer};

/// Tells what it is asked for.
#[derive(Default)]
struct Known;

/// The same endpoint can be found at several paths.
struct Twice;

/// Its sessions have a principal.
#[derive(Default)]
struct Account;

#[server_endpoint("/known/<room>/<seat>")]
impl Known {
    #[on_handshake]
    fn look(handshake: &Handshake) -> Result<(), StatusCode> {
        match (handshake.cookie("banned"), handshake.origin()) {
            (Some(_), _) => Err(StatusCode::FORBIDDEN),
            (None, Some("http://localhost")) => Err(StatusCode::GONE),
            _ => Ok(()),
        }
    }

    #[on_message]
    fn tell(&self, what: &str, session: &Session, handshake: &Handshake) -> String {
        match what {
            "path" => format!("{:?}", session.path_params().collect::<Vec<_>>()),
            "query" => format!("{:?}", session.query_params().collect::<Vec<_>>()),
            "uri" => session.full_uri().to_string(),
            "local" => format!("{:?}", handshake.local_addr()),
            "secure" => session.is_secure().to_string(),
            "version" => session.protocol_version().to_owned(),
            "cookies" => format!("{:?}", handshake.cookies().collect::<Vec<_>>()),
            "cookie" => format!("{:?}", handshake.cookie("b")),
            "protocols" => format!("{:?}", handshake.subprotocols().collect::<Vec<_>>()),
            _ => format!("{:?}", handshake.origin()),
        }
    }
}

impl Endpoint for Twice {
    async fn on_message(&mut self, session: &Session, message: &mut Message) -> Result<(), Error> {
        let open = session.open_sessions();
        let itself = open.to_vec().contains(session);
        let text = message.text().map_err(Error::handler)?;
        let all = Self::sessions().len();
        let reply = format!("{text}: {} of {all}, {itself}", open.len());
        session.send(reply).await.map_err(Error::handler)
    }
}

#[server_endpoint("/account")]
impl Account {
    #[on_handshake]
    fn check(#[query_param] user: &str) -> Accept {
        Accept::new().principal(user)
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

async fn connected(server: &TestServer, path: &str, headers: &[&str]) -> RawClient {
    let mut client = server.raw().await;
    client.write(handshake(path, headers).as_bytes()).await;
    let response = client.response().await;
    assert_eq!(response.status, 101, "{response:?}");
    client
}

async fn ask(client: &mut RawClient, what: &str) -> String {
    client.frame(0x81, what.as_bytes()).await;
    String::from_utf8(client.read_frame().await.payload).unwrap()
}

async fn opened(server: &TestServer, path: &str) -> Client {
    let mut client = server.connect(path).await;
    client.send("open").await;
    client.text().await;
    client
}

#[tokio::test]
async fn f16_f18_d7_parameters_are_known_and_kept_apart() {
    let server = TestServer::start().await;
    let path = "/known/a%20b/7?room=x&tag=1&tag=%C3%A9+2&empty";
    let mut client = connected(&server, path, &[]).await;
    let params = r#"[("room", "a b"), ("seat", "7")]"#;
    assert_eq!(ask(&mut client, "path").await, params);
    let params = r#"[("room", "x"), ("tag", "1"), ("tag", "é 2"), ("empty", "")]"#;
    assert_eq!(ask(&mut client, "query").await, params);
    let mut bare = connected(&server, "/known/a/7", &[]).await;
    assert_eq!(ask(&mut bare, "query").await, "[]");
}

#[tokio::test]
async fn f15_the_whole_uri_is_known() {
    let server = TestServer::start().await;
    let mut client = connected(&server, "/known/a%20b/7?tag=1&x", &[]).await;
    let uri = "ws://localhost/known/a%20b/7?tag=1&x";
    assert_eq!(ask(&mut client, "uri").await, uri);

    let request = handshake("/known/a/7", &[]);
    for (host, uri) in [
        ("example.com:8009", "ws://example.com:8009/known/a/7"),
        ("[::1]:80", "ws://[::1]:80/known/a/7"),
        ("not a host", "/known/a/7"),
    ] {
        let mut client = server.raw().await;
        let request = request.replace("Host: localhost", &format!("Host: {host}"));
        client.write(request.as_bytes()).await;
        assert_eq!(client.response().await.status, 101, "{host}");
        assert_eq!(ask(&mut client, "uri").await, uri);
    }
}

#[tokio::test]
async fn i7_the_address_of_the_server_is_known() {
    let server = TestServer::start().await;
    let mut client = connected(&server, "/known/a/7", &[]).await;
    let address = format!("{:?}", Some(server.address()));
    assert_eq!(ask(&mut client, "local").await, address);
}

#[tokio::test]
async fn f4_version_and_encryption_are_known() {
    let server = TestServer::start().await;
    let mut client = connected(&server, "/known/a/7", &[]).await;
    assert_eq!(ask(&mut client, "version").await, "13");
    assert_eq!(ask(&mut client, "secure").await, "false");
}

#[tokio::test]
async fn i7_cookies_are_read_one_by_one() {
    let server = TestServer::start().await;
    let headers = [
        "Cookie: a=1; b=\"two words\";c = 3 ; b=4; =5; lonely; d=x=y",
        "Cookie: e=6",
    ];
    let mut client = connected(&server, "/known/a/7", &headers).await;
    let cookies = r#"[("a", "1"), ("b", "two words"), ("c", "3"), ("b", "4"), ("", "5"), ("d", "x=y"), ("e", "6")]"#;
    assert_eq!(ask(&mut client, "cookies").await, cookies);
    assert_eq!(ask(&mut client, "cookie").await, r#"Some("two words")"#);
    let mut without = connected(&server, "/known/a/7", &[]).await;
    assert_eq!(ask(&mut without, "cookie").await, "None");
    let refused = server
        .ask(handshake("/known/a/7", &["Cookie: banned=yes"]))
        .await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn i7_offers_and_origin_are_known() {
    let server = TestServer::start().await;
    let headers = ["Sec-WebSocket-Protocol: b, a b,, a"];
    let mut client = connected(&server, "/known/a/7", &headers).await;
    assert_eq!(ask(&mut client, "protocols").await, r#"["b", "a"]"#);
    assert_eq!(ask(&mut client, "origin").await, "None");
    let headers = ["Origin: http://localhost"];
    let refused = server.ask(handshake("/known/a/7", &headers)).await;
    assert_eq!(refused.status, 410);
}

#[tokio::test]
async fn f8_a_session_is_open_until_one_side_closes_it() {
    let server = TestServer::start().await;
    let mut client = opened(&server, "/account?user=f8").await;
    let sessions = server.handle().sessions::<Account>().to_vec();
    let [session] = &sessions[..] else {
        panic!("one session: {sessions:?}")
    };
    assert!(session.is_open());
    session.close();
    assert!(!session.is_open());
    client.closed().await;
    assert!(!session.is_open());
}

#[tokio::test]
async fn f21_open_sessions_are_those_of_the_same_path() {
    let builder = Server::builder()
        .endpoint("/twice/one/<id>", |_| Twice)
        .endpoint("/twice/two", |_| Twice);
    let server = TestServer::start_with(builder).await;
    let _first = opened(&server, "/twice/one/1").await;
    let second = opened(&server, "/twice/one/2").await;
    let mut third = opened(&server, "/twice/one/3").await;
    let mut other = opened(&server, "/twice/two").await;
    third.send("one").await;
    assert_eq!(third.text().await, "one: 3 of 4, true");
    other.send("two").await;
    assert_eq!(other.text().await, "two: 1 of 4, true");
    second.close().await;
    let gone = async {
        while Twice::sessions().len() > 3 {
            tokio::task::yield_now().await;
        }
    };
    wspring_tests::soon("the end of a session", gone).await;
    third.send("one").await;
    assert_eq!(third.text().await, "one: 2 of 3, true");
}

#[tokio::test]
async fn m5_the_sessions_of_a_user_are_closed_when_the_login_ends() {
    let server = TestServer::start().await;
    let mut first = opened(&server, "/account?user=m5-alice").await;
    let mut second = opened(&server, "/account?user=m5-alice").await;
    let mut other = opened(&server, "/account?user=m5-bob").await;
    for (code, reason) in [
        (CloseCode::new(1006), "you have logged out".to_owned()),
        (CloseCode::POLICY, "x".repeat(124)),
    ] {
        assert!(close_user("m5-alice", code, &reason).await.is_err());
        assert!(close_user("m5-nobody", code, &reason).await.is_err());
    }
    let reason = "you have logged out";
    let closed = close_user("m5-alice", CloseCode::POLICY, reason)
        .await
        .unwrap();
    assert_eq!((closed.sessions, closed.is_partial), (2, false));
    for client in [&mut first, &mut second] {
        assert_eq!(client.closed().await, (1008, reason.to_owned()));
    }
    other.send("still here").await;
    assert_eq!(other.text().await, "still here");
    let closed = close_user("m5-nobody", CloseCode::POLICY, reason)
        .await
        .unwrap();
    assert_eq!(closed.sessions, 0);
}
