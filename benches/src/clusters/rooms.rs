//! A room, whose members are on one node or on three.

use anyhow::ensure;
use serde_json::Value;
use wspring_bench::nats::NatsServer;
use wspring_bench::programs::Programs;
use wspring_bench::running::{Pins, Server, report};

use crate::node;

const MEMBERS: usize = 3000;

/// The paths of endpoints that send what they hear to their room, and whether they wait until all nodes have it.
const PATHS: [(&str, &str); 2] = [("/chat/bench", "replies"), ("/rooms/bench", "each awaited")];

/// How many messages are on their way at the same time.
const WINDOWS: [usize; 2] = [1, 16];

pub(crate) fn measure(programs: &Programs, nats: &NatsServer, secs: f64) -> anyhow::Result<()> {
    println!("\na room of {MEMBERS}, 128 B, until the last member has it");
    println!(
        "  {:38} {:>8} {:>10} {:>12} {:>9} {:>9}",
        "", "at once", "messages/s", "deliveries/s", "p50 ms", "p99 ms"
    );
    row(
        "one server, no broker",
        programs,
        &node::start(programs, None, 1)?,
        secs,
    )?;
    row(
        "one node",
        programs,
        &node::start(programs, Some(nats), 1)?,
        secs,
    )?;
    row(
        "three nodes",
        programs,
        &node::start(programs, Some(nats), 3)?,
        secs,
    )
}

fn row(label: &str, programs: &Programs, nodes: &[Server], secs: f64) -> anyhow::Result<()> {
    let all = PATHS
        .iter()
        .flat_map(|path| WINDOWS.map(|window| (path, window)));
    for ((path, way), window) in all {
        let mut load = programs.load();
        load.args(["fanout", "--path", path, "--text", "-p", "128"])
            .args(["-c", &MEMBERS.to_string()])
            .args(["--window", &window.to_string()])
            .args(["-t", &secs.to_string()])
            .args(["--port", &nodes[0].port().to_string()]);
        let also: Vec<_> = nodes[1..]
            .iter()
            .map(|node| node.port().to_string())
            .collect();
        if !also.is_empty() {
            load.args(["--also", &also.join(",")]);
        }
        let report = report(load, &Pins::none()?)?;
        for wrong in ["lost", "bad", "dead"] {
            ensure!(report[wrong] == 0, "{label}: {wrong} is {}", report[wrong]);
        }
        let figure = |name: &str| report.get(name).and_then(Value::as_f64).unwrap_or_default();
        let label = format!("{label}, {way}");
        println!(
            "  {label:38} {window:>8} {:>10.0} {:>12.0} {:>9.2} {:>9.2}",
            figure("pub_s"),
            figure("deliv_s"),
            figure("p50_us") / 1000.0,
            figure("p99_us") / 1000.0,
        );
    }
    Ok(())
}
