//! What idle connections cost: their own node, and the others, which only know of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::ensure;
use wspring_bench::nats::NatsServer;
use wspring_bench::process::resident;
use wspring_bench::programs::Programs;
use wspring_bench::running::{Pins, Server, report};

use crate::node;

pub(crate) fn measure(
    programs: &Programs,
    nats: &NatsServer,
    connections: usize,
) -> anyhow::Result<()> {
    println!("\nmemory for each of {connections} idle connections with a key, after one echo");
    println!("  {:34} {:>8}", "", "bytes");
    let alone = node::start(programs, None, 1)?;
    let (bytes, _) = idle(programs, &alone[0], None, connections)?;
    println!("  {:34} {bytes:>8.0}", "one server, no broker");
    drop(alone);
    let nodes = node::start(programs, Some(nats), 2)?;
    let (bytes, known) = idle(programs, &nodes[0], Some(&nodes[1]), connections)?;
    println!("  {:34} {bytes:>8.0}", "the node that has them");
    println!("  {:34} {known:>8.0}", "another node, which knows of them");
    Ok(())
}

/// Opens connections to a node, and returns what each cost it, and another node.
fn idle(
    programs: &Programs,
    node: &Server,
    other: Option<&Server>,
    connections: usize,
) -> anyhow::Result<(f64, f64)> {
    let mut load = programs.load();
    load.args(["idle", "--path", "/webSocket/{}", "--text", "--touch"])
        .args(["--hold", "2", "-p", "64"])
        .args(["-c", &connections.to_string()])
        .args(["--port", &node.port().to_string()])
        .args(["--pid", &node.pid().to_string()]);
    let memory = || other.map_or(0, |other| resident(other.pid()));
    let base = memory();
    let is_over = AtomicBool::new(false);
    let (report, most) = thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut most = base;
            while !is_over.load(Ordering::Relaxed) {
                most = most.max(memory());
                thread::sleep(Duration::from_millis(20));
            }
            most
        });
        let report = report(load, &Pins::none()?);
        is_over.store(true, Ordering::Relaxed);
        let most = watching.join().unwrap_or(base);
        Ok::<_, anyhow::Error>((report?, most))
    })?;
    for all in ["alive", "echoed"] {
        ensure!(report[all] == connections, "{all}: {}", report[all]);
    }
    let bytes = report["bytes_conn_touched"].as_f64();
    let known = (most - base) as f64 / connections.max(1) as f64;
    Ok((bytes.unwrap_or_default(), known))
}
