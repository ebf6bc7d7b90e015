//! What a server logs, for tests that read it.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::MakeWriter;

/// What is logged on the thread of the test; its runtime must have no other.
#[derive(Debug)]
pub struct Log {
    lines: Lines,
    _guard: DefaultGuard,
}

/// While a process has one subscriber, the thread that comes to a line first decides for all threads whether it is logged,
/// and the threads of other tests have none. A second subscriber keeps it from that.
static SILENT: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// All lines, as they were written.
#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Keeps what is logged from now on until the log is dropped, but for details.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at(Level::INFO)
    }

    /// [`start`](Self::start), with everything down to `level`.
    #[must_use]
    pub fn start_at(level: Level) -> Self {
        LazyLock::force(&SILENT);
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(lines.clone())
            .with_ansi(false)
            .finish();
        Self {
            lines,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    /// The lines of a level, such as `ERROR`.
    #[must_use]
    pub fn lines(&self, level: &str) -> Vec<String> {
        let mut lines = self.all();
        lines.retain(|line| line.split_whitespace().nth(1) == Some(level));
        lines
    }

    /// The lines of all levels.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        let bytes = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&bytes);
        text.lines().map(str::to_owned).collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
