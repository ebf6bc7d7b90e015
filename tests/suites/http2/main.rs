//! WebSockets over HTTP/2 (RFC 8441): the same endpoints, each session on a stream of a shared connection.

mod bounds;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::Empty;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use wspring::Compression;
use wspring::prelude::*;
use wspring_tests::{Events, Http2Client, RawClient, Recorder, TestServer, events, soon};

const LARGE: usize = 300_000;

/// Sends back what it gets, and tells how it ended.
#[derive(Default)]
struct Echo;

#[server_endpoint("/echo/<name>")]
impl Echo {
    #[on_message]
    fn text(text: &str) -> String {
        text.to_owned()
    }

    #[on_message]
    fn binary(bytes: Bytes) -> Bytes {
        bytes
    }

    #[on_close]
    fn close(reason: CloseReason, ended: State<Recorder<String>>) {
        ended.record(reason.to_string());
    }
}

/// Takes numbers only.
#[derive(Default)]
struct Number;

#[server_endpoint("/number/<number>")]
impl Number {
    #[on_message]
    fn text(#[path_param] number: i64, _: &str) -> i64 {
        number
    }
}

/// Says what it knows of the request.
#[derive(Default)]
struct Seen;

#[server_endpoint("/request")]
impl Seen {
    #[on_message]
    fn text(session: &Session, _: &str) -> String {
        let host = session.handshake().headers().get("host");
        let host = host.and_then(|host| host.to_str().ok());
        format!("{} {host:?} {:?}", session.uri(), session.remote_addr())
    }
}

/// Handles its first message until the test lets it go on.
#[derive(Default)]
struct Slow;

#[server_endpoint("/slow")]
impl Slow {
    #[on_message]
    async fn binary(_: Bytes, go_on: State<Arc<Notify>>, taken: State<Recorder<String>>) {
        taken.record("taken");
        go_on.notified().await;
    }
}

struct Fixture {
    server: TestServer,
    events: Events<String>,
    go_on: Arc<Notify>,
}

fn builder() -> (wspring::Builder, Events<String>, Arc<Notify>) {
    let (recorder, events) = events::<String>();
    let go_on = Arc::new(Notify::new());
    let builder = Server::builder()
        .max_message_size(LARGE)
        .state(recorder)
        .state(Arc::clone(&go_on));
    (builder, events, go_on)
}

async fn start() -> Fixture {
    let (builder, events, go_on) = builder();
    Fixture {
        server: TestServer::start_with(builder).await,
        events,
        go_on,
    }
}

#[tokio::test]
async fn an_extended_connect_is_answered_with_200_and_opens_a_session() {
    let Fixture {
        server, mut events, ..
    } = start().await;
    let mut http = server.http2().await;
    let (mut client, headers) = http.open_with(Http2Client::handshake("/echo/ann")).await;
    for absent in [
        "sec-websocket-accept",
        "content-length",
        "upgrade",
        "connection",
    ] {
        assert!(!headers.contains_key(absent), "{absent} in {headers:?}");
    }
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
    client.close().await;
    assert!(events.next().await.starts_with("1000"));
}

#[tokio::test]
async fn handlers_see_the_request_as_they_do_over_http_1() {
    let Fixture { server, .. } = start().await;
    let stream = server.raw().await;
    let address = stream.local_addr();
    let mut http = Http2Client::over(stream.into_inner()).await;
    let mut client = http.open("/request?a=1").await;
    client.send("?").await;
    let expected = format!("/request?a=1 Some(\"localhost\") Some({address})");
    assert_eq!(client.text().await, expected);
}

#[tokio::test]
async fn messages_of_every_size_and_in_fragments_come_and_go() {
    let Fixture { server, .. } = start().await;
    let mut client = server.http2().await.open("/echo/ann").await;
    for size in [0, 1, 125, 126, 65_535, 65_536, LARGE] {
        let bytes = Bytes::from_iter((0..size).map(|at| at.to_le_bytes()[0]));
        client.send(bytes.clone()).await;
        assert_eq!(client.next().await, Message::Binary(bytes), "{size}");
    }
    let fragment = |text: &str, code, is_final| {
        Message::Frame(Frame::message(
            text.to_owned(),
            OpCode::Data(code),
            is_final,
        ))
    };
    client.send(fragment("a message ", Data::Text, false)).await;
    client
        .send(Message::Ping(Bytes::from_static(b"between")))
        .await;
    client.send(fragment("in ", Data::Continue, false)).await;
    client.send(fragment("three", Data::Continue, true)).await;
    assert_eq!(client.text().await, "a message in three");
    client
        .send(Message::Binary(vec![0; LARGE + 1].into()))
        .await;
    assert_eq!(client.closed().await.0, 1009);
}

#[tokio::test]
async fn one_connection_has_many_sessions_which_end_alone() {
    let Fixture {
        server, mut events, ..
    } = start().await;
    let mut http = server.http2().await;
    let mut clients = Vec::new();
    for name in 0..20 {
        let mut client = http.open(&format!("/echo/{name}")).await;
        client.send("in").await;
        assert_eq!(client.text().await, "in");
        clients.push(client);
    }
    clients.remove(0).close().await;
    assert!(events.next().await.starts_with("1000"));
    // A stream that is reset is a connection that broke.
    drop(clients.remove(0));
    assert!(events.next().await.starts_with("1006"));
    for (name, client) in (2..).zip(&mut clients) {
        let pushed = server.handle().send_info(format!("to {name}"), name);
        assert_eq!(pushed.await.unwrap().sessions, 1);
        assert_eq!(client.text().await, format!("to {name}"));
    }
    let mut http_1 = server.connect("/echo/http-1").await;
    http_1.send("beside them").await;
    assert_eq!(http_1.text().await, "beside them");
}

#[tokio::test]
async fn what_is_refused_says_why_and_leaves_the_connection_alone() {
    let Fixture { server, .. } = start().await;
    let mut http = server.http2().await;
    let mut client = http.open("/echo/ann").await;
    let header = |name, value| {
        let mut request = Http2Client::handshake("/echo/bob");
        let value = HeaderValue::from_static(value);
        request.headers_mut().insert(name, value);
        request
    };
    let plain = |method, uri: &str| {
        let request = Request::builder().method(method).uri(uri);
        request.body(Empty::new()).unwrap()
    };
    for (request, status, text) in [
        (
            Http2Client::handshake("/ecko/bob"),
            404,
            "did you mean /echo/<name>?",
        ),
        (Http2Client::handshake("/number/one"), 400, "number"),
        (
            header("origin", "https://evil.example"),
            403,
            "https://evil.example",
        ),
        (header("sec-websocket-version", "8"), 400, "version 13"),
        (
            Http2Client::connect_to("/echo/bob", "connect-udp"),
            501,
            ":protocol",
        ),
        (
            plain(Method::GET, "http://localhost/echo/bob"),
            405,
            "extended CONNECT",
        ),
        (
            plain(Method::CONNECT, "localhost:80"),
            404,
            "no WebSocket endpoint",
        ),
    ] {
        let answer = http.ask(request).await;
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
        assert!(answer.body.contains(text), "{answer:?}");
        match status {
            405 => assert_eq!(answer.headers["allow"], "CONNECT"),
            400 if text == "version 13" => {
                assert_eq!(answer.headers["sec-websocket-version"], "13");
            }
            _ => {}
        }
    }
    client.send("still here").await;
    assert_eq!(client.text().await, "still here");
}

#[tokio::test]
async fn the_origin_is_that_of_the_authority_and_compression_is_agreed_on() {
    let (builder, _events, _) = builder();
    let server = TestServer::start_with(builder.compression(Compression::on())).await;
    let mut request = Http2Client::handshake("/echo/ann");
    let headers = request.headers_mut();
    headers.insert("origin", HeaderValue::from_static("http://localhost"));
    let offer = HeaderValue::from_static("permessage-deflate; client_max_window_bits");
    headers.insert("sec-websocket-extensions", offer);
    let (mut client, headers) = server.http2().await.open_with(request).await;
    let agreed = headers["sec-websocket-extensions"].to_str().unwrap();
    assert!(agreed.starts_with("permessage-deflate"), "{agreed}");
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
}

#[tokio::test]
async fn a_handler_that_takes_nothing_does_not_hold_up_other_sessions() {
    let Fixture {
        server,
        mut events,
        go_on,
    } = start().await;
    let mut http = server.http2().await;
    let mut slow = http.open("/slow").await;
    slow.send(vec![0; 1]).await;
    assert_eq!(events.next().await, "taken");
    // More than a stream may send ahead, and than hyper would give to all of them together.
    let flood = tokio::spawn(async move {
        for _ in 0..10 {
            slow.send(vec![0; LARGE]).await;
        }
        slow
    });
    let mut others = Vec::new();
    for name in 0..3 {
        let mut other = http.open(&format!("/echo/{name}")).await;
        for _ in 0..3 {
            other.send(vec![1; LARGE]).await;
            assert_eq!(other.next().await, Message::Binary(vec![1; LARGE].into()));
        }
        others.push(other);
    }
    assert!(!flood.is_finished());
    for _ in 0..10 {
        go_on.notify_one();
        assert_eq!(events.next().await, "taken");
    }
    soon("the rest of the flood", flood).await.unwrap();
}

#[tokio::test]
async fn a_client_that_reads_nothing_of_one_session_gets_the_others() {
    let Fixture {
        server, mut events, ..
    } = start().await;
    let mut http = server.http2().await;
    let stuck = http.open("/echo/stuck").await;
    let mut other = http.open("/echo/other").await;
    let frame = "x".repeat(60_000);
    while server.handle().send_info(&*frame, "stuck").await.is_ok() {
        other.send("hello").await;
        assert_eq!(other.text().await, "hello");
    }
    // It is a slow consumer, as it would be on a connection of its own.
    drop(stuck);
    assert!(events.next().await.starts_with("1013"));
    other.send("goodbye").await;
    assert_eq!(other.text().await, "goodbye");
}

#[tokio::test]
async fn the_drain_closes_all_sessions_and_then_the_connection() {
    let Fixture { server, .. } = start().await;
    let mut http = server.http2().await;
    let mut clients = [http.open("/echo/ann").await, http.open("/echo/bob").await];
    let idle = server.http2().await;
    let goodbyes = async {
        for client in &mut clients {
            assert_eq!(client.closed().await.0, 1001);
        }
        http.ended().await;
        idle.ended().await;
    };
    tokio::join!(server.stop(), goodbyes);
}

#[tokio::test]
async fn a_connection_that_asks_for_nothing_has_the_time_of_a_handshake() {
    let (builder, _events, _) = builder();
    let builder = builder.handshake_timeout(Duration::from_millis(100));
    let server = TestServer::start_with(builder).await;
    let mut http = server.http2().await;
    let mut client = http.open("/echo/ann").await;
    for begun in [
        &b""[..],
        b"G",
        b"PRI * HTTP/2.0",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut raw = server.raw().await;
        raw.write(begun).await;
        raw.rest().await;
    }
    // After a request, too; a session has all the time it wants.
    let mut asked = server.http2().await;
    asked.ask(Http2Client::handshake("/nowhere")).await;
    asked.ended().await;
    client.send("still here").await;
    assert_eq!(client.text().await, "still here");
}

#[tokio::test]
async fn a_connection_without_a_stream_makes_room_for_another_one() {
    let (builder, _events, _) = builder();
    let builder = builder
        .max_connections(2)
        .handshake_timeout(Duration::from_secs(3600));
    let server = TestServer::start_with(builder).await;
    let mut shared = server.http2().await;
    let mut sessions = [
        shared.open("/echo/ann").await,
        shared.open("/echo/bob").await,
    ];
    let mut idle = server.http2().await;
    let refused = idle.ask(Http2Client::handshake("/echo/eve")).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(server.raw().await);
    }
    idle.ended().await;
    for client in &mut sessions {
        client.send("still here").await;
        assert_eq!(client.text().await, "still here");
    }
}

#[tokio::test]
async fn a_head_is_bounded_over_http_2_too() {
    let Fixture { server, .. } = start().await;
    let mut http = server.http2().await;
    for (size, status) in [
        (30_000, StatusCode::NOT_FOUND),
        (60_000, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
    ] {
        let mut request = Http2Client::handshake("/nowhere");
        let value = HeaderValue::from_str(&"x".repeat(size)).unwrap();
        request.headers_mut().insert("cookie", value);
        assert_eq!(http.ask(request).await.status, status);
    }
}

#[tokio::test]
async fn mounted_endpoints_take_it_from_the_other_server() {
    let (builder, _events, _) = builder();
    let endpoints = builder.into_service().unwrap();
    let sessions = endpoints.handle();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback_service(endpoints);
    let serving = tokio::spawn(async { axum::serve(listener, app).await });
    let stream = RawClient::connect(address).await.into_inner();
    let mut client = Http2Client::over(stream).await.open("/echo/ann").await;
    client.send("through axum").await;
    assert_eq!(client.text().await, "through axum");
    tokio::join!(soon("the drain", sessions.shutdown()), async {
        assert_eq!(client.closed().await.0, 1001);
    });
    serving.abort();
}
