//! A server whose handlers block the thread that runs them. `RUNTIME` says which runtime it has.

use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use wspring::prelude::*;

#[derive(Default)]
struct Blocked;

#[server_endpoint("/blocked")]
impl Blocked {
    #[on_message]
    fn block(_text: &str) {
        block();
    }
}

#[derive(Default)]
struct Undecided;

#[server_endpoint("/undecided")]
impl Undecided {
    #[on_handshake]
    fn block() {
        block();
    }
}

fn block() {
    println!("blocked");
    thread::sleep(Duration::from_secs(3600));
}

fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let is_current = std::env::var("RUNTIME").is_ok_and(|name| name == "current_thread");
    let mut builder = if is_current {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(wspring::run())
}
