//! The example `cluster`: two nodes, and a page on one of them.

use std::path::PathBuf;
use std::sync::LazyLock;

use tempfile::TempDir;
use wspring_tests::program::command;
use wspring_tests::{Program, RawClient};

use crate::browser::Browser;
use crate::program::{build, json};
use crate::{OPEN, hello};

/// The whole of it, as `cargo run -p cluster` starts it.
struct Cluster {
    launcher: Program,
    nodes: [String; 2],
    _directory: TempDir,
}

impl Cluster {
    async fn start() -> Self {
        static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| build("cluster"));
        let directory = TempDir::new().unwrap();
        let mut command = command(&*PROGRAM, directory.path());
        command.args(["0", "0"]).env("NO_COLOR", "1");
        let mut launcher = Program::spawn(command);
        let mut nodes = Vec::new();
        while nodes.len() < 2 {
            let line = launcher.line().await;
            if let Some((_, address)) = line.split_once("wspring listens on http://") {
                nodes.push(address.to_owned());
            }
        }
        Self {
            launcher,
            nodes: nodes.try_into().unwrap(),
            _directory: directory,
        }
    }
}

#[tokio::test]
async fn a_push_on_one_node_is_an_alert_on_the_page_of_the_other() {
    let cluster = Cluster::start().await;
    let [a, b] = &cluster.nodes;
    let browser = Browser::open(&format!("http://{a}/")).await;
    browser.until(OPEN).await;
    browser.until("#node-row:not([hidden])").await;
    assert_eq!(browser.text("#node").await, "a");

    let body = hello().to_string();
    let request = format!(
        "POST /push/1 HTTP/1.1\r\nHost: {b}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut client = RawClient::connect(b.parse().unwrap()).await;
    client.write(request.as_bytes()).await;
    let answer = client.response().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(json(&answer)["sessions"], 1);
    assert_eq!(browser.alert().await, "hello");

    // Nothing is left behind: neither a node nor the broker.
    cluster.launcher.signal("TERM").await;
    assert!(cluster.launcher.ended().await.status.success());
    for node in [a, b] {
        assert!(
            tokio::net::TcpStream::connect(node).await.is_err(),
            "{node}"
        );
    }
}
