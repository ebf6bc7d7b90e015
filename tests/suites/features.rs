//! Requests for a cargo feature that the build leaves out, and the parts that work in every build.
//!
//! `tests/run.sh` runs this suite and three others a second time without any feature of wspring.

use tokio::net::TcpListener;
use wspring::prelude::*;
use wspring_tests::{Program, RawClient, TestServer, soon};

#[derive(Default)]
struct Greeter;

#[server_endpoint("/greeter/<name>")]
impl Greeter {
    #[on_message]
    fn greet(&self, text: &str, #[path_param] name: &str) -> String {
        format!("{text}, {name}")
    }
}

#[tokio::test]
async fn an_endpoint_answers_and_is_pushed_to() {
    let server = TestServer::start().await;
    let mut client = server.connect("/greeter/ann").await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello, ann");

    let delivered = Greeter::send_info("news", "ann").await.unwrap();
    assert_eq!(delivered.sessions, 1);
    assert_eq!(client.text().await, "news");
}

/// The first bytes of HTTP/2 with prior knowledge (RFC 9113 §3.4), and an empty SETTINGS frame.
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[tokio::test]
async fn http2_is_spoken_if_it_is_built_in() {
    let server = TestServer::start().await;
    let mut client = RawClient::connect(server.address()).await;
    client.write(HTTP2).await;
    if cfg!(feature = "http2") {
        // The server's own SETTINGS: three bytes of length, then the type.
        let mut frame = [0; 4];
        client.read(&mut frame).await;
        assert_eq!(frame[3], 4);
    } else {
        // An answer of HTTP/1.1 or none, and the end of the connection.
        let answer = client.rest().await;
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"),
            "{answer:?}"
        );
    }
    // The server goes on.
    let mut client = server.connect("/greeter/bob").await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello, bob");
}

#[derive(Default)]
struct Listener;

#[client_endpoint]
impl Listener {
    #[on_message]
    fn hear(&self, _text: &str) {}
}

#[tokio::test]
async fn wss_names_the_feature_before_anything_is_sent() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("wss://{}/", silent.local_addr().unwrap());
    let connect = wspring::connect::<Listener>(&url);
    if cfg!(feature = "tls") {
        let accept = async { silent.accept().await.unwrap() };
        tokio::select! {
            _ = accept => {}
            ended = connect => panic!("nobody answered, and it ended: {ended:?}"),
        }
    } else {
        let error = soon("the refusal", connect).await.unwrap_err();
        assert!(error.to_string().contains("feature `tls`"), "{error}");
    }
}

#[tokio::test]
async fn a_setting_names_the_feature_that_it_needs() {
    for (variables, feature, is_built_in) in [
        (
            &[
                ("WSPRING_TLS_CERTIFICATE", "a.pem"),
                ("WSPRING_TLS_KEY", "b.pem"),
            ][..],
            "tls",
            cfg!(feature = "tls"),
        ),
        (
            &[("WSPRING_BROKER_URL", "nats://127.0.0.1:1")][..],
            "nats",
            cfg!(feature = "nats"),
        ),
    ] {
        if is_built_in {
            continue;
        }
        let directory = tempfile::tempdir().unwrap();
        let program = Program::start(env!("CARGO_BIN_EXE_serve"), directory.path(), variables);
        let ended = program.ended().await;
        assert_eq!(ended.status.code(), Some(1), "{}", ended.errors);
        let advice = format!("build it with the feature `{feature}` of wspring");
        assert!(ended.errors.contains(&advice), "{}", ended.errors);
    }
}
