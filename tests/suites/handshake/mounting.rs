//! Endpoints beside plain HTTP: mounted in an axum app, and with an axum app behind them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use http::{StatusCode, header};
use tokio::io::DuplexStream;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tower::service_fn;
use wspring::prelude::*;
use wspring::{EndpointService, ServerHandle};
use wspring_tests::client::handshake;
use wspring_tests::{Client, RawClient, Response, TestServer, soon};

use crate::endpoint::{Echo, Number};

/// An axum app that runs until it is dropped.
struct App {
    address: SocketAddr,
    handle: ServerHandle,
    serving: JoinHandle<()>,
}

/// Connections that are no TCP.
struct InMemory(mpsc::Receiver<DuplexStream>);

/// Tells the address of its peer.
#[derive(Default)]
struct Whoami;

#[server_endpoint("/whoami")]
impl Whoami {
    #[on_message]
    fn answer(&self, session: &Session, _text: &str) -> String {
        format!("{:?}", session.remote_addr())
    }
}

impl App {
    async fn start(mount: impl FnOnce(Router, EndpointService) -> Router) -> Self {
        let endpoints = Server::builder().into_service().unwrap();
        let handle = endpoints.handle();
        let app = mount(
            Router::new().route("/hello", get(|| async { "hello" })),
            endpoints,
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            handle,
            serving,
        }
    }

    async fn ask(&self, request: &str) -> Response {
        let mut client = RawClient::connect(self.address).await;
        client.write(request.as_bytes()).await;
        client.response().await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl axum::serve::Listener for InMemory {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(stream) => (stream, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Lets a request pass that shows the token of the user whom its path ends with.
async fn authenticate(request: Request, next: Next) -> axum::response::Response {
    let path = request.uri().path();
    let user = path.rsplit('/').next().unwrap_or_default();
    let expected = format!("Bearer token-of-{user}");
    match request.headers().get(header::AUTHORIZATION) {
        Some(token) if *token == expected => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

fn plain(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

#[tokio::test]
async fn i10_endpoints_in_an_axum_app_are_served_beside_its_routes() {
    let app = App::start(Router::fallback_service).await;
    let mut client = Client::connect(format!("ws://{}/echo", app.address)).await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
    assert_eq!(app.handle.sessions::<Echo>().len(), 1);

    assert_eq!(app.ask(&plain("/hello")).await.body, "hello");
    assert_eq!(app.ask(&plain("/echo")).await.status, 426);
    let missed = app.ask(&handshake("/ehco", &[])).await;
    assert_eq!(missed.status, 404);
    assert!(
        missed.body.contains("did you mean /echo?"),
        "{}",
        missed.body
    );
}

#[tokio::test]
async fn i10_endpoints_can_be_mounted_below_a_prefix() {
    let app = App::start(|routes, endpoints| routes.nest_service("/ws", endpoints)).await;
    let mut client = Client::connect(format!("ws://{}/ws/number/7", app.address)).await;
    client.send("?").await;
    assert_eq!(client.text().await, "7");
    app.handle.send_info("pushed", 7).await.unwrap();
    assert_eq!(client.text().await, "pushed");
    assert_eq!(app.ask(&handshake("/number/7", &[])).await.status, 404);
}

#[tokio::test]
async fn a_limit_by_address_is_refused_where_addresses_are_not_seen() {
    let mounted = Server::builder().max_connections_per_ip(5).into_service();
    let error = mounted.expect_err("a limit without effect");
    assert_eq!(error.kind(), wspring::ErrorKind::Config);
    assert!(
        error.to_string().contains("`max_connections_per_ip`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_mounted_endpoint_knows_its_peer() {
    let app = App::start(Router::fallback_service).await;
    let mut client = RawClient::upgraded(app.address, "/whoami").await;
    client.frame(0x81, b"?").await;
    let answer = String::from_utf8(client.read_frame().await.payload).unwrap();
    assert_eq!(answer, format!("{:?}", Some(client.local_addr())));
}

#[tokio::test]
async fn bytes_right_behind_the_request_reach_a_mounted_endpoint() {
    let app = App::start(Router::fallback_service).await;
    let mut client = RawClient::connect(app.address).await;
    let early = wspring_tests::client::masked_frame(0x81, b"early");
    client
        .write(&[handshake("/echo", &[]).as_bytes(), &early].concat())
        .await;
    assert_eq!(client.response().await.status, 101);
    assert_eq!(client.read_frame().await.payload, b"early");
}

#[tokio::test]
async fn mounted_endpoints_are_drained_by_their_handle() {
    let app = App::start(Router::fallback_service).await;
    let mut client = RawClient::upgraded(app.address, "/echo").await;
    client.frame(0x81, b"hello").await;
    client.read_frame().await;
    let drain = soon("the drain", app.handle.shutdown());
    let leave = async {
        assert_eq!(client.read_close().await.0, 1001);
        client.frame(0x88, &1001_u16.to_be_bytes()).await;
        assert_eq!(client.rest().await, b"");
    };
    tokio::join!(drain, leave);
    assert!(app.handle.sessions::<Echo>().is_empty());

    assert_eq!(app.ask(&handshake("/echo", &[])).await.status, 503);
    assert_eq!(
        app.ask(&plain("/hello")).await.body,
        "hello",
        "the app goes on"
    );
}

/// Acceptance (k) of the Java original: nobody takes the place of a user whose token they do not have.
#[tokio::test]
async fn a_layer_around_mounted_endpoints_refuses_before_the_upgrade() {
    let app = App::start(|routes, endpoints| {
        routes
            .nest_service("/ws", endpoints)
            .layer(from_fn(authenticate))
    })
    .await;
    let token = |user: u8| format!("Authorization: Bearer token-of-{user}");
    let mut user = RawClient::connect(app.address).await;
    user.write(handshake("/ws/number/1", &[&token(1)]).as_bytes())
        .await;
    assert_eq!(user.response().await.status, 101);
    user.frame(0x81, b"?").await;
    assert_eq!(user.read_frame().await.payload, b"1");

    for headers in [&[][..], &[&*token(2)]] {
        let refused = app.ask(&handshake("/ws/number/1", headers)).await;
        assert_eq!(refused.status, 401, "{headers:?}");
    }
    assert_eq!(app.handle.sessions::<Number>().len(), 1);
    let delivered = app.handle.send_info("for 1", 1).await.unwrap();
    assert_eq!(delivered.sessions, 1);
    assert_eq!(user.read_frame().await.payload, b"for 1");
}

#[tokio::test]
async fn a_stream_that_is_no_tcp_has_no_address_and_works() {
    let (connect, accept) = mpsc::channel(1);
    let endpoints = Server::builder().into_service().unwrap();
    let app = Router::new().fallback_service(endpoints);
    let serving = tokio::spawn(async move { axum::serve(InMemory(accept), app).await });
    let (ours, theirs) = tokio::io::duplex(4096);
    connect.send(theirs).await.unwrap();

    let upgrade = tokio_tungstenite::client_async("ws://localhost/whoami", ours);
    let (mut socket, _) = soon("the handshake", upgrade).await.unwrap();
    use futures_util::{SinkExt as _, StreamExt as _};
    socket.send("?".into()).await.unwrap();
    let answer = soon("the answer", socket.next()).await.unwrap().unwrap();
    assert_eq!(answer.to_text().unwrap(), "None");
    serving.abort();
}

#[tokio::test]
async fn an_axum_router_answers_what_is_for_no_endpoint() {
    let app = Router::new()
        .route("/hello", get(|| async { "hello" }))
        .route(
            "/upper",
            post(|body: String| async move { body.to_uppercase() }),
        )
        .route("/echo", get(|| async { "the page that an endpoint hides" }));
    let server = TestServer::start_with(Server::builder().fallback(app)).await;
    assert_eq!(server.ask(plain("/hello")).await.body, "hello");
    let upper = "POST /upper HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc";
    assert_eq!(server.ask(upper).await.body, "ABC");
    let missing = server.ask(plain("/nowhere")).await;
    assert_eq!(
        (missing.status, &*missing.body),
        (404, ""),
        "the router's own 404"
    );

    assert_eq!(
        server.ask(plain("/echo")).await.status,
        426,
        "an endpoint's path is the endpoint's"
    );
    let mut client = server.connect("/echo").await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
}

#[tokio::test]
async fn a_handshake_that_a_router_does_not_know_gets_the_hint() {
    let app = Router::new().route("/hello", get(|| async { "hello" }));
    let server = TestServer::start_with(Server::builder().fallback(app)).await;
    let missed = server.ask(handshake("/ehco", &[])).await;
    assert_eq!(missed.status, 404);
    assert!(
        missed.body.contains("did you mean /echo?"),
        "{}",
        missed.body
    );
    assert_eq!(
        server.ask(handshake("/hello", &[])).await.body,
        "hello",
        "a route that exists answers"
    );
}

#[tokio::test]
async fn a_page_and_a_handshake_can_share_a_connection() {
    let app = Router::new().route("/hello", get(|| async { "hello" }));
    let server = TestServer::start_with(Server::builder().fallback(app)).await;
    let mut client = server.raw().await;
    client.write(plain("/hello").as_bytes()).await;
    assert_eq!(client.response().await.body, "hello");
    client.write(handshake("/echo", &[]).as_bytes()).await;
    assert_eq!(client.response().await.status, 101);
    client.frame(0x81, b"hello").await;
    assert_eq!(client.read_frame().await.payload, b"hello");
}

#[tokio::test]
async fn a_request_that_is_being_answered_at_a_shutdown_gets_its_answer() {
    let (begun, mut begins) = mpsc::channel(1);
    let finish = Arc::new(Notify::new());
    let finishing = Arc::clone(&finish);
    let slow = service_fn(move |_| {
        let (begun, finishing) = (begun.clone(), Arc::clone(&finishing));
        async move {
            begun.send(()).await.unwrap();
            finishing.notified().await;
            Ok::<_, Infallible>(axum::response::Response::new("at last".to_owned()))
        }
    });
    let server = TestServer::start_with(Server::builder().fallback(slow)).await;
    let mut session = server.connect("/echo").await;
    let mut client = server.raw().await;
    client.write(plain("/slow").as_bytes()).await;
    soon("the request", begins.recv()).await.unwrap();

    let stopping = tokio::spawn(server.stop());
    assert_eq!(session.closed().await.0, 1001, "the shutdown has begun");
    assert!(!stopping.is_finished(), "a request is not yet answered");
    finish.notify_one();
    let response = client.response().await;
    assert_eq!((response.status, &*response.body), (200, "at last"));
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_fallback_that_fails_is_answered_500() {
    let broken = service_fn(|_| async { Err::<axum::response::Response, _>("out of order") });
    let server = TestServer::start_with(Server::builder().fallback(broken)).await;
    let response = server.ask(plain("/hello")).await;
    assert_eq!(response.status, 500);
    assert!(
        !response.body.contains("out of order"),
        "the cause is for the log: {}",
        response.body
    );

    let fine = service_fn(|_| async {
        Ok::<_, Infallible>(axum::response::Response::new("fine".to_owned()))
    });
    let server = TestServer::start_with(Server::builder().fallback(fine)).await;
    assert_eq!(server.ask(plain("/hello")).await.body, "fine");
}

/// A layer that wraps the body hides whether there is one.
#[tokio::test]
async fn an_endpoint_behind_a_layer_that_wraps_the_body_is_reached() {
    let app = App::start(|router, endpoints| {
        let wrap = axum::middleware::map_request(|request: Request| async {
            request.map(|body| axum::body::Body::from_stream(body.into_data_stream()))
        });
        router.fallback_service(endpoints).layer(wrap)
    })
    .await;
    assert_eq!(app.ask(&handshake("/echo", &[])).await.status, 101);
    let with_body = handshake("/echo", &["Content-Length: 1"]) + "x";
    assert_eq!(app.ask(&with_body).await.status, 400);
}
