//! The server that is measured answers on each of its routes, so that what is measured is what was meant.

use tokio_tungstenite::tungstenite::Message;
use wspring_tests::program::command;
use wspring_tests::{Client, Program, RawClient, Response};

/// The server on a free port, with further arguments.
struct Started {
    _program: Program,
    address: String,
}

impl Started {
    async fn with(arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = command(env!("CARGO_BIN_EXE_server"), directory.path());
        command.arg("0").args(arguments);
        let mut program = Program::spawn(command);
        let line = program.line().await;
        let (_, address) = line.rsplit_once("http://").expect("an address is printed");
        Self {
            _program: program,
            address: address.to_owned(),
        }
    }

    async fn connect(&self, path: &str) -> Client {
        Client::connect(format!("ws://{}{path}", self.address)).await
    }

    /// The answer to a request that has no body, or this one.
    async fn request(&self, method: &str, target: &str, body: &str) -> Response {
        let address = self.address.parse().expect("an address");
        let mut client = RawClient::connect(address).await;
        let length = body.len();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        client.write(request.as_bytes()).await;
        client.response().await
    }
}

#[tokio::test]
async fn echo_sends_text_and_binary_back() {
    let server = Started::with(&["--threads", "1"]).await;
    let mut client = server.connect("/echo").await;
    for message in [Message::text("grüße"), Message::binary(vec![0, 255])] {
        client.send(message.clone()).await;
        assert_eq!(client.next().await, message);
    }
}

#[tokio::test]
async fn broadcast_reaches_every_client_and_the_sender() {
    let server = Started::with(&["--threads", "2"]).await;
    // A client's own copy of its first message proves that it is counted.
    let mut first = server.connect("/broadcast").await;
    first.send("one").await;
    assert_eq!(first.text().await, "one");
    let mut second = server.connect("/broadcast").await;
    second.send("two").await;
    let mut clients = [first, second];
    for client in &mut clients {
        assert_eq!(client.text().await, "two");
    }
    for message in [Message::text("to all"), Message::binary(vec![1, 2])] {
        clients[0].send(message.clone()).await;
        for client in &mut clients {
            assert_eq!(client.next().await, message);
        }
    }
}

#[tokio::test]
async fn a_push_reaches_its_user_and_nobody_else() {
    let server = Started::with(&[]).await;
    let mut one = server.connect("/webSocket/1").await;
    let mut two = server.connect("/webSocket/2").await;
    for client in [&mut one, &mut two] {
        client.send("open?").await;
        assert_eq!(client.text().await, "open?");
    }

    let answer = server.request("GET", "/push/1?message=by%20GET", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "1"));
    let answer = server.request("POST", "/push/1", "by POST").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "1"));
    let answer = server.request("POST", "/push/2", "to two").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "1"));
    assert_eq!(server.request("POST", "/push/3", "").await.status, 404);

    assert_eq!(one.text().await, "by GET");
    assert_eq!(one.text().await, "by POST");
    assert_eq!(two.text().await, "to two");
}

#[tokio::test]
async fn messages_are_as_large_as_was_said() {
    let server = Started::with(&["--max-message", "3000000"]).await;
    let mut client = server.connect("/echo").await;
    let largest = vec![7; 3_000_000];
    client.send(Message::binary(largest.clone())).await;
    assert_eq!(client.next().await, Message::binary(largest));
    client.send(Message::binary(vec![7; 3_000_001])).await;
    assert_eq!(client.closed().await.0, 1009);
}

#[tokio::test]
async fn compression_is_agreed_on_when_it_was_asked_for() {
    let offer = ["Sec-WebSocket-Extensions: permessage-deflate"];
    let request = wspring_tests::client::handshake("/echo", &offer);
    for (arguments, compressed) in [(&["--deflate"][..], true), (&[], false)] {
        let server = Started::with(arguments).await;
        let address = server.address.parse().expect("an address");
        let mut client = RawClient::connect(address).await;
        client.write(request.as_bytes()).await;
        let head = client.head().await.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 101 "), "{head}");
        assert_eq!(head.contains("permessage-deflate"), compressed, "{head}");
    }
}

#[tokio::test]
async fn bad_arguments_are_answered_with_the_usage() {
    for arguments in [
        &[][..],
        &["70000"],
        &["0", "--threads", "0"],
        &["0", "--max-message", "many"],
        &["0", "--what"],
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = command(env!("CARGO_BIN_EXE_server"), directory.path());
        command.args(arguments);
        let ended = Program::spawn(command).ended().await;
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}");
        assert!(ended.errors.contains("Usage: server"), "{}", ended.errors);
    }
}
