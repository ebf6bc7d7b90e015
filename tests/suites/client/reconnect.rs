//! Row K6: connections that are opened again.

use std::net::SocketAddr;
use std::time::Duration;

use wspring::prelude::*;
use wspring::{Client, Connection, ErrorKind, Reconnect, Refused};
use wspring_tests::{Events, RawServer, TestServer, events, soon};

use super::Listener;

/// As soon as possible, and for ever.
fn at_once() -> Reconnect {
    Reconnect::new()
        .first_delay(Duration::from_millis(1))
        .max_delay(Duration::from_millis(10))
}

fn keep(url: String, reconnect: Reconnect) -> (Connection, Events<String>) {
    let (recorder, seen) = events();
    let made = move |_: &Session| Listener(recorder.clone());
    let connection = Client::new().keep_connected_with(url, reconnect, made);
    (connection.expect("a good client"), seen)
}

async fn opened(connection: &Connection) -> Session {
    let opened = soon("an open session", connection.opened()).await;
    opened.expect("a connection that goes on")
}

async fn failed(connection: Connection) -> Error {
    let ended = soon("the end of the connection", connection.ended()).await;
    ended.expect_err("a reason to give up")
}

async fn server_at(address: SocketAddr) -> TestServer {
    TestServer::start_at(address, Server::builder()).await
}

#[tokio::test]
async fn k6_a_server_that_comes_back_is_found_again_with_a_new_endpoint() {
    let server = TestServer::start().await;
    let address = server.address();
    let (connection, mut seen) = keep(server.url("/echo"), at_once());
    let first = opened(&connection).await;
    assert_eq!(seen.next().await, "open");
    assert_eq!(connection.session(), Some(first.clone()));

    server.stop().await;
    assert!(seen.next().await.starts_with("1001 by the peer"));
    assert!(!first.is_open());

    let server = server_at(address).await;
    let second = opened(&connection).await;
    assert_ne!(first, second);
    assert_eq!(seen.next().await, "open");
    second.send("again").await.expect("an open session");
    assert_eq!(seen.next().await, "text again");

    connection.close();
    soon("the end", connection.ended())
        .await
        .expect("our own wish");
    assert_eq!(seen.next().await, "1000 by the application, clean");
    drop(server);
}

#[tokio::test]
async fn k6_a_session_that_is_too_old_is_followed_by_a_new_one() {
    let max_age = Duration::from_millis(100);
    let server = TestServer::start_with(Server::builder().max_age(max_age)).await;
    let (connection, mut seen) = keep(server.url("/echo"), at_once());
    for _ in 0..3 {
        assert_eq!(seen.next().await, "open");
        let closed = seen.next().await;
        assert!(
            closed.starts_with("1012 by the peer: the session is too old"),
            "{closed}"
        );
    }
    connection.close();
}

#[tokio::test]
async fn k6_a_server_that_is_not_there_yet_is_waited_for() {
    let address = RawServer::listen().await.address();
    let (connection, mut seen) = keep(format!("ws://{address}/echo"), at_once());
    assert!(connection.session().is_none());
    let _server = server_at(address).await;
    opened(&connection).await;
    assert_eq!(seen.next().await, "open");
}

#[tokio::test]
async fn k6_a_server_that_refuses_for_good_is_left_alone_and_the_reason_told() {
    for status in [401, 403, 404] {
        let server = RawServer::listen().await;
        let (connection, _seen) = keep(server.url("/"), at_once());
        // Busy at first: that passes.
        server
            .answer("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")
            .await;
        let refusal = format!("HTTP/1.1 {status} No\r\ncontent-length: 9\r\n\r\nno entry!");
        server.answer(&refusal).await;
        let error = failed(connection).await;
        assert_eq!(error.kind(), ErrorKind::Handshake);
        let refused = Refused::of(&error).expect("an answer");
        assert_eq!(
            (refused.status().as_u16(), refused.body()),
            (status, &b"no entry!"[..])
        );
    }
}

#[tokio::test]
async fn k6_attempts_have_a_bound() {
    let url = RawServer::listen().await.url("/");
    let (connection, _seen) = keep(url, at_once().attempts(3));
    let error = failed(connection).await;
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
}

/// A session between them begins the count anew, and its end is no attempt.
#[tokio::test]
async fn k6_the_end_of_a_session_is_no_attempt_that_failed() {
    let server = RawServer::listen().await;
    let (connection, mut seen) = keep(server.url("/"), at_once().attempts(1));
    for _ in 0..3 {
        let (peer, _) = server.upgrade(&[]).await;
        assert_eq!(seen.next().await, "open");
        drop(peer);
        assert!(seen.next().await.starts_with("1006 by the peer"));
    }
    let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n";
    server.answer(busy).await;
    let error = failed(connection).await;
    let refused = Refused::of(&error).expect("an answer");
    assert_eq!(refused.status(), 503);
}

#[tokio::test]
async fn k6_a_refusal_whose_body_has_no_end_is_for_good_as_well() {
    let server = RawServer::listen().await;
    let (connection, _seen) = keep(server.url("/"), at_once());
    let endless = "HTTP/1.1 401 Who\r\ncontent-type: text/event-stream\r\n\r\ndata: log in\n\n";
    let (_peer, _) = server.answer(endless).await;
    let error = failed(connection).await;
    let refused = Refused::of(&error).expect("an answer");
    assert_eq!(
        (refused.status().as_u16(), refused.body()),
        (401, &b"data: log in\n\n"[..])
    );
}

#[tokio::test]
async fn k6_a_hook_that_panics_is_told() {
    let (recorder, _seen) = events::<String>();
    let made = move |_: &Session| Listener(recorder.clone());
    let url = RawServer::listen().await.url("/");
    let client = Client::new().before_request(|_| panic!("no token"));
    let connection = client.keep_connected_with(url, at_once(), made);
    let error = failed(connection.expect("a good client")).await;
    assert_eq!(error.kind(), ErrorKind::Panic);
    assert!(error.to_string().contains("no token"), "{error}");
}

/// Has no `Default` and no `#[on_open]`.
struct Unmade;

#[client_endpoint]
impl Unmade {}

#[tokio::test]
async fn k6_an_endpoint_that_nothing_makes_is_told_at_once() {
    let url = "ws://127.0.0.1:1/";
    let kept = Client::new().keep_connected::<Unmade>(url, at_once());
    let connected = Client::new().connect::<Unmade>(url).await;
    for error in [
        kept.expect_err("no value"),
        connected.expect_err("no value"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Deployment);
        assert!(error.to_string().contains("`Default`"), "{error}");
    }
    let connected = Client::new().connect_with(url, |_| Unmade).await;
    assert_eq!(connected.expect_err("nobody").kind(), ErrorKind::Io);
}

/// The second attempt comes no sooner than the server has asked for.
#[tokio::test]
async fn k6_retry_after_is_kept_to() {
    let server = RawServer::listen().await;
    let (connection, _seen) = keep(server.url("/"), at_once());
    let busy = "HTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
    server.answer(busy).await;
    let begun = tokio::time::Instant::now();
    let (_peer, _) = server.upgrade(&[]).await;
    assert!(
        begun.elapsed() >= Duration::from_millis(900),
        "{:?}",
        begun.elapsed()
    );
    opened(&connection).await;
}

#[tokio::test]
async fn k6_a_session_that_the_application_closes_is_not_opened_again() {
    let server = TestServer::start().await;
    let (connection, mut seen) = keep(server.url("/echo"), at_once());
    opened(&connection).await.close();
    soon("the end", connection.ended())
        .await
        .expect("our own wish");
    assert_eq!(seen.next().await, "open");
    assert_eq!(seen.next().await, "1000 by the application, clean");
    assert_eq!(seen.rest(), Vec::<String>::new());
}

#[tokio::test]
async fn k6_the_reason_of_the_end_may_be_one_not_to_connect_again() {
    let server = TestServer::start().await;
    let unless_told = at_once().when(|reason| reason.code != CloseCode::new(4321));
    let (connection, mut seen) = keep(server.url("/greeter?close=4321"), unless_told);
    let error = failed(connection).await;
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert!(error.to_string().contains("4321"), "{error}");
    assert_eq!(seen.next().await, "open");
    assert!(seen.next().await.starts_with("4321 by the peer"));
    assert_eq!(seen.rest(), Vec::<String>::new());
}

#[tokio::test]
async fn k6_a_connection_can_be_closed_while_it_waits() {
    let url = RawServer::listen().await.url("/");
    let hour = Duration::from_secs(3600);
    let patient = Reconnect::new().first_delay(hour).max_delay(hour);
    let (connection, _seen) = keep(url, patient);
    connection.close();
    assert_eq!(soon("no session", connection.opened()).await, None);
    soon("the end", connection.ended())
        .await
        .expect("our own wish");
}

#[tokio::test]
async fn k6_a_handle_that_is_dropped_ends_nothing() {
    let server = RawServer::listen().await;
    let (connection, mut seen) = keep(server.url("/"), at_once());
    drop(connection);
    for _ in 0..2 {
        let (peer, _) = server.upgrade(&[]).await;
        assert_eq!(seen.next().await, "open");
        drop(peer);
        assert!(seen.next().await.starts_with("1006 by the peer"));
    }
}

#[tokio::test]
async fn k6_nonsense_is_refused() {
    let zero = Duration::ZERO;
    for (reconnect, name) in [
        (Reconnect::new().first_delay(zero), "first_delay"),
        (Reconnect::new().max_delay(Duration::MAX), "max_delay"),
        (Reconnect::new().attempts(0), "attempts"),
        (
            Reconnect::new().max_delay(Duration::from_millis(1)),
            "first_delay",
        ),
    ] {
        let kept = Client::new().keep_connected::<Listener>("ws://localhost", reconnect);
        let error = kept.expect_err("nonsense");
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}
