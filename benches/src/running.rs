//! Programs that are measured while they run.

use std::io;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde_json::Value;

/// A server starts faster, and stops faster.
const PATIENCE: Duration = Duration::from_secs(20);

/// The load generator ends by itself; this is for the case that it does not.
const LONGEST: Duration = Duration::from_secs(300);

/// What is looked at again and again is looked at so often.
const STEP: Duration = Duration::from_millis(10);

/// The cores that servers and the load generator run on.
#[derive(Debug)]
pub struct Pins {
    all: CpuSet,
    server: CpuSet,
    load: CpuSet,
}

/// A server that listens; it is stopped when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
}

impl Pins {
    /// The first two cores; the same for both where there is only one.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn find() -> io::Result<Self> {
        let all = sched_getaffinity(None)?;
        let mut cores = (0..CpuSet::MAX_CPU)
            .filter(|core| all.is_set(*core))
            .map(only);
        let server = cores.next().unwrap_or(all);
        let load = cores.next().unwrap_or_else(|| {
            eprintln!("only one core: the server and the load share it, and ratios mean little");
            all
        });
        Ok(Self { all, server, load })
    }

    /// All cores for everybody: for several servers at a time.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn none() -> io::Result<Self> {
        let all = sched_getaffinity(None)?;
        Ok(Self {
            all,
            server: all,
            load: all,
        })
    }

    /// Starts a program on some cores: it inherits them.
    fn spawn(&self, command: &mut Command, cores: &CpuSet) -> anyhow::Result<Child> {
        sched_setaffinity(None, cores)?;
        let child = command.spawn();
        sched_setaffinity(None, &self.all)?;
        let program = command.get_program().display();
        child.with_context(|| format!("{program} cannot be started"))
    }
}

fn only(core: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(core);
    set
}

impl Server {
    /// Starts a server on a free port, which becomes its first argument, and waits until it listens.
    ///
    /// # Errors
    ///
    /// When it does not listen.
    pub fn start(mut command: Command, arguments: &[&str], pins: &Pins) -> anyhow::Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        command.arg(port.to_string()).args(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = pins.spawn(&mut command, &pins.server)?;
        let mut server = Self { child, port };
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended: {status}");
            }
            if Instant::now() > until {
                bail!("the server does not listen");
            }
            sleep(STEP);
        }
        Ok(server)
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it cannot be asked to end, it is killed.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        if ended(&mut self.child, PATIENCE).is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Runs the load generator, and returns its report.
///
/// # Errors
///
/// When it does not end, or reports an error.
pub fn report(mut load: Command, pins: &Pins) -> anyhow::Result<Value> {
    let mut child = pins.spawn(load.stdout(Stdio::piped()), &pins.load)?;
    if ended(&mut child, LONGEST).is_none() {
        child.kill()?;
        child.wait()?;
        bail!("the load generator does not end");
    }
    let mut output = String::new();
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_string(&mut output)?;
    }
    let report: Value = serde_json::from_str(&output).context("the load generator broke")?;
    match report["error"].as_str() {
        Some(error) => bail!("{error}"),
        None => Ok(report),
    }
}

/// Waits for the end of a program.
fn ended(child: &mut Child, patience: Duration) -> Option<()> {
    let until = Instant::now() + patience;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() > until {
            return None;
        }
        sleep(STEP);
    }
    Some(())
}
