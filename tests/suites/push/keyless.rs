//! Endpoints whose sessions have no key: a push by key says so, and so does the start of a server with settings about
//! keys.

use wspring::prelude::*;
use wspring::{Builder, EndpointConfig, OnDuplicate};
use wspring_tests::{Log, TestServer};

/// Neither its path nor a handshake gives a key.
#[derive(Default)]
struct Keyless;

#[server_endpoint("/keyless")]
impl Keyless {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

/// None of two variables is the key.
#[derive(Default)]
struct Undecided;

#[server_endpoint("/undecided/<room>/<user>")]
impl Undecided {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

/// The handshake gives the key.
#[derive(Default)]
struct Account;

#[server_endpoint("/account-key", on_duplicate = "reject")]
impl Account {
    #[on_handshake]
    fn key(#[query_param] user: &str) -> Accept {
        Accept::new().key(user)
    }

    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

/// Served by no server of this program.
struct Elsewhere;

impl Endpoint for Elsewhere {}

/// A server with the endpoints of this file.
fn builder() -> Builder {
    let names = ["Keyless", "Undecided", "Account"];
    Server::builder().registered(move |endpoint| names.contains(&endpoint.name()))
}

#[track_caller]
fn assert_has_no_key(sent: &Result<wspring::Delivered, SendError>, name: &str) {
    let Err(error @ SendError::NoKey { endpoint }) = sent else {
        panic!("it has no key: {sent:?}")
    };
    assert!(endpoint.ends_with(name), "{endpoint}");
    let text = error.to_string();
    for part in [name, "`key = \"…\"`", "`Accept::key`"] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[tokio::test]
async fn a_push_to_an_endpoint_without_a_key_says_so() {
    let server = TestServer::start_with(builder()).await;
    let _client = server.connect("/keyless").await;
    assert_has_no_key(&Keyless::send_info("hello", 1).await, "Keyless");
    assert_has_no_key(&Undecided::send_info("hello", "a").await, "Undecided");
}

#[tokio::test]
async fn an_endpoint_that_can_have_keys_is_offline() {
    let server = TestServer::start_with(builder()).await;
    let offline = Account::send_info("hello", "nobody").await;
    assert!(
        matches!(offline, Err(SendError::Offline { .. })),
        "{offline:?}"
    );
    let elsewhere = Elsewhere::send_info("hello", "nobody").await;
    assert!(
        matches!(elsewhere, Err(SendError::Offline { .. })),
        "{elsewhere:?}"
    );

    let mut client = server.connect("/account-key?user=keyless-ann").await;
    client.send("are you there?").await;
    assert_eq!(client.text().await, "are you there?");
    assert!(Account::send_info("hello", "keyless-ann").await.is_ok());
}

#[tokio::test]
async fn an_endpoint_that_has_a_key_at_another_path_is_offline() {
    let by_name = EndpointConfig::new("/keyed/<name>");
    let builder = builder().endpoint(by_name, |_| Plain);
    let server = TestServer::start_with(builder.endpoint("/plain", |_| Plain)).await;
    let sent = Plain::send_info("hello", "nobody").await;
    assert!(matches!(sent, Err(SendError::Offline { .. })), "{sent:?}");
    drop(server);
}

/// Given by hand, at any path.
struct Plain;

#[client_endpoint]
impl Plain {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

#[tokio::test]
async fn settings_about_keys_at_an_endpoint_without_a_key_are_warned_of_at_the_start() {
    let log = Log::start();
    let rejecting = EndpointConfig::new("/plain-rejecting").on_duplicate(OnDuplicate::Reject);
    let builder = builder().endpoint(rejecting, |_| Plain);
    let server = TestServer::start_with(builder).await;
    let [line] = &log.lines("WARN")[..] else {
        panic!("one line: {:?}", log.lines("WARN"))
    };
    for part in ["`on_duplicate`", "/plain-rejecting", "Plain"] {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }

    let closing = EndpointConfig::new("/plain-closing").on_duplicate(OnDuplicate::CloseOlder);
    server.handle().add_endpoint(closing, |_| Plain).unwrap();
    let lines = log.lines("WARN");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[1].contains("/plain-closing"), "{lines:?}");
}

#[tokio::test]
async fn a_limit_for_each_key_names_the_endpoints_that_it_does_not_apply_to() {
    let log = Log::start();
    let limited = Server::builder().max_connections_per_key(1);
    let limited = limited.registered(|endpoint| matches!(endpoint.name(), "Keyless" | "Account"));
    let _server = TestServer::start_with(limited).await;
    let [line] = &log.lines("WARN")[..] else {
        panic!("one line: {:?}", log.lines("WARN"))
    };
    for part in ["`max_connections_per_key`", "/keyless", "Keyless"] {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
}
