//! Rows A7, K1 and H8: endpoints of clients, and how they are connected.

use serde_json::{Value, json};
use wspring::prelude::*;
use wspring::{BoxError, Client, ErrorKind};
use wspring_tests::{Recorder, TestServer, events};

use super::{Listener, fail, listen};

/// Made by `Default`, and told by state.
#[derive(Default)]
struct Counter {
    seen: u64,
}

#[client_endpoint]
impl Counter {
    #[on_message]
    fn count(&mut self, text: &str, told: State<Recorder<String>>) {
        self.seen += 1;
        told.record(format!("{} {text}", self.seen));
    }
}

#[tokio::test]
async fn k1_a_type_is_connected_and_each_connection_has_a_value_of_its_own() {
    let server = TestServer::start().await;
    let (recorder, mut seen) = events::<String>();
    let client = Client::new().state(recorder);
    for _ in 0..2 {
        let session = client.connect::<Counter>(server.url("/echo")).await;
        let session = session.expect("a session");
        session.send("a").await.expect("an open session");
        assert_eq!(seen.next().await, "1 a");
        session.send("b").await.expect("an open session");
        assert_eq!(seen.next().await, "2 b");
    }
}

/// Made by its `#[on_open]`, out of the URL.
struct Named {
    name: String,
}

#[client_endpoint]
impl Named {
    #[on_open]
    async fn open(session: &Session, #[query_param] name: String) -> Result<Self, BoxError> {
        session.send(name.as_str()).await?;
        Ok(Self { name })
    }

    #[on_message]
    fn back(&self, text: &str, told: State<Recorder<String>>) {
        told.record(format!("{} got {text}", self.name));
    }
}

#[tokio::test]
async fn k1_an_on_open_makes_the_endpoint_out_of_the_query_and_may_send() {
    let server = TestServer::start().await;
    let (recorder, mut seen) = events::<String>();
    let client = Client::new().state(recorder);
    let session = client
        .connect::<Named>(server.url("/echo?name=ann+b"))
        .await;
    let session = session.expect("a session");
    assert_eq!(session.query_param("name"), Some("ann b"));
    assert_eq!(session.uri().path(), "/echo");
    assert_eq!(seen.next().await, "ann b got ann b");
}

#[tokio::test]
async fn k1_a_query_that_does_not_parse_never_leaves_the_program() {
    let (recorder, _seen) = events::<String>();
    let client = Client::new().state(recorder);
    // Nobody listens there.
    let error = client.connect::<Named>("ws://127.0.0.1:1/echo").await;
    let error = error.expect_err("the name is missing");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert!(error.to_string().contains("`name`"), "{error}");
}

#[tokio::test]
async fn k1_state_that_nobody_gave_is_told_before_connecting() {
    let error = wspring::connect::<Counter>("ws://127.0.0.1:1/").await;
    let error = error.expect_err("the state is missing");
    assert_eq!(error.kind(), ErrorKind::Deployment, "{error}");
    assert!(error.to_string().contains("`Client::state`"), "{error}");
}

#[tokio::test]
async fn k1_an_endpoint_that_makes_itself_takes_no_factory() {
    let (recorder, _seen) = events::<String>();
    let client = Client::new().state(recorder);
    let made = |_: &Session| Named {
        name: "never".to_owned(),
    };
    let error = client.connect_with("ws://127.0.0.1:1/?name=a", made).await;
    let error = error.expect_err("two makers");
    assert_eq!(error.kind(), ErrorKind::Deployment, "{error}");
}

/// Does not want to open.
struct Unwilling;

#[client_endpoint]
impl Unwilling {
    #[on_open]
    fn open() -> Result<Self, &'static str> {
        Err("not today")
    }

    #[on_error]
    fn failed(error: &Error, told: State<Recorder<String>>) {
        told.record(error.to_string());
    }
}

#[tokio::test]
async fn k1_connecting_fails_where_on_open_fails() {
    let server = TestServer::start().await;
    let (recorder, mut seen) = events::<String>();
    let client = Client::new().state(recorder);
    let error = client.connect::<Unwilling>(server.url("/echo")).await;
    let error = error.expect_err("an endpoint that does not open");
    assert_eq!(error.kind(), ErrorKind::Handler, "{error}");
    assert!(seen.next().await.contains("not today"));
}

/// Implemented by hand.
struct ByHand(Recorder<String>);

impl Endpoint for ByHand {
    async fn on_message(&mut self, _: &Session, message: &mut Message) -> Result<(), Error> {
        self.0.record(format!("{message:?}"));
        Ok(())
    }
}

#[tokio::test]
async fn k1_an_endpoint_by_hand_is_connected_with_a_value() {
    let server = TestServer::start().await;
    let (recorder, mut seen) = events::<String>();
    let value = ByHand(recorder);
    let client = Client::new();
    let session = client.connect_with(server.url("/echo"), |_| value).await;
    let session = session.expect("a session");
    session.send("hello").await.expect("an open session");
    assert_eq!(seen.next().await, "Text(\"hello\")");
}

/// Objects in both directions.
#[derive(Default)]
struct Calculator;

#[client_endpoint]
impl Calculator {
    #[on_message]
    fn add(&self, Json(numbers): Json<Vec<i64>>, told: State<Recorder<String>>) -> Json<Value> {
        told.record(format!("{numbers:?}"));
        Json(json!({"sum": numbers.iter().sum::<i64>()}))
    }

    #[on_error]
    fn failed(error: &Error, told: State<Recorder<String>>) {
        told.record(format!("{:?}", error.kind()));
    }
}

#[tokio::test]
async fn h8_decoders_and_encoders_are_the_same_for_a_client() {
    let server = wspring_tests::RawServer::listen().await;
    let (recorder, mut seen) = events::<String>();
    let client = Client::new().state(recorder);
    let (connected, (mut peer, _)) = tokio::join!(
        client.connect::<Calculator>(server.url("/")),
        server.upgrade(&[])
    );
    connected.expect("a session");
    peer.write(b"\x81\x05[1,2]\x81\x03[1,").await;
    assert_eq!(seen.next().await, "[1, 2]");
    let (frame, _) = peer.read_masked().await;
    assert_eq!(
        (frame.first, frame.payload.as_slice()),
        (0x81, &br#"{"sum":3}"#[..])
    );
    assert_eq!(seen.next().await, "Decode");
    peer.write(b"\x81\x03[3]").await;
    assert_eq!(seen.next().await, "[3]");
}

/// With everything that can stand beside the attribute.
struct Declared(Listener);

#[client_endpoint(subprotocols = ["declared"], max_message_size = 10, compression = true)]
impl Declared {
    #[on_message]
    fn text(&self, text: &str) {
        self.0.text(text);
    }

    #[on_close]
    fn close(&self, reason: CloseReason) {
        self.0.close(reason);
    }
}

#[tokio::test]
async fn a7_the_arguments_of_the_attribute_take_precedence_over_the_client() {
    let server = wspring_tests::RawServer::listen().await;
    let (recorder, mut seen) = events::<String>();
    let client = Client::new().subprotocols(["client"]).max_message_size(100);
    let value = Declared(Listener(recorder));
    let (connected, (mut peer, request)) = tokio::join!(
        client.connect_with(server.url("/"), |_| value),
        server.upgrade(&[])
    );
    connected.expect("a session");
    let header = |name| wspring_tests::raw_server::header(&request, name);
    assert_eq!(header("sec-websocket-protocol"), Some("declared"));
    let offer = header("sec-websocket-extensions").expect("an offer");
    assert!(offer.starts_with("permessage-deflate"), "{offer}");
    peer.write(b"\x81\x0aten bytes.\x81\x0belevenbytes").await;
    assert_eq!(seen.next().await, "text ten bytes.");
    let (frame, _) = peer.read_masked().await;
    assert_eq!(
        (frame.first, &frame.payload[..2]),
        (0x88, &[0x03, 0xf1][..])
    );
    peer.write(b"\x88\x02\x03\xf1").await;
    drop(peer);
    assert!(seen.next().await.starts_with("1009 by the runtime"));
}

/// Takes text, and does not wait long for it.
struct Impatient(Listener);

#[client_endpoint(unhandled = "ignore", idle_timeout = "200ms")]
impl Impatient {
    #[on_message]
    fn text(&self, text: &str) {
        self.0.text(text);
    }

    #[on_close]
    fn close(&self, reason: CloseReason) {
        self.0.close(reason);
    }
}

#[tokio::test]
async fn a7_what_nobody_takes_and_the_idle_timeout_are_arguments_too() {
    let server = wspring_tests::RawServer::listen().await;
    let (recorder, mut seen) = events::<String>();
    let value = Impatient(Listener(recorder));
    let client = Client::new();
    let (connected, (mut peer, _)) = tokio::join!(
        client.connect_with(server.url("/"), |_| value),
        server.upgrade(&[])
    );
    connected.expect("a session");
    peer.write(b"\x82\x01?\x81\x05hello").await;
    assert_eq!(seen.next().await, "text hello");
    let (frame, _) = peer.read_masked().await;
    assert_eq!(
        (frame.first, &frame.payload[..2]),
        (0x88, &[0x03, 0xe9][..])
    );
    peer.write(b"\x88\x02\x03\xe9").await;
    drop(peer);
    assert!(seen.next().await.starts_with("1001 by the runtime"));
}

#[tokio::test]
async fn a7_a_client_is_in_no_registry() {
    let server = TestServer::start().await;
    let (session, mut seen) = listen(&Client::new(), server.url("/echo")).await;
    assert!(Listener::sessions().is_empty());
    let delivered = Listener::broadcast("nobody").await.expect("a broadcast");
    assert_eq!(delivered.sessions, 0);
    session.send("echo").await.expect("an open session");
    assert_eq!(seen.next().await, "text echo");
}

#[tokio::test]
async fn k1_what_is_no_websocket_url_is_refused() {
    for url in [
        "http://localhost/",
        "ws://localhost/#top",
        "ws://a:b@localhost/",
        "no url",
    ] {
        let error = fail(&Client::new(), url).await;
        assert_eq!(error.kind(), ErrorKind::Config, "{url}: {error}");
    }
}
