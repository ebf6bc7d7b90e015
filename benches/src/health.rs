//! What a node of a cluster says of itself.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// Nodes find each other faster.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the node at a port has heard all others, and what it says of its cluster is so.
///
/// # Errors
///
/// When it does not come to be so, or nobody answers there.
pub fn wait(port: u16, so: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let health = ask(port)?;
        let cluster = &health["cluster"];
        if cluster["complete"] == true && so(cluster) {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("the nodes do not find each other: {health}");
        }
        sleep(Duration::from_millis(50));
    }
}

fn ask(port: u16) -> anyhow::Result<Value> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .context("an answer without a body")?;
    Ok(serde_json::from_str(body)?)
}
