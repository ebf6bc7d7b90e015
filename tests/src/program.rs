//! A program that the test runs as a process of its own.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::soon;

/// A running program; it is killed when it is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
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
        Self {
            child,
            output: BufReader::new(output).lines(),
        }
    }

    /// The next line that it prints.
    ///
    /// # Panics
    ///
    /// When it ends instead.
    pub async fn line(&mut self) -> String {
        let line = soon("a line of a program", self.output.next_line()).await;
        let line = line.unwrap_or_else(|error| panic!("its output cannot be read: {error}"));
        if let Some(line) = line {
            return line;
        }
        let mut errors = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            let _ = soon("its standard error", pipe.read_to_string(&mut errors)).await;
        }
        panic!("the program ended: {errors}")
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
        let mut errors = String::new();
        let mut output = String::new();
        let pipe = self.child.stderr.take();
        let read = async {
            while let Ok(Some(line)) = self.output.next_line().await {
                output.push_str(&line);
                output.push('\n');
            }
            if let Some(mut pipe) = pipe {
                let _ = pipe.read_to_string(&mut errors).await;
            }
        };
        soon("the end of a program", read).await;
        let status = soon("the end of a program", self.child.wait()).await;
        Ended {
            status: status.unwrap_or_else(|error| panic!("no exit status: {error}")),
            output,
            errors,
        }
    }
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
