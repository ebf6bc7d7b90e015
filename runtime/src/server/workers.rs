use std::fmt::{self, Display};
use std::io;
use std::str::FromStr;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::error::{Error, ErrorKind};

/// Which threads run the connections.
///
/// | | the connections are tasks of | a handler that computes for long delays | `block_in_place` in a handler |
/// |---|---|---|---|
/// | [`shared`](Self::shared), the default | the runtime that calls `serve` | nobody, while other threads are free | works |
/// | [`per_core`](Self::per_core), [`threads`](Self::threads) | runtimes of one thread each, of the server's own | the other connections of its thread | panics |
///
/// A thread of its own shares no work: no task is stolen and no other thread is woken for it, but the idle ones cannot help
/// the busy ones either. On two cores `shared` was ahead in every benchmark; on a machine with many, measure with your
/// handlers. Nothing else depends on it: state, pushes, limits and the drain are the same. Connections are accepted in the
/// runtime that calls `serve`, and dealt out to the threads in turn.
///
/// In `wspring.toml` it is `"shared"`, `"per-core"`, or a number of threads.
///
/// # Examples
///
/// ```
/// use wspring::{Server, Workers};
///
/// let server = Server::builder().workers(Workers::per_core());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workers(Kind);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Shared,
    PerCore,
    Threads(usize),
}

/// More threads than any machine has cores are a mistake.
const MOST: usize = 1024;

impl Workers {
    /// The connections are tasks of the runtime that calls [`Server::serve`](super::Server::serve).
    #[must_use]
    pub fn shared() -> Self {
        Self(Kind::Shared)
    }

    /// A thread with a runtime of its own for each core that the process may use.
    #[must_use]
    pub fn per_core() -> Self {
        Self(Kind::PerCore)
    }

    /// So many threads with runtimes of their own. From 1 to 1,024; else the server does not start.
    #[must_use]
    pub fn threads(count: usize) -> Self {
        Self(Kind::Threads(count))
    }

    /// What is wrong with it, in a sentence.
    pub(super) fn problem(self) -> Option<String> {
        match self.0 {
            Kind::Threads(count) if !(1..=MOST).contains(&count) => Some(format!(
                "`workers` is {count}: write a number of threads from 1 to {MOST}, \"per-core\" or \"shared\""
            )),
            _ => None,
        }
    }

    /// How many threads the server has for itself.
    fn count(self) -> usize {
        match self.0 {
            Kind::Shared => 0,
            Kind::PerCore => thread::available_parallelism().map_or(1, usize::from),
            Kind::Threads(count) => count,
        }
    }
}

impl Display for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Shared => f.write_str("shared"),
            Kind::PerCore => f.write_str("per-core"),
            Kind::Threads(count) => count.fmt(f),
        }
    }
}

impl FromStr for Workers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "shared" => Ok(Self::shared()),
            "per-core" => Ok(Self::per_core()),
            _ => text.parse().map(Self::threads).map_err(|_| {
                format!(
                    "`{text}` does not say which threads run the connections: write \"shared\", \"per-core\" or a number"
                )
            }),
        }
    }
}

/// The runtimes among which connections are dealt out.
#[derive(Debug)]
pub(super) struct Pool {
    runtimes: Vec<Handle>,
    next: usize,
    /// Lets the threads end when their sessions have.
    _left: DropGuard,
}

impl Pool {
    /// Starts the threads. They run until the pool is dropped and the last of `sessions` has ended.
    pub(super) fn start(workers: Workers, sessions: &TaskTracker) -> Result<Self, Error> {
        let left = CancellationToken::new();
        let runtimes = (0..workers.count())
            .map(|index| worker(index, left.clone(), sessions.clone()))
            .collect::<io::Result<_>>()
            .map_err(|error| {
                let text = format!("cannot start the threads of `workers = {workers}`");
                Error::caused(ErrorKind::Config, text, error)
            })?;
        Ok(Self {
            runtimes,
            next: 0,
            _left: left.drop_guard(),
        })
    }

    /// The runtime of the next connection; none is the one that we run in.
    pub(super) fn next(&mut self) -> Option<&Handle> {
        let count = self.runtimes.len();
        let index = self.next;
        self.next = if index + 1 < count { index + 1 } else { 0 };
        self.runtimes.get(index)
    }
}

fn worker(index: usize, left: CancellationToken, sessions: TaskTracker) -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name(format!("wspring-{index}"))
        .spawn(move || {
            runtime.block_on(async {
                left.cancelled().await;
                sessions.close();
                sessions.wait().await;
            });
        })?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for workers in [Workers::shared(), Workers::per_core(), Workers::threads(3)] {
            assert_eq!(workers.to_string().parse(), Ok(workers));
        }
        for wrong in ["", "cores", "-1", "1.5"] {
            let error = wrong.parse::<Workers>().unwrap_err();
            assert!(error.contains(&format!("`{wrong}`")), "{error}");
        }
    }

    #[test]
    fn the_number_of_threads_has_bounds() {
        for (count, is_wrong) in [(0, true), (1, false), (MOST, false), (MOST + 1, true)] {
            assert_eq!(
                Workers::threads(count).problem().is_some(),
                is_wrong,
                "{count}"
            );
        }
        assert!(Workers::per_core().count() >= 1);
    }
}
