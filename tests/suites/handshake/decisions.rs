//! `#[on_handshake]`: what it accepts with, how it refuses, and what happens when it fails (sections 1.I and 1.M).

mod endpoints;

use std::time::{Duration, SystemTime};

use endpoints::{Bell, Door, the_end};
use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{Client, Log, RawClient, Response, TestServer};

async fn answer(server: &TestServer, path: &str) -> Response {
    server.ask(handshake(path, &[])).await
}

async fn ask(client: &mut Client, what: &str) -> String {
    client.send(what).await;
    client.text().await
}

/// The answer is 500 without a word about the reason, which stands in the log.
async fn refused_with_a_logged_reason(path: &str, headers: &[&str], reason: &str) {
    let log = Log::start();
    let server = TestServer::start().await;
    let response = server.ask(handshake(path, headers)).await;
    assert_eq!(response.status, 500, "{path}: {response:?}");
    assert_eq!(response.body, "the server failed\n", "{path}");
    let lines = log.lines("ERROR");
    let [line] = &lines[..] else {
        panic!("one line about {path}: {lines:?}")
    };
    assert!(line.contains(reason), "`{reason}` is not in: {line}");
}

#[tokio::test]
async fn i4_a_handshake_is_accepted_with_nothing_more() {
    let server = TestServer::start().await;
    for path in ["/door/open", "/looked"] {
        let mut client = server.connect(path).await;
        assert!(!ask(&mut client, "hello").await.is_empty());
    }
    let mut client = server.connect("/door/open").await;
    assert_eq!(ask(&mut client, "plan").await, "None");
    assert_eq!(ask(&mut client, "user").await, "None None");
    assert_eq!(ask(&mut client, "subprotocol").await, "None");
}

#[tokio::test]
async fn i4_a_refusal_has_any_status_headers_and_body() {
    let server = TestServer::start().await;
    let response = answer(&server, "/door/answer").await;
    assert_eq!(response.status, 503);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("x-reason"), Some("full"));
    assert_eq!(response.header("retry-after"), Some("2"));
    assert_eq!(response.body, r#"{"code": 17}"#);

    let response = answer(&server, "/door/moved").await;
    assert_eq!(response.status, 302);
    assert_eq!(response.header("location"), Some("/echo"));

    let response = answer(&server, "/door/status").await;
    assert_eq!(response.status, 418);
    assert_eq!(response.body, "I'm a teapot\n");

    let response = answer(&server, "/door/forbidden").await;
    assert_eq!(response.status, 403);
    assert_eq!(response.body, "not you\n");
    assert_eq!(
        response.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
}

/// One connection: hyper keeps it for the next request.
#[tokio::test]
async fn i4_a_client_may_try_again_on_the_same_connection() {
    let server = TestServer::start().await;
    let mut client = server.raw().await;
    client
        .write(handshake("/door/forbidden", &[]).as_bytes())
        .await;
    assert_eq!(client.response().await.status, 403);
    client.write(handshake("/door/open", &[]).as_bytes()).await;
    assert_eq!(client.response().await.status, 101);
}

#[tokio::test]
async fn i4_a_refused_handshake_opens_no_session() {
    let server = TestServer::start().await;
    assert_eq!(answer(&server, "/door/forbidden").await.status, 403);
    assert_eq!(server.handle().sessions::<Door>().len(), 0);
    let mut client = server.connect("/door/open").await;
    ask(&mut client, "id").await;
    assert_eq!(server.handle().sessions::<Door>().len(), 1);
}

#[tokio::test]
async fn m1_an_unauthenticated_handshake_is_401_with_a_challenge() {
    let server = TestServer::start().await;
    let response = answer(&server, "/door/unauthorized").await;
    assert_eq!(response.status, 401);
    assert_eq!(response.body, "log in first\n");
    assert_eq!(response.header("www-authenticate"), Some("Bearer"));
    let response = answer(&server, "/door/challenge").await;
    assert_eq!(response.header("www-authenticate"), Some("Basic"));
}

#[tokio::test]
async fn a_login_that_has_ended_opens_no_session() {
    let server = TestServer::start().await;
    let response = answer(&server, "/door/expired").await;
    assert_eq!(response.status, 401);
    assert_eq!(response.body, "the login has expired: log in again\n");
    assert_eq!(server.handle().sessions::<Door>().len(), 0);
}

#[tokio::test]
async fn a_session_knows_when_its_login_ends_and_is_closed_at_once_when_that_is_past() {
    let server = TestServer::start().await;
    let mut client = server.connect("/door/open").await;
    ask(&mut client, "id").await;
    let session = server
        .handle()
        .sessions::<Door>()
        .into_iter()
        .next()
        .unwrap();
    assert_eq!(session.expires_at(), None);
    drop(client);
    let server = TestServer::start().await;
    let mut client = server.connect("/door/expires").await;
    ask(&mut client, "id").await;
    let session = server
        .handle()
        .sessions::<Door>()
        .into_iter()
        .next()
        .unwrap();
    assert_eq!(session.expires_at(), Some(the_end()));
    let past = SystemTime::UNIX_EPOCH;
    session.renew_until(past);
    assert_eq!(session.expires_at(), Some(past));
    let (code, reason) = client.closed().await;
    assert_eq!((code, &*reason), (1008, "the login has expired"));
}

#[tokio::test]
async fn i8_headers_of_the_answer_are_sent() {
    let server = TestServer::start().await;
    let response = answer(&server, "/door/headers").await;
    assert_eq!(response.status, 101);
    assert_eq!(response.header("x-greeting"), Some("hello"));
    assert!(response.header("sec-websocket-accept").is_some());
    let cookies = response
        .head
        .lines()
        .filter(|line| line.starts_with("set-cookie"));
    let cookies: Vec<_> = cookies.collect();
    assert_eq!(cookies, ["set-cookie: a=1", "set-cookie: b=2"]);
}

#[tokio::test]
async fn i8_headers_that_cannot_be_sent_are_told_in_the_log() {
    for (path, reason) in [
        ("/door/line-break", "one line of visible characters"),
        ("/door/name", "this is no header"),
        (
            "/door/reserved",
            "sec-websocket-accept belongs to the protocol",
        ),
        ("/door/length", "content-length belongs to the protocol"),
        ("/door/reject-line-break", "one line of visible characters"),
        ("/door/reject-reserved", "upgrade belongs to the protocol"),
    ] {
        refused_with_a_logged_reason(path, &[], reason).await;
    }
}

#[tokio::test]
async fn i4_a_refusal_is_no_success() {
    refused_with_a_logged_reason("/door/success", &[], "cannot be rejected with 200").await;
    refused_with_a_logged_reason("/door/switching", &[], "cannot be rejected with 101").await;
}

#[tokio::test]
async fn i4_an_internal_error_is_logged_and_not_shown() {
    let header = ["X-Number: twelve"];
    refused_with_a_logged_reason("/door/internal", &header, "invalid digit").await;
}

#[tokio::test]
async fn i4_a_panic_is_500_and_logged() {
    refused_with_a_logged_reason("/door/panic", &[], "the door is broken").await;
}

#[tokio::test]
async fn i4_a_handler_that_never_decides_is_cut_off() {
    let log = Log::start();
    let builder = Server::builder().handshake_timeout(Duration::from_millis(50));
    let server = TestServer::start_with(builder).await;
    let response = answer(&server, "/door/never").await;
    assert_eq!(response.status, 503);
    assert_eq!(response.header("retry-after"), Some("5"));
    assert!(response.body.contains("too long"), "{}", response.body);
    let lines = log.lines("WARN");
    assert!(lines[0].contains("/door/<how>"), "{lines:?}");
}

#[tokio::test]
async fn i4_the_server_stops_while_a_handler_decides() {
    let builder = Server::builder().drain_timeout(Duration::from_millis(50));
    let server = TestServer::start_with(builder).await;
    let mut client = RawClient::connect(server.address()).await;
    client.write(handshake("/door/never", &[]).as_bytes()).await;
    server.stop().await;
}

#[tokio::test]
async fn n1_properties_are_there_from_the_start() {
    let server = TestServer::start().await;
    let mut client = server.connect("/door/property").await;
    assert_eq!(ask(&mut client, "plan").await, r#"Some(Plan("gold"))"#);
    // They are of one session alone.
    let mut other = server.connect("/door/open").await;
    assert_eq!(ask(&mut other, "plan").await, "None");
}

#[tokio::test]
async fn m4_f20_the_principal_is_fixed_at_the_handshake() {
    let server = TestServer::start().await;
    let mut client = server.connect("/door/principal?who=alice").await;
    let answer = r#"Some("alice") Some("alice")"#;
    assert_eq!(ask(&mut client, "user").await, answer);
}

#[tokio::test]
async fn i4_the_key_is_what_the_handshake_says() {
    let server = TestServer::start().await;
    let mut client = server.connect("/door/key?who=alice").await;
    ask(&mut client, "id").await;
    let offline = server.handle().send_info("hello", "key").await;
    assert!(
        matches!(offline, Err(SendError::Offline { .. })),
        "{offline:?}"
    );
    let delivered = server.handle().send_info("hello", "alice").await;
    assert_eq!(delivered.map(|delivered| delivered.sessions).ok(), Some(1));
    assert_eq!(client.text().await, "hello");
}

#[tokio::test]
async fn i4_parameters_and_errors_are_the_application_s_own() {
    let server = TestServer::start().await;
    for (path, header, status, body) in [
        ("/club?age=18", "Accept-Language: fr", 101, ""),
        (
            "/club?age=17",
            "Accept-Language: fr",
            403,
            "come back later\n",
        ),
        ("/club?age=18", "Accept-Language: de", 401, "who are you?\n"),
        ("/club?age=18", "X-Nothing: 1", 406, "Not Acceptable\n"),
    ] {
        let response = server.ask(handshake(path, &[header])).await;
        assert_eq!(
            (response.status, &*response.body),
            (status, body),
            "{header}"
        );
    }
    // What does not parse is refused before the handler is asked.
    let response = server.ask(handshake("/club?age=x", &[])).await;
    assert_eq!(response.status, 400);
    assert!(response.body.contains("age"), "{}", response.body);

    let mut client = RawClient::connect(server.address()).await;
    let request = handshake("/club?age=18", &["Accept-Language: fr"]);
    client.write(request.as_bytes()).await;
    assert_eq!(client.response().await.status, 101);
    client.frame(0x81, b"which?").await;
    assert_eq!(client.read_frame().await.payload, b"fr");
}

#[tokio::test]
async fn i4_an_endpoint_by_hand_decides_too() {
    let server = TestServer::start_with(Server::builder().endpoint("/bell", |_| Bell)).await;
    let response = answer(&server, "/bell").await;
    assert_eq!((response.status, &*response.body), (403, "ring first\n"));
    let mut client = server.connect("/bell?ring=twice").await;
    let delivered = server.handle().sessions::<Bell>();
    while delivered.is_empty() {
        tokio::task::yield_now().await;
    }
    while server.handle().send_info("come in", "twice").await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.text().await, "come in");
}

#[tokio::test]
async fn i1_the_origin_is_checked_before_the_handler_is_asked() {
    let server = TestServer::start().await;
    let request = handshake("/door/panic", &["Origin: https://evil.example"]);
    assert_eq!(server.ask(request).await.status, 403);
}

#[tokio::test]
async fn i3_the_handler_chooses_among_the_offered_subprotocols() {
    let server = TestServer::start().await;
    let offer = ["Sec-WebSocket-Protocol: v2.chat, v1.chat"];
    let request = handshake("/door/subprotocol?who=v1.chat", &offer);
    let mut client = RawClient::connect(server.address()).await;
    client.write(request.as_bytes()).await;
    let response = client.response().await;
    assert_eq!(response.header("sec-websocket-protocol"), Some("v1.chat"));
    client.frame(0x81, b"subprotocol").await;
    assert_eq!(client.read_frame().await.payload, br#"Some("v1.chat")"#);
}

#[tokio::test]
async fn i3_a_subprotocol_that_nobody_offers_cannot_be_chosen() {
    let offer = ["Sec-WebSocket-Protocol: v2.chat, v1.chat"];
    for (who, reason) in [
        ("v3.chat", "the client does not offer it"),
        ("V1.chat", "the client does not offer it"),
        ("v1%20chat", "`v1 chat` is not a subprotocol"),
        ("", "is not a subprotocol"),
    ] {
        let path = format!("/door/subprotocol?who={who}");
        refused_with_a_logged_reason(&path, &offer, reason).await;
    }
}
