//! One node and many, side by side: what a broker costs, and what it brings.

mod clients;
mod memory;
mod node;
mod pushes;
mod rooms;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use tokio::runtime::Runtime;
use wspring_bench::ending::exit_code;
use wspring_bench::nats::NatsServer;
use wspring_bench::programs::Programs;
use wspring_bench::{arguments, open_files};

/// Measures clusters of nodes on this machine, at a NATS server of its own.
///
/// Nothing is pinned: nodes, broker and load share the cores.
#[derive(Debug, Parser)]
#[command(name = "clusters")]
struct Args {
    /// What to measure [default: all]
    what: Vec<What>,
    /// How many pushes each time; a tenth of them when they go one by one
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    sends: usize,
    /// How long a room is sent to each time
    #[arg(long, default_value_t = 3.0, value_name = "SECONDS")]
    secs: f64,
    /// How many connections do nothing for the figures of memory
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    connections: usize,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// `send_info` to a session of the same node and of another one
    Pushes,
    /// A room of 3,000, on one node and on three
    Rooms,
    /// Idle connections, on a node, and for the nodes that only know of them
    Memory,
}

fn main() -> ExitCode {
    let args: Args = arguments::parse();
    exit_code("clusters", run(&args))
}

fn run(args: &Args) -> anyhow::Result<()> {
    open_files::raise_limit();
    let programs = Programs::build(&[])?;
    let nats = NatsServer::start()?;
    let is_wanted = |what| args.what.is_empty() || args.what.contains(&what);
    if is_wanted(What::Pushes) {
        let measured = pushes::measure(&programs, &nats, args.sends);
        Runtime::new()?.block_on(measured)?;
    }
    if is_wanted(What::Rooms) {
        rooms::measure(&programs, &nats, args.secs)?;
    }
    if is_wanted(What::Memory) {
        memory::measure(&programs, &nats, args.connections)?;
    }
    Ok(())
}
