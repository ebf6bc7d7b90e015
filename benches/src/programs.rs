//! The programs that are measured, built.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::peers::Peer;

/// Where the programs are that were built.
#[derive(Debug)]
pub struct Programs {
    target: PathBuf,
    ours: PathBuf,
    peers: PathBuf,
}

impl Programs {
    /// Builds our server, the load generator and the peers that are wanted.
    ///
    /// # Errors
    ///
    /// When something does not compile.
    pub fn build(peers: &[&'static Peer]) -> anyhow::Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let this = env::current_exe()?;
        // This program is in the folder of a profile, in the target folder.
        let target = this.ancestors().nth(2).context("no target folder")?;
        cargo(
            &here.join("Cargo.toml"),
            target,
            &["server", "load", "bench-node"],
        )?;
        let peers_target = here.join("peers/target");
        let bins: Vec<_> = peers.iter().map(|peer| peer.program).collect();
        if !bins.is_empty() {
            cargo(&here.join("peers/Cargo.toml"), &peers_target, &bins)?;
        }
        Ok(Self {
            target: target.to_owned(),
            ours: target.join("release"),
            peers: peers_target.join("release"),
        })
    }

    /// The program of a peer; none is us.
    #[must_use]
    pub fn server(&self, peer: Option<&Peer>) -> PathBuf {
        match peer {
            Some(peer) => self.peers.join(peer.program),
            None => self.ours.join("server"),
        }
    }

    /// A node of a cluster.
    #[must_use]
    pub fn node(&self) -> PathBuf {
        self.ours.join("bench-node")
    }

    /// Where what is built and measured is put.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The load generator.
    #[must_use]
    pub fn load(&self) -> Command {
        Command::new(self.ours.join("load"))
    }
}

fn cargo(manifest: &Path, target: &Path, bins: &[&str]) -> anyhow::Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(manifest);
    cargo.arg("--target-dir").arg(target);
    for bin in bins {
        cargo.args(["--bin", bin]);
    }
    let status = cargo.status().context("cargo cannot be started")?;
    ensure!(status.success(), "what is to be measured does not compile");
    Ok(())
}
