use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;
use wspring_bench::nats::NatsServer;
use wspring_bench::programs::Programs;
use wspring_bench::running::{Pins, Server};

/// Nodes find each other faster.
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts so many nodes that know each other; without a broker they do not.
pub(crate) fn start(
    programs: &Programs,
    nats: Option<&NatsServer>,
    count: usize,
) -> anyhow::Result<Vec<Server>> {
    let pins = Pins::none()?;
    let url = nats.map(NatsServer::url);
    let arguments = url.as_ref().map(|url| ["--broker", url]);
    let arguments = arguments.as_ref().map_or(&[][..], |arguments| arguments);
    let start = |_| Server::start(Command::new(programs.node()), arguments, &pins);
    let nodes: Vec<_> = (0..count).map(start).collect::<Result<_, _>>()?;
    if nats.is_some() {
        for node in &nodes {
            wait(node, |cluster| cluster["nodes"] == count)?;
        }
    }
    Ok(nodes)
}

/// Waits until a node knows of so many keys.
pub(crate) fn knows_keys(node: &Server, keys: usize) -> anyhow::Result<()> {
    wait(node, |cluster| cluster["keys"] == keys)
}

/// Waits until a node knows all others, and what it knows is so.
fn wait(node: &Server, so: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let health = health(node.port())?;
        let cluster = &health["cluster"];
        if cluster["complete"] == true && so(cluster) {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("the nodes do not find each other: {health}");
        }
        sleep(Duration::from_millis(50));
    }
}

fn health(port: u16) -> anyhow::Result<Value> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .context("an answer without a body")?;
    Ok(serde_json::from_str(body)?)
}
