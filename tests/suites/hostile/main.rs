//! What a hostile peer may do: the server holds no more than its bounds, serves the others, and says so in its log.

mod files;
mod flood;
mod http;
mod log;
mod resets;
mod silent;
mod slow;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use wspring::prelude::*;
use wspring_tests::program::command;
use wspring_tests::{Program, Recorder};

/// Sends back what it gets, and tells a test how it ended.
#[derive(Default)]
struct Echo;

#[server_endpoint("/echo")]
impl Echo {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }

    #[on_close]
    fn closed(reason: &CloseReason, seen: State<Option<Recorder<u16>>>) {
        if let Some(seen) = &*seen {
            seen.record(reason.code.as_u16());
        }
    }
}

/// The server as a process of its own, whose memory and files are nobody else's.
struct Alone {
    program: Program,
    address: std::net::SocketAddr,
}

impl Alone {
    async fn start(variables: &[(&str, &str)]) -> Self {
        Self::spawn(
            command(env!("CARGO_BIN_EXE_serve"), &directory()),
            variables,
        )
        .await
    }

    async fn spawn(mut command: tokio::process::Command, variables: &[(&str, &str)]) -> Self {
        command.env("WSPRING_ADDRESS", "127.0.0.1:0");
        command.envs(variables.iter().copied());
        let mut program = Program::spawn(command);
        let line = program.line().await;
        let address = line.strip_prefix("wspring listens on http://");
        let address = address.and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address: {line}"));
        Self { program, address }
    }

    /// With so many open files at most.
    async fn with_files(files: usize, variables: &[(&str, &str)]) -> Self {
        let limited = format!("ulimit -n {files} && exec \"$0\"");
        let mut shell = command("sh", &directory());
        shell.args(["-c", &limited, env!("CARGO_BIN_EXE_serve")]);
        Self::spawn(shell, variables).await
    }

    fn url(&self) -> String {
        format!("ws://{}/echo/ann", self.address)
    }

    /// The most memory that it ever had, in bytes.
    fn peak_memory(&self) -> usize {
        let status = format!("/proc/{}/status", self.program.id());
        let status = std::fs::read_to_string(status).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: usize = kilobytes
            .and_then(|number| number.parse().ok())
            .expect("kB");
        kilobytes * 1024
    }
}

/// An empty directory: no `wspring.toml` is in it.
fn directory() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{number}"));
    std::fs::create_dir_all(&directory).expect("a directory");
    directory
}
