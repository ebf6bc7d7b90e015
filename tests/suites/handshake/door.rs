//! Limits at the door: connections in all, per address and per key, and handshakes in a second. A place is free again
//! whatever became of the one who had it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{RawClient, Response, TestServer, soon};

async fn knock(server: &TestServer, path: &str) -> (RawClient, Response) {
    let mut client = server.raw().await;
    client.write(handshake(path, &[]).as_bytes()).await;
    let response = client.response().await;
    (client, response)
}

async fn enter(server: &TestServer, path: &str) -> RawClient {
    let (client, response) = knock(server, path).await;
    assert_eq!(response.status, 101, "{response:?}");
    client
}

/// Refused, with the time after which it may be tried again.
async fn refused(server: &TestServer, path: &str, status: u16) -> Response {
    let (_, response) = knock(server, path).await;
    assert_eq!(response.status, status, "{response:?}");
    let seconds = response
        .header("retry-after")
        .and_then(|it| it.parse().ok());
    assert!(seconds.is_some_and(|it: u64| it > 0), "{response:?}");
    response
}

/// Waits until a place is free, and takes it.
async fn enter_at_last(server: &TestServer, path: &str) -> RawClient {
    let trying = async {
        loop {
            let (client, response) = knock(server, path).await;
            if response.status == 101 {
                return client;
            }
            tokio::task::yield_now().await;
        }
    };
    soon("a free place", trying).await
}

/// The status of a handshake that comes from another address of this machine.
async fn status_from(address: &str, server: &TestServer, path: &str) -> (TcpStatus, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    let local: SocketAddr = format!("{address}:0").parse().unwrap();
    socket.bind(local).unwrap();
    let mut stream = soon("a connection", socket.connect(server.address()))
        .await
        .unwrap();
    let request = handshake(path, &[]);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 12];
    soon("an answer", stream.read_exact(&mut head))
        .await
        .unwrap();
    let status = String::from_utf8_lossy(&head[9..]).parse().unwrap();
    (TcpStatus(stream), status)
}

/// Keeps the connection.
struct TcpStatus(#[expect(dead_code, reason = "it is held")] tokio::net::TcpStream);

#[tokio::test]
async fn so_many_connections_and_no_more() {
    let server = TestServer::start_with(Server::builder().max_connections(2)).await;
    let first = enter(&server, "/echo").await;
    let _second = enter(&server, "/looked").await;
    let response = refused(&server, "/echo", 503).await;
    assert!(
        response.body.contains("as many connections"),
        "{response:?}"
    );
    drop(first);
    let _third = enter_at_last(&server, "/echo").await;
    refused(&server, "/echo", 503).await;
}

#[tokio::test]
async fn who_was_refused_takes_no_place() {
    let builder = Server::builder()
        .max_connections(1)
        .max_connections_per_ip(1)
        .handshake_timeout(Duration::from_millis(50));
    let server = TestServer::start_with(builder).await;
    for (path, status) in [
        ("/door/forbidden", 403),
        ("/door/internal", 500),
        ("/door/panic", 500),
        ("/door/line-break", 500),
        ("/door/never", 503),
        ("/number/x", 400),
    ] {
        // A second time: the first one has left nothing behind.
        for _ in 0..2 {
            let (_, response) = knock(&server, path).await;
            assert_eq!(response.status, status, "{path}: {response:?}");
            assert!(!response.body.contains("as many connections"), "{path}");
        }
    }
    enter(&server, "/echo").await;
}

#[tokio::test]
async fn a_handshake_that_is_under_way_has_a_place_until_its_client_is_gone() {
    let server = TestServer::start_with(Server::builder().max_connections(1)).await;
    let mut waiting = server.raw().await;
    waiting
        .write(handshake("/door/never", &[]).as_bytes())
        .await;
    let full = async {
        loop {
            let (client, response) = knock(&server, "/echo").await;
            if response.status == 503 {
                return;
            }
            drop(client);
        }
    };
    soon("the handshake to begin", full).await;
    drop(waiting);
    enter_at_last(&server, "/echo").await;
}

#[tokio::test]
async fn a_place_is_free_when_the_endpoint_has_failed_or_the_client_is_cut_off() {
    let server = TestServer::start_with(Server::builder().max_connections(1)).await;
    enter(&server, "/echo").await.reset();
    let mut rude = enter_at_last(&server, "/echo").await;
    rude.write(&[0xff; 64]).await;
    let _last = enter_at_last(&server, "/echo").await;
}

#[tokio::test]
async fn each_address_has_so_many_connections() {
    let server = TestServer::start_with(Server::builder().max_connections_per_ip(2)).await;
    let _first = enter(&server, "/echo").await;
    let second = enter(&server, "/echo").await;
    let response = refused(&server, "/echo", 429).await;
    assert!(response.body.contains("this address"), "{response:?}");
    let (_other, status) = status_from("127.0.0.2", &server, "/echo").await;
    assert_eq!(status, 101);
    drop(second);
    enter_at_last(&server, "/echo").await;
}

#[tokio::test]
async fn each_key_has_so_many_connections() {
    let server = TestServer::start_with(Server::builder().max_connections_per_key(2)).await;
    let _first = enter(&server, "/number/7").await;
    let second = enter(&server, "/number/007").await;
    let response = refused(&server, "/number/7", 429).await;
    assert!(response.body.contains("the key 7"), "{response:?}");
    // Another key, the same value at another endpoint, and no key at all.
    let _other = enter(&server, "/number/8").await;
    let _elsewhere = enter(&server, "/room/7").await;
    for _ in 0..3 {
        enter(&server, "/echo").await;
    }
    drop(second);
    enter_at_last(&server, "/number/7").await;
}

#[tokio::test]
async fn a_key_of_the_handshake_counts_too() {
    let server = TestServer::start_with(Server::builder().max_connections_per_key(1)).await;
    let _first = enter(&server, "/door/key?who=alice").await;
    refused(&server, "/door/key?who=alice", 429).await;
    let _second = enter(&server, "/door/key?who=bob").await;
}

/// At one a second, fifty would take fifty seconds.
#[tokio::test]
async fn so_many_handshakes_in_a_second() {
    let server = TestServer::start_with(Server::builder().handshakes_per_second(1)).await;
    let mut statuses = Vec::new();
    for _ in 0..50 {
        let (_, response) = knock(&server, "/echo").await;
        if response.status == 429 {
            assert_eq!(response.header("retry-after"), Some("1"));
            assert!(
                response.body.contains("too many handshakes"),
                "{response:?}"
            );
        }
        statuses.push(response.status);
    }
    assert_eq!(statuses[0], 101, "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    // What is no handshake is not counted.
    let response = server
        .ask("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(response.status, 426);
}

/// In any time the hurrying address gets 10 and 10 for each second of 20 and 20, so that as many are left.
#[tokio::test]
async fn an_address_that_hurries_takes_no_turn_of_another() {
    let server = TestServer::start_with(Server::builder().handshakes_per_second(20)).await;
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let (_, status) = status_from("127.0.0.2", &server, "/echo").await;
        statuses.push(status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    for _ in 0..10 {
        enter(&server, "/echo").await;
    }
}

#[tokio::test]
async fn an_address_has_a_pace_of_its_own() {
    let builder = Server::builder().handshakes_per_second_per_ip(1);
    let server = TestServer::start_with(builder).await;
    let mut statuses = Vec::new();
    for _ in 0..20 {
        let (_, status) = status_from("127.0.0.2", &server, "/echo").await;
        statuses.push(status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    enter(&server, "/echo").await;
}

#[tokio::test]
async fn limits_of_nothing_are_refused() {
    let builder = Server::builder()
        .max_connections(0)
        .max_connections_per_ip(0)
        .max_connections_per_key(0)
        .handshakes_per_second(0)
        .handshakes_per_second_per_ip(0);
    let error = builder.address("127.0.0.1:0").bind().await.unwrap_err();
    let text = error.to_string();
    for name in [
        "`max_connections`",
        "`max_connections_per_ip`",
        "`max_connections_per_key`",
        "`handshakes_per_second`",
        "`handshakes_per_second_per_ip`",
    ] {
        assert!(text.contains(name), "{name} is not in: {text}");
    }
}
