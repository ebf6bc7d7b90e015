//! The broker of the clusters that are measured.

use std::env;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// It starts faster.
const PATIENCE: Duration = Duration::from_secs(10);

const MISSING: &str = "nats-server cannot be started: install it (on Debian `apt-get install nats-server`, elsewhere see \
    https://nats.io)";

/// A NATS server on a free port; it is stopped when it is dropped.
#[derive(Debug)]
pub struct NatsServer {
    child: Child,
    address: SocketAddr,
}

impl NatsServer {
    /// Starts it, and waits until it listens.
    ///
    /// # Errors
    ///
    /// When it is not installed, or does not listen.
    pub fn start() -> anyhow::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        // Debian has it in /usr/sbin, where not every user looks.
        let path = env::var("PATH").unwrap_or_default();
        let child = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", &address.port().to_string()])
            .env("PATH", format!("{path}:/usr/sbin"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context(MISSING)?;
        let mut server = Self { child, address };
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("nats-server ended: {status}");
            }
            if Instant::now() > until {
                bail!("nats-server does not listen");
            }
            sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
