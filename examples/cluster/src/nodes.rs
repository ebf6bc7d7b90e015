//! The nodes, as children of this program.

use std::env;
use std::io;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A node drains for 30 s at most.
const PATIENCE: Duration = Duration::from_secs(35);

/// Two nodes that run.
pub(crate) struct Nodes([Node; 2]);

struct Node {
    name: &'static str,
    address: SocketAddr,
    child: Child,
    /// It ends when this is closed.
    input: Option<ChildStdin>,
}

impl Nodes {
    pub(crate) async fn start(ports: [u16; 2], broker: &str) -> io::Result<Self> {
        let [one, other] = ports;
        Ok(Self([
            Node::start("a", one, broker).await?,
            Node::start("b", other, broker).await?,
        ]))
    }

    pub(crate) fn addresses(&self) -> [SocketAddr; 2] {
        [self.0[0].address, self.0[1].address]
    }

    /// Waits until one of them has ended, which none should.
    pub(crate) async fn ended(&mut self) -> io::Result<()> {
        let [one, other] = &mut self.0;
        let (name, status) = tokio::select! {
            status = one.child.wait() => (one.name, status?),
            status = other.child.wait() => (other.name, status?),
        };
        Err(io::Error::other(format!("node {name} has ended: {status}")))
    }

    /// Tells both to stop, and waits for them.
    pub(crate) async fn stop(self) {
        let [mut one, mut other] = self.0;
        for node in [&mut one, &mut other] {
            node.input = None;
        }
        for node in [&mut one, &mut other] {
            let _ = tokio::time::timeout(PATIENCE, node.child.wait()).await;
        }
    }
}

impl Node {
    /// Starts it, and waits until it listens.
    async fn start(name: &'static str, port: u16, broker: &str) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(["node", name])
            .env("WSPRING_ADDRESS", format!("127.0.0.1:{port}"))
            .env("WSPRING_BROKER_URL", broker)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C is for the launcher: it tells the nodes.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        // Waiting for the child would close it.
        let input = child.stdin.take();
        let output = child.stdout.take();
        let output = output.ok_or_else(|| io::Error::other("its output is not piped"))?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await? {
            println!("{name} | {line}");
            let address = line.strip_prefix("wspring listens on http://");
            if let Some(Ok(address)) = address.map(str::parse) {
                tokio::spawn(show(name, lines));
                return Ok(Self {
                    name,
                    address,
                    child,
                    input,
                });
            }
        }
        let status = child.wait().await?;
        Err(io::Error::other(format!(
            "node {name} did not start: {status}"
        )))
    }
}

async fn show(name: &str, mut lines: Lines<BufReader<ChildStdout>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        println!("{name} | {line}");
    }
}
