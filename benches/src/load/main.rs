//! The load generator: one thread on epoll that knows its frames beforehand, reads no more of the answers than their
//! headers, and looks into a sample of them, so that it is never what limits.
//!
//! It prints one line of JSON.

mod args;
mod connect;
mod echo;
mod fanout;
mod frame;
mod handshake;
mod idle;
mod many;
mod payload;
mod reader;
mod report;
mod slow;
mod socket;

use std::process::ExitCode;

use serde_json::json;
use wspring_bench::{arguments, open_files};

use args::{Args, Mode};

fn main() -> ExitCode {
    let args: Args = arguments::parse();
    open_files::raise_limit();
    let measured = match args.mode {
        Mode::Echo => echo::measure(&args),
        Mode::Fanout => fanout::measure(&args),
        Mode::Connect => connect::measure(&args),
        Mode::Idle => idle::measure(&args),
        Mode::Slow => slow::measure(&args),
        Mode::Many => many::measure(&args),
    };
    match measured {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{}", json!({"error": format!("{error:#}")}));
            ExitCode::FAILURE
        }
    }
}
