//! The nodes that are measured, and the load generator over several of them: what they count must be right.

use std::time::Duration;

use serde_json::{Value, json};
use wspring_bench::nats::NatsServer;
use wspring_tests::program::command;
use wspring_tests::{Client, Program, RawClient, soon};

/// A node, and its port.
async fn node(nats: &NatsServer) -> (Program, u16) {
    let mut started = command(env!("CARGO_BIN_EXE_bench-node"), &std::env::temp_dir());
    started.args(["0", "--broker", &nats.url()]);
    let mut program = Program::spawn(started);
    let line = program.line().await;
    let (_, port) = line.rsplit_once(':').expect("an address is printed");
    (program, port.parse().expect("a port"))
}

/// Waits until a node knows that there are so many.
async fn knows(port: u16, nodes: usize) {
    let address = ([127, 0, 0, 1], port).into();
    let wait = async {
        loop {
            let mut client = RawClient::connect(address).await;
            let request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
            client.write(request).await;
            let body = client.response().await.body;
            let health: Value = serde_json::from_str(&body).expect("the health is JSON");
            let cluster = &health["cluster"];
            if cluster["nodes"] == nodes && cluster["complete"] == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    soon("nodes that know each other", wait).await;
}

#[tokio::test]
async fn every_member_on_every_node_gets_every_message() {
    let nats = NatsServer::start().expect("nats-server starts");
    let ((_one, port), (_other, also)) = (node(&nats).await, node(&nats).await);
    knows(port, 2).await;
    knows(also, 2).await;
    let mut load = command(env!("CARGO_BIN_EXE_load"), &std::env::temp_dir());
    load.args([
        "fanout",
        "--path",
        "/rooms/bench",
        "-c",
        "5",
        "--window",
        "2",
    ])
    .args(["--port", &port.to_string(), "--also", &also.to_string()])
    .args(["--text", "-t", "0.2", "--warm", "0.05"]);
    let output = soon("the load generator", load.output()).await;
    let output = output.expect("the load generator starts").stdout;
    let report: Value = serde_json::from_slice(&output).expect("one line of JSON");
    for wrong in ["lost", "bad", "dead"] {
        assert_eq!(report[wrong], 0, "{report}");
    }
    assert!(report["complete"].as_u64() > Some(1), "{report}");
}

#[tokio::test]
async fn pushes_are_timed_and_one_that_is_not_delivered_is_told() {
    let nats = NatsServer::start().expect("nats-server starts");
    let (_node, port) = node(&nats).await;
    knows(port, 1).await;
    let mut user = Client::connect(format!("ws://127.0.0.1:{port}/webSocket/0")).await;
    user.send("are you there?").await;
    assert_eq!(user.text().await, "are you there?");
    let mut measure = Client::connect(format!("ws://127.0.0.1:{port}/measure")).await;
    for (keys, is_delivered) in [(1, true), (2, false)] {
        let pushes = json!({"keys": keys, "sends": 10, "at_once": 2, "payload": 3});
        measure.send(pushes.to_string()).await;
        let figures: Value = serde_json::from_str(&measure.text().await).expect("JSON");
        assert_eq!(figures["failed"].is_null(), is_delivered, "{figures}");
    }
    for _ in 0..10 {
        assert_eq!(user.text().await, "xxx");
    }
}
