//! The example `push` as a process of its own, as `cargo run -p push` starts it.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::LazyLock;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpSocket;
use tokio::process::Child;
use tokio::sync::watch;
use wspring_tests::program::command;
use wspring_tests::{RawClient, Response, soon};

/// Settings from the environment.
type Variables = &'static [(&'static str, &'static str)];

/// A running `push`; it ends with the test.
pub(crate) struct Push {
    process: Child,
    log: watch::Receiver<String>,
    address: SocketAddr,
    /// Empty: no `wspring.toml` of this machine decides.
    directory: TempDir,
    variables: Variables,
    /// Bound and never listening, so that nobody else gets the port while the program is away.
    _port: TcpSocket,
}

impl Push {
    /// Starts the program and waits until it says that it listens.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with these settings.
    pub(crate) async fn start_with(variables: Variables) -> Self {
        let port = TcpSocket::new_v4().unwrap();
        port.set_reuseaddr(true).unwrap();
        port.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = port.local_addr().unwrap();
        let directory = TempDir::new().unwrap();
        let (process, log) = launch(address, directory.path(), variables);
        let push = Self {
            process,
            log,
            address,
            directory,
            variables,
            _port: port,
        };
        push.listens().await;
        push
    }

    /// Starts it again, on the same port and with a new log.
    pub(crate) async fn start_again(&mut self) {
        (self.process, self.log) = launch(self.address, self.directory.path(), self.variables);
        self.listens().await;
    }

    /// Ends it without a chance to say goodbye.
    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// Tells it to end, and returns whether it did so in order.
    pub(crate) async fn terminate(&mut self) -> bool {
        self.signal(Signal::SIGTERM);
        soon("the end of push", self.process.wait())
            .await
            .unwrap()
            .success()
    }

    /// Makes it stand still: it accepts, reads and answers nothing.
    pub(crate) fn stop(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Lets it go on.
    pub(crate) fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The `http://` address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits until the program has printed `text`.
    pub(crate) async fn logged(&self, text: &str) {
        let mut log = self.log.clone();
        let found = soon(text, log.wait_for(|log| log.contains(text))).await;
        assert!(found.is_ok(), "push ended before it printed {text:?}");
    }

    /// All that it has printed.
    pub(crate) fn log(&self) -> String {
        self.log.borrow().clone()
    }

    /// `POST /push/<uId>`: the status and the JSON of the answer.
    pub(crate) async fn push(&self, u_id: &str, message: &Value) -> (u16, Value) {
        let headers = "Content-Type: application/json\r\n";
        let answer = self
            .ask(&format!("POST /push/{u_id}"), headers, &message.to_string())
            .await;
        (answer.status, json(&answer))
    }

    /// Makes any request of `start`, such as `GET /`, and lines of `headers`.
    pub(crate) async fn ask(&self, start: &str, headers: &str, body: &str) -> Response {
        let (host, length) = (self.address, body.len());
        let mut client = RawClient::connect(self.address).await;
        let request = format!(
            "{start} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        client.write(request.as_bytes()).await;
        client.response().await
    }

    async fn listens(&self) {
        self.logged(&format!("wspring listens on http://{}\n", self.address))
            .await;
    }

    fn signal(&self, signal: Signal) {
        let id = self.process.id().expect("a running process");
        kill(Pid::from_raw(id.try_into().unwrap()), signal).unwrap();
    }
}

/// The body of an answer as JSON, which it must say to be.
pub(crate) fn json(answer: &Response) -> Value {
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{answer:?}"
    );
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

fn launch(
    address: SocketAddr,
    directory: &Path,
    variables: Variables,
) -> (Child, watch::Receiver<String>) {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| build("push"));
    let mut process = command(&*PROGRAM, directory)
        .env("WSPRING_ADDRESS", address.to_string())
        .env("RUST_LOG", "info")
        .env("NO_COLOR", "1")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("push does not start: {error}"));
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let (sender, log) = watch::channel(String::new());
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            sender.send_modify(|log| log.extend([line.as_str(), "\n"]));
        }
    });
    (process, log)
}

/// Builds an example with the profile of this test, and returns where cargo put it.
///
/// Cargo builds only the own package's programs for a test. The test itself is named too, so that the
/// dependencies get the same features and nothing is compiled twice.
pub(crate) fn build(example: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test
        .ancestors()
        .nth(2)
        .expect("target/<profile>/deps/<test>");
    let target = profile.parent().expect("target/<profile>");
    let profile = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = process::Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--message-format=json-render-diagnostics",
        ])
        .args(["--package=wspring-tests", "--test=browser"])
        .args(["--package", example, "--bin", example])
        .args(["--profile", profile])
        .arg("--target-dir")
        .arg(target)
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|error| panic!("cargo, which builds the example, does not start: {error}"));
    assert!(
        built.status.success(),
        "the example `{example}` does not build"
    );
    String::from_utf8(built.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == example && message["executable"].is_string())
        .find_map(|message| {
            message["executable"]
                .as_str()
                .map(|path| Path::new(path).to_owned())
        })
        .expect("the path of the program in cargo's messages")
}
