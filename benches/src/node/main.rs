//! A node of a cluster that is measured, or the same program without a cluster.

mod endpoints;
mod measure;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Runtime;
use wspring::cluster::Nats;
use wspring::{Origins, Server};
use wspring_bench::ending::exit_code;
use wspring_bench::{arguments, open_files};

/// Serves `/webSocket/<uId>`, `/rooms/<room>` and `/measure` on 127.0.0.1, until SIGINT or SIGTERM.
#[derive(Debug, Parser)]
#[command(name = "bench-node")]
struct Args {
    /// The port to listen on
    port: u16,
    /// Where NATS is [default: no cluster]
    #[arg(long, value_name = "URL")]
    broker: Option<String>,
}

fn main() -> ExitCode {
    let args: Args = arguments::parse();
    open_files::raise_limit();
    exit_code("bench-node", serve(&args))
}

fn serve(args: &Args) -> anyhow::Result<()> {
    Runtime::new()?.block_on(async {
        // Load generators send an origin of their own.
        let mut builder = Server::builder()
            .address(format_args!("127.0.0.1:{}", args.port))
            .origins(Origins::any())
            .health("/health");
        if let Some(url) = &args.broker {
            builder = builder.broker(Nats::connect(url).await?);
        }
        Ok(builder.run().await?)
    })
}
