//! Side by side: builds the peers and us, runs them in interleaved rounds, and prints what each message costs.

mod bar;
mod report;
mod scenario;
mod verdict;

use std::process::{Command, ExitCode};

use anyhow::{Context as _, ensure};
use clap::Parser;
use serde_json::Value;
use wspring_bench::ending::exit_code;
use wspring_bench::peers::{self, PEERS, Peer};
use wspring_bench::programs::Programs;
use wspring_bench::running::{self, Pins, Server};
use wspring_bench::{arguments, open_files};

use report::Samples;
use scenario::{SCENARIOS, Scenario};
use verdict::Verdict;

/// Compares wspring with what a user would pick instead, in one run on one machine.
///
/// Server on one core, load on another; medians over the rounds. Processor time per message is the figure that counts.
#[derive(Debug, Parser)]
#[command(name = "compare", after_help = scenario::list())]
struct Args {
    /// What to measure [default: all that a bar is set for]
    #[arg(value_parser = scenario::parse)]
    scenario: Vec<&'static Scenario>,
    /// How often
    #[arg(long, default_value_t = 3, value_name = "N")]
    rounds: usize,
    /// How long each time
    #[arg(long, default_value_t = 1.5, value_name = "SECONDS")]
    secs: f64,
    /// With whom, such as z,ko [default: all]
    #[arg(long, value_delimiter = ',', value_parser = peers::parse)]
    peers: Option<Vec<&'static Peer>>,
}

fn main() -> ExitCode {
    let args: Args = arguments::parse();
    exit_code("compare", run(&args))
}

fn run(args: &Args) -> anyhow::Result<()> {
    ensure!(args.rounds > 0, "there must be a round");
    open_files::raise_limit();
    let peers = match &args.peers {
        Some(peers) => peers.clone(),
        None => PEERS.iter().collect(),
    };
    let scenarios: Vec<_> = if args.scenario.is_empty() {
        SCENARIOS
            .iter()
            .filter(|scenario| scenario.has_bar())
            .collect()
    } else {
        args.scenario.clone()
    };
    let programs = Programs::build(&peers)?;
    let pins = Pins::find()?;
    let mut verdicts = Vec::new();
    for scenario in scenarios {
        let samples = measure(args, scenario, &peers, &programs, &pins);
        report::print(scenario, &samples);
        verdicts.push(Verdict::new(scenario, &samples));
    }
    verdict::print(&verdicts);
    Ok(())
}

/// All rounds of a scenario, interleaved, so that what else the machine does meets everybody.
fn measure(
    args: &Args,
    scenario: &Scenario,
    peers: &[&'static Peer],
    programs: &Programs,
    pins: &Pins,
) -> Samples {
    let runs = scenario.runs(peers);
    let mut samples = Samples::new(&runs);
    let rounds = if scenario.is_repeated() {
        args.rounds
    } else {
        1
    };
    for round in 1..=rounds {
        for (number, run) in runs.iter().enumerate() {
            eprint!("\r{} {round}/{rounds} {:30}", scenario.name, run.label);
            let sample = sample(args, scenario, run, programs, pins)
                .with_context(|| format!("{} with {}", scenario.name, run.label));
            match sample {
                Ok(sample) => samples.add(number, sample),
                Err(error) => eprintln!("\r{error:#}"),
            }
        }
    }
    eprint!("\r{:60}\r", "");
    samples
}

fn sample(
    args: &Args,
    scenario: &Scenario,
    run: &scenario::Run,
    programs: &Programs,
    pins: &Pins,
) -> anyhow::Result<Value> {
    let server = Command::new(programs.server(run.peer));
    let server = Server::start(server, run.server_arguments, pins)?;
    let mut load = programs.load();
    load.arg(scenario.mode)
        .args(scenario.arguments)
        .args(run.load_arguments)
        .args(["--port", &server.port().to_string()])
        .args(["--pid", &server.pid().to_string()]);
    if scenario.is_repeated() {
        load.args(["-t", &args.secs.to_string()]);
    }
    running::report(load, pins)
}
