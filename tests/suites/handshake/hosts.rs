//! Which hosts a server answers to: the guard against DNS rebinding, and the setting that takes its place.

use axum::Router;
use tokio::net::TcpListener;
use wspring::prelude::*;
use wspring::{Builder, Hosts, Origins};
use wspring_tests::client::handshake;
use wspring_tests::{Client, Http2Client, Log, RawClient, Response, TestServer};

/// A handshake of the page at `origin` with its own host, which both headers name.
fn page(origin: &str, headers: &[&str]) -> String {
    let host = origin.split_once("://").expect("an origin").1;
    let origin = format!("Origin: {origin}");
    let headers: Vec<_> = headers.iter().copied().chain([&*origin]).collect();
    asking(host, &headers)
}

fn asking(host: &str, headers: &[&str]) -> String {
    handshake("/echo", headers).replacen("Host: localhost", &format!("Host: {host}"), 1)
}

fn assert_names_the_setting(response: &Response) {
    assert_eq!(response.status, 403, "{response:?}");
    assert!(response.body.contains("`hosts`"), "{response:?}");
}

#[tokio::test]
async fn a_page_whose_host_was_pointed_at_a_loopback_address_is_refused() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let server = TestServer::start_at(address.parse().unwrap(), Server::builder()).await;
        let port = server.address().port();
        for origin in [
            "http://evil.example".to_owned(),
            format!("http://evil.example:{port}"),
            format!("http://localhost.evil.example:{port}"),
            format!("http://127.0.0.1.evil.example:{port}"),
        ] {
            let response = server.ask(page(&origin, &[])).await;
            assert_names_the_setting(&response);
            assert!(response.body.contains("evil.example"), "{response:?}");
        }
    }
}

#[tokio::test]
async fn the_pages_of_a_developer_may_connect_without_a_setting() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let server = TestServer::start_at(address.parse().unwrap(), Server::builder()).await;
        let port = server.address().port();
        for host in [
            "localhost",
            "app.localhost",
            "127.0.0.1",
            "[::1]",
            "192.168.1.7",
        ] {
            let response = server
                .ask(page(&format!("http://{host}:{port}"), &[]))
                .await;
            assert_eq!(response.status, 101, "{host} at {address}: {response:?}");
        }
    }
}

#[tokio::test]
async fn a_proxy_on_the_same_machine_needs_no_setting() {
    let server = TestServer::start().await;
    for header in [
        "Forwarded: for=192.0.2.60;proto=http",
        "X-Forwarded-For: 192.0.2.60",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Host: app.example",
        "X-Real-IP: 192.0.2.60",
        "Via: 1.1 proxy",
    ] {
        let response = server.ask(page("http://app.example", &[header])).await;
        assert_eq!(response.status, 101, "{header}: {response:?}");
    }
    // The proxy has taken the TLS off.
    let response = server.ask(page("https://app.example", &[])).await;
    assert_eq!(response.status, 101, "{response:?}");
}

#[tokio::test]
async fn clients_other_than_browsers_may_use_any_host() {
    let server = TestServer::start().await;
    assert_eq!(server.ask(asking("app.example", &[])).await.status, 101);
}

#[tokio::test]
async fn a_page_that_is_listed_may_connect_from_any_host() {
    let listed = Origins::list(["http://app.test"]).unwrap();
    for origins in [listed, Origins::any()] {
        let server = TestServer::start_with(Server::builder().origins(origins)).await;
        let response = server.ask(page("http://app.test", &[])).await;
        assert_eq!(response.status, 101, "{response:?}");
        let to_itself = asking("localhost", &["Origin: http://app.test"]);
        assert_eq!(server.ask(to_itself).await.status, 101);
    }
}

#[tokio::test]
async fn a_server_answers_to_the_hosts_that_are_listed_and_to_no_other() {
    let hosts = Hosts::list(["app.test", "[::1]:8080"]).unwrap();
    let server = TestServer::start_with(Server::builder().hosts(hosts)).await;
    for host in ["app.test", "APP.TEST:8080", "app.test.", "[::1]:8080"] {
        assert_eq!(server.ask(asking(host, &[])).await.status, 101, "{host}");
    }
    assert_eq!(server.ask(page("http://app.test", &[])).await.status, 101);
    for host in [
        "localhost",
        "[::1]",
        "app.test.evil.example",
        "",
        "a b",
        "app.test@evil.example",
    ] {
        let response = server.ask(asking(host, &[])).await;
        assert_names_the_setting(&response);
    }
    let mut absolute = asking("app.test", &[]);
    absolute = absolute.replacen("/echo", "http://evil.example/echo", 1);
    assert_names_the_setting(&server.ask(absolute).await);
}

#[tokio::test]
async fn any_host_takes_the_guard_away() {
    let server = TestServer::start_with(Server::builder().hosts(Hosts::any())).await;
    let response = server.ask(page("http://app.test", &[])).await;
    assert_eq!(response.status, 101, "{response:?}");
}

#[tokio::test]
async fn over_http_2_the_authority_is_the_host() {
    let hosts = Hosts::list(["app.test"]).unwrap();
    let listed = TestServer::start_with(Server::builder().hosts(hosts)).await;
    let guarded = TestServer::start().await;
    for (server, authority, origin, status) in [
        (&listed, "app.test", "http://app.test", 200),
        (&listed, "localhost", "http://localhost", 403),
        (&guarded, "evil.example", "http://evil.example", 403),
        (&guarded, "localhost", "http://localhost", 200),
        (&guarded, "app.example", "https://app.example", 200),
    ] {
        let mut request = Http2Client::handshake("/echo");
        *request.uri_mut() = format!("http://{authority}/echo").parse().unwrap();
        let origin = origin.parse().unwrap();
        request.headers_mut().insert("origin", origin);
        let mut client = server.http2().await;
        if status == 200 {
            client.open_with(request).await;
            continue;
        }
        let answer = client.ask(request).await;
        assert_eq!(answer.status, status, "{authority}");
        assert!(answer.body.contains("`hosts`"), "{}", answer.body);
    }
}

/// An axum app with the endpoints in it, for as long as the runtime of the test lives.
async fn mounted(builder: Builder) -> std::net::SocketAddr {
    let endpoints = builder.into_service().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback_service(endpoints);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// The address is known only behind the 101, so that the page is turned away there, before there is a session.
#[tokio::test]
async fn a_mounted_service_turns_such_a_page_away_before_the_session_opens() {
    let log = Log::start();
    let address = mounted(Server::builder()).await;
    let mut client = RawClient::connect(address).await;
    client
        .write(page("http://evil.example", &[]).as_bytes())
        .await;
    assert_eq!(client.response().await.status, 101);
    let (code, reason) = client.read_close().await;
    assert_eq!(code, 1008);
    assert!(reason.contains("`hosts`"), "{reason}");
    assert_eq!(client.rest().await, b"");
    let lines = log.lines("WARN");
    assert!(
        lines.iter().any(|line| line.contains("`hosts`")),
        "{lines:?}"
    );

    for request in [
        page("http://localhost", &[]),
        page("http://app.example", &["X-Forwarded-For: 192.0.2.60"]),
        page("https://app.example", &[]),
    ] {
        let mut client = RawClient::connect(address).await;
        client.write(request.as_bytes()).await;
        assert_eq!(client.response().await.status, 101);
        client.frame(0x81, b"hello").await;
        assert_eq!(client.read_frame().await.payload, b"hello");
    }
}

#[tokio::test]
async fn a_mounted_service_answers_to_listed_hosts_alone() {
    let hosts = Hosts::list(["app.test"]).unwrap();
    let address = mounted(Server::builder().hosts(hosts)).await;
    for (host, status) in [("app.test", 101), ("evil.example", 403)] {
        let mut client = RawClient::connect(address).await;
        client.write(asking(host, &[]).as_bytes()).await;
        assert_eq!(client.response().await.status, status, "{host}");
    }
    let (status, body) = Client::refused(format!("ws://{address}/echo")).await;
    assert_eq!(status, 403);
    assert!(body.contains("`hosts`"), "{body}");
}
