//! How a program starts and stops: each test runs a small program of `programs/` as a process.

mod configuration;
mod deployment;
mod signals;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use wspring_tests::Program;
use wspring_tests::program::Ended;

const SERVE: &str = env!("CARGO_BIN_EXE_serve");
const UNDEPLOYABLE: &str = env!("CARGO_BIN_EXE_undeployable");

/// Any free port of this machine.
const ANYWHERE: (&str, &str) = ("WSPRING_ADDRESS", "127.0.0.1:0");

/// An empty directory, with `wspring.toml` in it if there is something to write.
fn directory(settings: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("startup-{number}"));
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("a directory");
    if !settings.is_empty() {
        std::fs::write(directory.join("wspring.toml"), settings).expect("a file");
    }
    directory
}

/// Starts the server, reads what it prints, and returns its address.
async fn serving(settings: &str, variables: &[(&str, &str)]) -> (Program, String) {
    let mut program = Program::start(SERVE, &directory(settings), variables);
    let line = program.line().await;
    let address = line.strip_prefix("wspring listens on http://");
    let address = address.unwrap_or_else(|| panic!("the address is printed first, not: {line}"));
    (program, address.to_owned())
}

/// Starts a program that cannot serve, and returns the sentence that it ends with.
async fn refused(path: &str, settings: &str, variables: &[(&str, &str)]) -> String {
    refused_in(&directory(settings), path, variables).await
}

/// [`refused`], in a directory of the test's own making.
async fn refused_in(directory: &Path, path: &str, variables: &[(&str, &str)]) -> String {
    let ended = Program::start(path, directory, variables).ended().await;
    let Ended {
        status,
        output,
        errors,
    } = ended;
    assert_eq!(status.code(), Some(1), "{errors}");
    assert_eq!(output, "", "it serves nothing");
    errors
}

#[track_caller]
fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}
