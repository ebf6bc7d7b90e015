//! Code of users that runs before the 101: whatever it does, the client gets an answer, the log a line that names the
//! endpoint, and the connection takes the next request.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use axum::Router;
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tower::service_fn;
use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{Http2Client, Log, RawClient, TestServer};

/// A value that does as it is told, when it is read or when it is printed.
#[derive(Debug)]
struct Fragile(String);

/// An error that cannot be printed.
#[derive(Debug)]
struct Unprintable;

impl FromStr for Fragile {
    type Err = Unprintable;

    fn from_str(text: &str) -> Result<Self, Unprintable> {
        match text {
            "read-panics" => panic!("no value for\n{text}"),
            "error-fails" => Err(Unprintable),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Fragile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            "print-panics" => panic!("this is not printed"),
            "print-fails" => Err(fmt::Error),
            text => f.write_str(text),
        }
    }
}

impl fmt::Display for Unprintable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("this error is not printed")
    }
}

/// Its path variable is the key, in the form in which the type prints it.
#[derive(Default)]
struct Keyed;

#[server_endpoint("/fragile/key/<value>")]
impl Keyed {
    #[on_message]
    fn echo(&self, text: String, #[path_param] value: Fragile) -> String {
        format!("{value}: {text}")
    }
}

/// Takes the value from the query.
#[derive(Default)]
struct Queried;

#[server_endpoint("/fragile/query")]
impl Queried {
    #[on_message]
    fn echo(&self, text: String, #[query_param] value: Option<Fragile>) -> String {
        format!("{value:?}: {text}")
    }
}

/// Takes it in `#[on_handshake]`.
#[derive(Default)]
struct Asked;

#[server_endpoint("/fragile/asked/<value>")]
impl Asked {
    #[on_handshake]
    fn check(#[path_param] value: Fragile) -> Accept {
        Accept::new().key(value)
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

/// A parameter that is made from the request, or not.
struct Extracted;

impl<'h> FromHandshake<'h> for Extracted {
    fn from_handshake(handshake: &'h Handshake) -> Result<Self, Reject> {
        assert!(handshake.query().is_none(), "no queries here");
        Ok(Self)
    }
}

#[derive(Default)]
struct Extracting;

#[server_endpoint("/fragile/extracted")]
impl Extracting {
    #[on_handshake]
    fn check(_extracted: Extracted) {}

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

/// Requests whose handling panics, and the endpoint that does it.
const PANICS: [(&str, &str); 9] = [
    ("/fragile/key/read-panics", "Keyed"),
    ("/fragile/key/error-fails", "Keyed"),
    ("/fragile/key/print-panics", "Keyed"),
    ("/fragile/key/print-fails", "Keyed"),
    ("/fragile/query?value=read-panics", "Queried"),
    ("/fragile/query?value=error-fails", "Queried"),
    ("/fragile/asked/read-panics", "Asked"),
    ("/fragile/asked/print-fails", "Asked"),
    ("/fragile/extracted?a", "Extracting"),
];

/// Has every one of them answered on one connection, which then becomes a session.
async fn survive(mut client: RawClient) {
    for (path, _) in PANICS {
        client.write(handshake(path, &[]).as_bytes()).await;
        let response = client.response().await;
        assert_eq!(response.status, 500, "{path}");
        assert_eq!(response.body, "the server failed\n", "{path}");
    }
    client
        .write(handshake("/fragile/key/good", &[]).as_bytes())
        .await;
    assert_eq!(client.response().await.status, 101);
    client.frame(0x81, b"hello").await;
    assert_eq!(client.read_frame().await.payload, b"good: hello");
}

#[tokio::test]
async fn a_panic_before_the_101_is_answered_with_500_and_the_connection_goes_on() {
    let server = TestServer::start().await;
    survive(server.raw().await).await;
    assert!(server.handle().sessions::<Asked>().is_empty());
}

#[tokio::test]
async fn a_panic_before_the_101_is_logged_with_its_endpoint() {
    for (path, endpoint) in PANICS {
        let log = Log::start();
        // Lines are limited for each server.
        let server = TestServer::start().await;
        for _ in 0..3 {
            assert_eq!(server.ask(handshake(path, &[])).await.status, 500);
        }
        let lines = log.lines("ERROR");
        let [line] = &lines[..] else {
            panic!("one line about {path}: {lines:?}")
        };
        for part in [endpoint, "/fragile/", "user_code.rs:", "panicked"] {
            assert!(line.contains(part), "`{part}` is not in: {line}");
        }
    }
}

#[tokio::test]
async fn a_panic_before_the_101_leaves_nobody_behind() {
    let builder = Server::builder()
        .max_connections(1)
        .max_connections_per_ip(1);
    let server = TestServer::start_with(builder).await;
    for (path, _) in PANICS {
        assert_eq!(server.ask(handshake(path, &[])).await.status, 500, "{path}");
    }
    let response = server.ask(handshake("/fragile/key/good", &[])).await;
    assert_eq!(response.status, 101, "{response:?}");
}

#[tokio::test]
async fn over_http_2_a_panic_costs_its_stream_alone() {
    let server = TestServer::start().await;
    let mut client = server.http2().await;
    let mut other = client.open("/fragile/key/other").await;
    for (path, _) in PANICS {
        let answer = client.ask(Http2Client::handshake(path)).await;
        assert_eq!(answer.status, 500, "{path}");
    }
    other.send("hello").await;
    assert_eq!(other.text().await, "other: hello");
}

#[tokio::test]
async fn a_mounted_service_answers_with_500_too() {
    let endpoints = Server::builder().into_service().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback_service(endpoints);
    tokio::spawn(async move { axum::serve(listener, app).await });
    survive(RawClient::connect(address).await).await;
}

#[tokio::test]
async fn a_fallback_service_that_panics_is_answered_with_500() {
    let log = Log::start();
    let pages = service_fn(|request: Request<Incoming>| async move {
        assert_ne!(request.uri().path(), "/panic", "no such page");
        Ok::<_, Infallible>(Response::new("a page".to_owned()))
    });
    let server = TestServer::start_with(Server::builder().fallback(pages)).await;
    let mut client = server.raw().await;
    for (path, status) in [("/panic", 500), ("/page", 200), ("/panic", 500)] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.write(request.as_bytes()).await;
        assert_eq!(client.response().await.status, status, "{path}");
    }
    let lines = log.lines("ERROR");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("/panic"), "{lines:?}");
}
