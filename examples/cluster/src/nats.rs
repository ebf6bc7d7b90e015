//! The broker: one that runs already, or a child of this program.

use std::env;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A NATS server.
pub(crate) struct Nats {
    url: String,
    /// None: it belongs to somebody else.
    child: Option<Child>,
}

impl Nats {
    /// The one that `WSPRING_BROKER_URL` names, or a new one.
    pub(crate) async fn find() -> io::Result<Self> {
        match env::var("WSPRING_BROKER_URL") {
            Ok(url) => Ok(Self { url, child: None }),
            Err(_) => Self::start().await,
        }
    }

    async fn start() -> io::Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        // Debian has it in /usr/sbin, where not every user looks.
        let path = env::var("PATH").unwrap_or_default();
        let started = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
            .env("PATH", format!("{path}:/usr/sbin"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C is not for it: it ends when the nodes have said goodbye.
            .process_group(0)
            .kill_on_drop(true)
            .spawn();
        let mut child = started.map_err(|error| missing(&error))?;
        if let Some(errors) = child.stderr.take() {
            let mut lines = BufReader::new(errors).lines();
            while let Some(line) = lines.next_line().await? {
                if line.contains("Server is ready") {
                    // What it says later is not waited for, and must not block it.
                    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                    let url = format!("nats://127.0.0.1:{port}");
                    println!("nats-server at {url}");
                    return Ok(Self {
                        url,
                        child: Some(child),
                    });
                }
            }
        }
        let status = child.wait().await?;
        Err(io::Error::other(format!(
            "nats-server did not start: {status}"
        )))
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends it, if it is our own.
    pub(crate) async fn stop(mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill().await;
        }
    }
}

fn missing(error: &io::Error) -> io::Error {
    let text = "nats-server cannot be started: install it (on Debian `apt-get install nats-server`, elsewhere see \
        https://nats.io), or let WSPRING_BROKER_URL name one that runs";
    io::Error::new(error.kind(), format!("{text}: {error}"))
}
