//! The example `push` on two nodes and a NATS server, started by one command: push on one node, and the page that is
//! connected to the other one shows it.
//!
//! ```sh
//! cargo run -p cluster
//! ```
//!
//! It starts itself once more for each node. In production each node is on its own machine, and nothing is launched from
//! here: a node is the program of [`node`], and two variables of its environment.

mod nats;
mod node;
mod nodes;

use std::env;
use std::error::Error;
use std::io;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use nats::Nats;
use nodes::Nodes;

/// Where the nodes listen, unless the command line has other ports.
const PORTS: [u16; 2] = [8011, 8012];

const HELLO: &str = r#"{"step":1,"type":2,"msg":"hello"}"#;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["node", name] => Ok(node::run(name).await?),
        [] => all(PORTS).await,
        [one, other] => all([one.parse()?, other.parse()?]).await,
        _ => {
            Err("write `cluster`, or `cluster PORT PORT` for other ports than 8011 and 8012".into())
        }
    }
}

/// The broker and the nodes, until somebody stops them or one of them ends.
async fn all(ports: [u16; 2]) -> Result<(), Box<dyn Error>> {
    let nats = Nats::find().await?;
    let mut nodes = Nodes::start(ports, nats.url()).await?;
    let [a, b] = nodes.addresses();
    println!(
        "\nOpen http://{a}/ in a browser: it is connected to node a. Then push to it on node b:\n"
    );
    println!("  curl -X POST http://{b}/push/1 -H 'content-type: application/json' -d '{HELLO}'\n");
    println!("Or open http://{b}/?uId=2, and push to user 2 on node a.\n");
    tokio::select! {
        stopped = stopped() => stopped?,
        ended = nodes.ended() => ended?,
    }
    nodes.stop().await;
    nats.stop().await;
    Ok(())
}

/// Ctrl-C, or SIGTERM.
async fn stopped() -> io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminated.recv() => Ok(()),
    }
}
