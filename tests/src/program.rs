//! A program that the test runs as a process of its own.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::soon;

/// A running program; it is killed when it is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    output: UnboundedReceiver<String>,
    errors: UnboundedReceiver<String>,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code, or the signal that killed it.
    pub status: ExitStatus,
    /// What it had not yet been asked for of its standard output.
    pub output: String,
    /// Its standard error.
    pub errors: String,
}

impl Program {
    /// Starts the program at `path` in a directory, with these variables and no other of wspring.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn start(path: &str, directory: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = command(path, directory);
        command.envs(variables.iter().copied());
        Self::spawn(command)
    }

    /// Starts the program that `command` says.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn spawn(mut command: Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let output = child.stdout.take().expect("its output is piped");
        let errors = child.stderr.take().expect("its errors are piped");
        Self {
            child,
            output: lines(output),
            errors: lines(errors),
        }
    }

    /// The next line that it prints.
    ///
    /// # Panics
    ///
    /// When it ends instead.
    pub async fn line(&mut self) -> String {
        if let Some(line) = soon("a line of a program", self.output.recv()).await {
            return line;
        }
        panic!("the program ended: {}", rest(&mut self.errors).await)
    }

    /// The next line of its standard error.
    ///
    /// # Panics
    ///
    /// When it ends instead.
    pub async fn error(&mut self) -> String {
        let line = soon("an error of a program", self.errors.recv()).await;
        line.unwrap_or_else(|| panic!("the program ended without an error"))
    }

    /// Its process id.
    ///
    /// # Panics
    ///
    /// When it is gone.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().expect("the program runs")
    }

    /// Sends it a signal, such as `INT`.
    ///
    /// # Panics
    ///
    /// When it is gone.
    pub async fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "`{kill}` failed");
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub async fn ended(mut self) -> Ended {
        let read = async { tokio::join!(rest(&mut self.output), rest(&mut self.errors)) };
        let (output, errors) = soon("the end of a program", read).await;
        let status = soon("the end of a program", self.child.wait()).await;
        Ended {
            status: status.unwrap_or_else(|error| panic!("no exit status: {error}")),
            output,
            errors,
        }
    }
}

/// The lines of a pipe, read as they come: a program whose output nobody takes would stop at a full pipe.
fn lines(pipe: impl AsyncRead + Unpin + Send + 'static) -> UnboundedReceiver<String> {
    let (sender, receiver) = unbounded_channel();
    let mut lines = BufReader::new(pipe).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// All lines until the end.
async fn rest(lines: &mut UnboundedReceiver<String>) -> String {
    let mut rest = String::new();
    while let Some(line) = lines.recv().await {
        rest.push_str(&line);
        rest.push('\n');
    }
    rest
}

/// A command that starts the program at `path` in a directory, and hands on no variable of wspring.
pub fn command(path: impl AsRef<OsStr>, directory: &Path) -> Command {
    let mut command = Command::new(path);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WSPRING_") {
            command.env_remove(name);
        }
    }
    command.current_dir(directory);
    command
}
