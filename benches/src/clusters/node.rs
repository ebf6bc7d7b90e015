use std::process::Command;

use wspring_bench::health;
use wspring_bench::nats::NatsServer;
use wspring_bench::programs::Programs;
use wspring_bench::running::{Pins, Server};

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
            health::wait(node.port(), |cluster| cluster["nodes"] == count)?;
        }
    }
    Ok(nodes)
}

/// Waits until a node knows of so many keys.
pub(crate) fn knows_keys(node: &Server, keys: usize) -> anyhow::Result<()> {
    health::wait(node.port(), |cluster| cluster["keys"] == keys)
}
