//! The nodes that are measured, and the load generator over several of them: what they count must be right.

use serde_json::{Value, json};
use wspring_bench::health;
use wspring_bench::nats::NatsServer;
use wspring_tests::program::command;
use wspring_tests::{Client, Program, soon};

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
fn knows(port: u16, nodes: usize) {
    health::wait(port, |cluster| cluster["nodes"] == nodes).expect("nodes that know each other");
}

#[tokio::test]
async fn every_member_on_every_node_gets_every_message() {
    let nats = NatsServer::start().expect("nats-server starts");
    let ((_one, port), (_other, also)) = (node(&nats).await, node(&nats).await);
    knows(port, 2);
    knows(also, 2);
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
    knows(port, 1);
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
