//! The server that is measured: an ordinary program with three annotated endpoints, on wspring's defaults.

mod endpoints;
mod http;

use std::io::{self, IsTerminal as _};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;
use tokio::runtime::{Builder as RuntimeBuilder, Runtime};
use tracing_subscriber::EnvFilter;
use wspring::{Builder, Compression, Origins, Server, Workers};
use wspring_bench::ending::exit_code;
use wspring_bench::{arguments, open_files};

/// Serves `/echo`, `/broadcast`, and `/webSocket/<uId>` with `/push/<uId>`, on 127.0.0.1, until SIGINT or SIGTERM.
#[derive(Debug, Parser)]
#[command(name = "server")]
struct Args {
    /// The port to listen on; 0 takes a free one, which is printed
    port: u16,
    /// How many threads run the connections; 1 is a current-thread runtime [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Which threads run the connections: `shared`, `per-core`, or how many
    #[arg(long, default_value_t = Workers::shared())]
    workers: Workers,
    /// Compress messages where the client offers it (permessage-deflate)
    #[arg(long)]
    deflate: bool,
    /// The largest message that a client may send
    #[arg(long, value_name = "BYTES")]
    max_message: Option<NonZeroUsize>,
}

/// The default of `Builder::outbox_bytes`.
const OUTBOX_BYTES: usize = 1024 * 1024;

fn main() -> ExitCode {
    let args: Args = arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    open_files::raise_limit();
    exit_code("server", serve(&args))
}

fn serve(args: &Args) -> anyhow::Result<()> {
    let threads = match args.threads {
        Some(threads) => threads,
        None => available_parallelism()?,
    };
    Ok(runtime(threads)?.block_on(settings(args).run())?)
}

fn runtime(threads: NonZeroUsize) -> io::Result<Runtime> {
    let mut builder = match threads.get() {
        1 => RuntimeBuilder::new_current_thread(),
        _ => RuntimeBuilder::new_multi_thread(),
    };
    builder.worker_threads(threads.get()).enable_all().build()
}

/// All defaults, but for what was asked for, and for the origins: load generators send one of their own.
fn settings(args: &Args) -> Builder {
    let mut settings = Server::builder()
        .address(format_args!("127.0.0.1:{}", args.port))
        .origins(Origins::any())
        .workers(args.workers)
        .fallback(http::router());
    if args.deflate {
        settings = settings.compression(Compression::on());
    }
    if let Some(bytes) = args.max_message {
        // Room for the reply to the largest message while the one before it is written.
        settings = settings
            .max_message_size(bytes.get())
            .outbox_bytes(bytes.get().saturating_mul(2).max(OUTBOX_BYTES));
    }
    settings
}
