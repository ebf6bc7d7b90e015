use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::contestant::Contestant;
use crate::scenario::Run;

/// Where the programs are that were built.
pub(crate) struct Programs {
    ours: PathBuf,
    peers: PathBuf,
}

impl Programs {
    /// Builds our server, the load generator and the peers that are wanted.
    pub(crate) fn build(peers: &[&'static Contestant]) -> anyhow::Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let this = env::current_exe()?;
        // This program is in the folder of a profile, in the target folder.
        let target = this.ancestors().nth(2).context("no target folder")?;
        cargo(&here.join("Cargo.toml"), target, &["server", "load"])?;
        let peers_target = here.join("peers/target");
        let bins: Vec<_> = peers.iter().map(|peer| peer.program).collect();
        if !bins.is_empty() {
            cargo(&here.join("peers/Cargo.toml"), &peers_target, &bins)?;
        }
        Ok(Self {
            ours: target.join("release"),
            peers: peers_target.join("release"),
        })
    }

    /// The server of a run.
    pub(crate) fn server(&self, run: &Run) -> Command {
        Command::new(match run.peer {
            Some(peer) => self.peers.join(peer.program),
            None => self.ours.join("server"),
        })
    }

    pub(crate) fn load(&self) -> Command {
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
