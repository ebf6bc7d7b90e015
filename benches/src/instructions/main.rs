//! How many instructions a message takes in the server, counted by valgrind's callgrind: what a busy machine does not
//! change.
//!
//! A server is run three times, with one, two and three times as many messages. The differences are what the messages
//! took, without start, handshakes and end, and the two of them should agree. One message, or one burst, is on its way at
//! a time, so that how messages meet is the same in every run.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Context as _;
use clap::Parser;
use wspring_bench::arguments;
use wspring_bench::ending::exit_code;
use wspring_bench::peers::{self, Peer};
use wspring_bench::programs::Programs;
use wspring_bench::running::{self, Pins, Server};

/// Counts the instructions that a message takes in the server; the system's are not among them.
#[derive(Debug, Parser)]
#[command(name = "instructions")]
struct Args {
    /// Who is counted beside wspring, such as ko,a
    #[arg(long, value_delimiter = ',', value_parser = peers::parse)]
    peers: Vec<&'static Peer>,
}

/// What is counted.
struct Scenario {
    name: &'static str,
    description: &'static str,
    arguments: &'static [&'static str],
    /// How many messages are sent in the first run.
    messages: u64,
    /// How many are received for each one that is sent.
    deliveries: u64,
}

const SCENARIOS: [Scenario; 5] = [
    Scenario {
        name: "echo64",
        description: "echo 64 B, one at a time",
        arguments: &["echo", "-c", "1", "-p", "64", "--text"],
        messages: 2000,
        deliveries: 1,
    },
    Scenario {
        name: "echo64x16",
        description: "echo 64 B, 16 at a time",
        arguments: &[
            "echo", "-c", "1", "-p", "64", "-d", "16", "--burst", "--text",
        ],
        messages: 16_000,
        deliveries: 1,
    },
    Scenario {
        name: "echo1k",
        description: "echo 1 KiB, one at a time",
        arguments: &["echo", "-c", "1", "-p", "1024", "--text"],
        messages: 2000,
        deliveries: 1,
    },
    Scenario {
        name: "echo64k",
        description: "echo 64 KiB, one at a time",
        arguments: &["echo", "-c", "1", "-p", "65536", "--text"],
        messages: 500,
        deliveries: 1,
    },
    Scenario {
        name: "fan100",
        description: "fan-out 128 B to 100, a delivery",
        arguments: &["fanout", "-c", "100", "-p", "128", "--text"],
        messages: 100,
        deliveries: 101,
    },
];

fn main() -> ExitCode {
    exit_code("instructions", run(&arguments::parse()))
}

fn run(args: &Args) -> anyhow::Result<()> {
    let version = Command::new("valgrind").arg("--version").output();
    version.context("valgrind cannot be started: install it (Debian: the package valgrind)")?;
    let programs = Programs::build(&args.peers)?;
    let pins = Pins::find()?;
    let folder = programs.target().join("callgrind");
    fs::create_dir_all(&folder)?;
    let ours = (None, "wspring");
    let peers = args.peers.iter().map(|peer| (Some(*peer), peer.id));
    let servers: Vec<_> = [ours].into_iter().chain(peers).collect();
    println!("| instructions for each message | server | | again |");
    println!("|---|---|---:|---:|");
    for scenario in &SCENARIOS {
        for (peer, name) in &servers {
            let count = |factor: u64| {
                let file = format!("{}-{name}.{factor}.out", scenario.name);
                let server = programs.server(*peer);
                count(
                    scenario,
                    factor,
                    &server,
                    programs.load(),
                    &folder.join(file),
                    &pins,
                )
                .with_context(|| format!("{} with {name}", scenario.name))
            };
            let [first, second, third] = [count(1)?, count(2)?, count(3)?];
            let messages = (scenario.messages * scenario.deliveries) as f64;
            let each = |more: u64, fewer: u64| more.saturating_sub(fewer) as f64 / messages;
            let (once, again) = (each(second, first), each(third, second));
            println!(
                "| {} | {name} | {once:.1} | {again:.1} |",
                scenario.description
            );
        }
    }
    let folder = folder.display();
    println!("\nWhere they are spent: callgrind_annotate {folder}/FILE");
    Ok(())
}

/// The instructions of a server, from its start to its end.
fn count(
    scenario: &Scenario,
    factor: u64,
    server: &Path,
    mut load: Command,
    file: &Path,
    pins: &Pins,
) -> anyhow::Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", file.display()));
    valgrind.arg(server);
    let server = Server::start(valgrind, &["--threads", "1"], pins)?;
    let messages = (scenario.messages * factor).to_string();
    load.args(scenario.arguments)
        .args(["--port", &server.port().to_string()])
        .args(["--warm", "0", "-t", "60", "--messages", &messages]);
    running::report(load, pins)?;
    drop(server);
    let text = fs::read_to_string(file).context("callgrind left no counts")?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(total
        .context("callgrind's file has no totals")?
        .trim()
        .parse()?)
}
