//! Each mode of the load generator against the server that is measured: what it counts must be right, however slow the
//! machine is.

use serde_json::Value;
use wspring_tests::program::command;
use wspring_tests::{Program, soon};

/// The server, and its report of what the load generator did.
async fn load(server: &[&str], arguments: &[&str]) -> Value {
    let directory = tempfile::tempdir().expect("a directory");
    let mut started = command(env!("CARGO_BIN_EXE_server"), directory.path());
    started.args(["0", "--threads", "1"]).args(server);
    let mut server = Program::spawn(started);
    let line = server.line().await;
    let (_, port) = line.rsplit_once(':').expect("an address is printed");

    let mut load = command(env!("CARGO_BIN_EXE_load"), directory.path());
    let pid = server.id().to_string();
    load.args(arguments)
        .args(["--port", port, "--pid", &pid])
        .args(["-t", "0.2", "--warm", "0.05", "--hold", "0.1"]);
    let output = soon("the load generator", load.output()).await;
    let output = output.expect("the load generator starts").stdout;
    let report: Value = serde_json::from_slice(&output).expect("one line of JSON");
    assert_eq!(report["error"], Value::Null);
    report
}

/// What stands under a name, which must be a number.
fn number(report: &Value, name: &str) -> f64 {
    let number = report[name].as_f64();
    number.unwrap_or_else(|| panic!("{name} in {report}"))
}

#[tokio::test]
async fn echoes_come_back_as_they_were_sent() {
    for kind in ["--text", "--json", "--burst"] {
        let arguments = [
            "echo", "-c", "3", "-d", "2", "-p", "300", "--check", "1", kind,
        ];
        let report = load(&[], &arguments).await;
        assert_eq!((&report["bad"], &report["dead"]), (&0.into(), &0.into()));
        assert!(number(&report, "total") >= 6.0, "{report}");
        assert_eq!(report["checked"], report["total"], "{report}");
        assert!(number(&report, "srv_us_msg") > 0.0, "{report}");
    }
}

#[tokio::test]
async fn compressed_echoes_are_counted() {
    let arguments = ["echo", "-c", "2", "-p", "1024", "--json", "--deflate"];
    let report = load(&["--deflate"], &arguments).await;
    assert_eq!((&report["bad"], &report["dead"]), (&0.into(), &0.into()));
    assert!(number(&report, "total") >= 2.0, "{report}");
}

#[tokio::test]
async fn every_receiver_gets_every_message() {
    let all = [
        "fanout",
        "-c",
        "5",
        "-p",
        "1024",
        "--json",
        "--messages",
        "20",
    ];
    let compressed = [&all[..], &["--deflate"]].concat();
    for arguments in [&all[..], &compressed] {
        let report = load(&["--deflate"], arguments).await;
        assert_eq!(report["sent"], 20, "{report}");
        assert_eq!(report["complete"], 20, "{report}");
        for count in ["lost", "bad", "dead"] {
            assert_eq!(report[count], 0, "{report}");
        }
    }
}

#[tokio::test]
async fn connections_are_opened_and_closed() {
    let report = load(&[], &["connect", "-c", "4"]).await;
    assert_eq!(
        (&report["fail"], &report["noclose"]),
        (&0.into(), &0.into())
    );
    assert!(number(&report, "conn_s") > 0.0, "{report}");
}

#[tokio::test]
async fn idle_connections_are_counted() {
    let arguments = [
        "idle",
        "-c",
        "50",
        "--touch",
        "--text",
        "--path",
        "/webSocket/{}",
    ];
    let report = load(&[], &arguments).await;
    assert_eq!(
        (&report["alive"], &report["echoed"]),
        (&50.into(), &50.into())
    );
    assert!(number(&report, "rss_open_mb") > 1.0, "{report}");
}

#[tokio::test]
async fn a_receiver_that_does_not_read_holds_up_nobody() {
    let arguments = ["slow", "-c", "2", "-p", "1024", "--mib", "16", "--text"];
    let report = load(&[], &arguments).await;
    assert_eq!(
        (&report["healthy_ok"], &report["stalled"]),
        (&true.into(), &false.into())
    );
    assert!(number(&report, "slow_missing") > 0.0, "{report}");
    assert_eq!(report["bad"], 0, "{report}");
}

#[tokio::test]
async fn many_connections_are_opened_and_closed() {
    let report = load(&[], &["many", "-c", "300"]).await;
    for count in ["asked", "conns", "alive", "closed", "ended"] {
        assert_eq!(report[count], 300, "{count} in {report}");
    }
}
